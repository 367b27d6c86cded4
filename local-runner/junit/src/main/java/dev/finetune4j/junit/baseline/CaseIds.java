package dev.finetune4j.junit.baseline;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.json.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Names held-out rows by what stands in them, so that a row that moves within its file keeps its name. */
final class CaseIds {
    private static final int CHARACTERS = 12;

    private final Map<RowRef, String> idByRow = new HashMap<>();

    /** Rows that are alike are numbered in their order. */
    CaseIds(List<Example> heldOut) {
        Map<String, Integer> seen = new HashMap<>();
        for (Example example : heldOut) {
            String id = Json.digest(content(example)).substring(0, CHARACTERS);
            int times = seen.merge(id, 1, Integer::sum);
            idByRow.put(example.row(), times == 1 ? id : id + "-" + times);
        }
    }

    String of(RowRef row) {
        String id = idByRow.get(row);
        if (id == null) {
            throw new IllegalArgumentException("row must be one of the held-out rows, was " + row);
        }
        return id;
    }

    private static Object content(Example example) {
        if (example instanceof Example.Conversation conversation) {
            return conversation.messages();
        }
        return ((Example.Passage) example).text();
    }
}
