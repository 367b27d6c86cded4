package dev.finetune4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which rows are answered to tell how fast all are. */
class RehearseStepTest {
    @Test
    void beginsWithTheLongestAndIsLikeTheWholeHoweverEarlyItEnds() {
        List<Example> all = rows(1000);
        double mean = mean(all);

        List<Example> sample = RehearseStep.sample(all, 24);

        assertThat(sample).hasSize(24).doesNotHaveDuplicates();
        assertThat(text(sample.get(0))).as("the longest").hasSize(1000);
        for (int some : new int[] {6, 12, 24}) {
            assertThat(mean(sample.subList(0, some)) / mean)
                    .as("the first %d", some)
                    .isBetween(0.8, 1.25);
        }
    }

    @Test
    void takesAllWhereThereAreFew() {
        assertThat(RehearseStep.sample(rows(5), 24)).containsExactlyInAnyOrderElementsOf(rows(5));
        assertThat(RehearseStep.sample(List.of(), 24)).isEmpty();
    }

    private static List<Example> rows(int count) {
        List<Example> rows = new ArrayList<>();
        for (int row = 1; row <= count; row++) {
            rows.add(new Example.Conversation(
                    new RowRef("rows.jsonl", row),
                    List.of(new Message(Role.USER, "x".repeat(row)), new Message(Role.ASSISTANT, "")),
                    null));
        }
        return rows;
    }

    private static String text(Example row) {
        return ((Example.Conversation) row).messages().get(0).content();
    }

    private static double mean(List<Example> rows) {
        return rows.stream().mapToInt(row -> text(row).length()).average().orElseThrow();
    }
}
