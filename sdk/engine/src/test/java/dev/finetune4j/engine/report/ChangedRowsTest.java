package dev.finetune4j.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.TaskKind;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChangedRowsTest {
    @Test
    void countsAllAndDrawsHalfOfEitherKind() {
        ChangedRows changed = ChangedRows.of(TaskKind.CLASSIFICATION, predictions(100, 40, 20), List.of(), 17);

        assertThat(changed.fixed()).isEqualTo(40);
        assertThat(changed.broken()).isEqualTo(20);
        assertThat(changed.unchanged()).isEqualTo(40);
        assertThat(effects(changed)).isEqualTo(Map.of(ChangedRow.Effect.FIXED, 5L, ChangedRow.Effect.BROKEN, 5L));
    }

    @Test
    void fillsUpWithTheOtherKindWhereThereAreTooFew() {
        assertThat(effects(ChangedRows.of(TaskKind.CLASSIFICATION, predictions(100, 40, 2), List.of(), 17)))
                .isEqualTo(Map.of(ChangedRow.Effect.FIXED, 8L, ChangedRow.Effect.BROKEN, 2L));
        assertThat(effects(ChangedRows.of(TaskKind.CLASSIFICATION, predictions(100, 1, 40), List.of(), 17)))
                .isEqualTo(Map.of(ChangedRow.Effect.FIXED, 1L, ChangedRow.Effect.BROKEN, 9L));
    }

    @Test
    void lowerPerplexityIsBetter() {
        List<Prediction> base = List.of(new Prediction(new RowRef("rows", 1), "text", null, Map.of(), 30, 10));
        List<Prediction> tuned = List.of(new Prediction(new RowRef("rows", 1), "text", null, Map.of(), 20, 10));

        ChangedRows changed = ChangedRows.of(
                TaskKind.CHAT, Map.of(Variant.BASE_ZERO_SHOT, base, Variant.TUNED, tuned), List.of(), 17);

        assertThat(changed.fixed()).isEqualTo(1);
        assertThat(changed.sample().get(0).baseScore()).isEqualTo(Math.exp(3));
    }

    @Test
    void textTasksCompareRowsByTheirMainMetric() {
        for (TaskKind kind : List.of(TaskKind.QUESTION_ANSWERING, TaskKind.SUMMARIZATION, TaskKind.TRANSLATION)) {
            List<Prediction> base =
                    List.of(new Prediction(new RowRef("rows", 1), "a fine reference", "other words", Map.of(), 3, 3));
            List<Prediction> tuned = List.of(
                    new Prediction(new RowRef("rows", 1), "a fine reference", "fine reference", Map.of(), 3, 3));

            ChangedRows changed =
                    ChangedRows.of(kind, Map.of(Variant.BASE_ZERO_SHOT, base, Variant.TUNED, tuned), List.of(), 17);

            assertThat(changed.fixed()).as(kind.name()).isEqualTo(1);
        }
    }

    @Test
    void masksSecretsAndShortensLongTexts() {
        String secret = "ghp_" + "a1B2c3D4e5F6".repeat(3);
        String prompt = "mail jane.doe@example.com the key " + secret + " " + "x".repeat(5000);
        Example row = new Example.Conversation(
                new RowRef("rows", 1),
                List.of(new Message(Role.USER, prompt), new Message(Role.ASSISTANT, "right")),
                "right");

        ChangedRows changed = ChangedRows.of(TaskKind.CLASSIFICATION, predictions(1, 1, 0), List.of(row), 17);

        String shown = changed.sample().get(0).prompt();
        assertThat(shown).hasSizeLessThanOrEqualTo(ChangedRows.MAX_TEXT + 1).endsWith("…");
        assertThat(shown).doesNotContain(secret).doesNotContain("jane.doe").startsWith("mail [");
    }

    private static Map<ChangedRow.Effect, Long> effects(ChangedRows changed) {
        return changed.sample().stream().collect(Collectors.groupingBy(ChangedRow::effect, Collectors.counting()));
    }

    /** Of so many rows the first are fixed, the next broken, the rest right before and after. */
    private static Map<Variant, List<Prediction>> predictions(int rows, int fixed, int broken) {
        List<Prediction> base = IntStream.rangeClosed(1, rows)
                .mapToObj(i -> answer(i, i <= fixed ? "wrong" : "right"))
                .toList();
        List<Prediction> tuned = IntStream.rangeClosed(1, rows)
                .mapToObj(i -> answer(i, i > fixed && i <= fixed + broken ? "wrong" : "right"))
                .toList();
        return Map.of(Variant.BASE_ZERO_SHOT, base, Variant.TUNED, tuned);
    }

    private static Prediction answer(int row, String answer) {
        return new Prediction(new RowRef("rows", row), "right", answer, Map.of(), 1, 1);
    }
}
