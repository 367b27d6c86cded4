package dev.finetune4j.engine.check;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.data.RowSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds small data sets row by row; rows are numbered from 1 over all parts. */
final class Rows {
    private final Map<Part, List<Example>> rows = new EnumMap<>(Part.class);
    private int number;

    /** A classification row. */
    Rows labelled(Part part, String text, String label) {
        return add(part, List.of(new Message(Role.USER, text), new Message(Role.ASSISTANT, label)), label);
    }

    /** A row of a prompt and a free answer. */
    Rows answered(Part part, String prompt, String answer) {
        return add(part, List.of(new Message(Role.USER, prompt), new Message(Role.ASSISTANT, answer)), null);
    }

    /** A conversation. */
    Rows turns(Part part, Message... messages) {
        return add(part, List.of(messages), null);
    }

    /** A row without roles. */
    Rows passage(Part part, String text) {
        list(part).add(new Example.Passage(next(), text));
        return this;
    }

    /** The parts so far. */
    DatasetParts parts() {
        Map<Part, RowSource> sources = new EnumMap<>(Part.class);
        rows.forEach((part, list) -> {
            List<Example> copy = List.copyOf(list);
            sources.put(part, copy::stream);
        });
        return new DatasetParts(sources, "columns", "d1");
    }

    private Rows add(Part part, List<Message> messages, @Nullable String label) {
        list(part).add(new Example.Conversation(next(), messages, label));
        return this;
    }

    private List<Example> list(Part part) {
        return rows.computeIfAbsent(part, key -> new ArrayList<>());
    }

    private RowRef next() {
        return new RowRef("rows.jsonl", ++number);
    }
}
