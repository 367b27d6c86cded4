package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Part;
import dev.finetune4j.data.Quantiles;
import dev.finetune4j.plan.Objective;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.plan.PlanBasis;
import dev.finetune4j.plan.Workload;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlanDifferencesTest {
    @Test
    void tokensThatWereToldAndThatAreCountedAreToldApart() {
        Workload told = workload(1400, 364_792, false);
        Workload counted = workload(1401, 312_504, true);

        assertThat(differences(told, counted))
                .containsExactly("data: 1,400 rows and 364.8 k tokens (told from characters) to train then, 1,401 rows"
                        + " and 312.5 k tokens (counted) now (SHA-256 01234567… then, fedcba98… now)");
        assertThat(differences(counted, workload(1402, 312_700, true)))
                .containsExactly("data: 1,401 rows and 312.5 k tokens to train then, 1,402 rows and 312.7 k tokens now"
                        + " (SHA-256 01234567… then, fedcba98… now)");
    }

    @Test
    void figuresAreToldAndOfTextsThatTheyAreOthers() {
        PlanBasis then = job(
                Map.of("method.rank", "0a", "model", "0b", "training.epochs", "0c", "training.seed", "0d"),
                Map.of("method.rank", "8", "training.epochs", "3", "training.seed", "17"));
        PlanBasis now = job(
                Map.of("evaluation.few-shot", "1e", "method.rank", "1a", "model", "1b", "training.epochs", "1c"),
                Map.of("evaluation.few-shot", "4", "method.rank", "16", "training.epochs", "2.5"));

        assertThat(differences(then, now))
                .containsExactly(
                        "job: evaluation.few-shot was not set, and is now 4",
                        "job: method.rank was 8, is 16",
                        "job: model is another (SHA-256 0b… then, 1b… now)",
                        "job: training.epochs was 3, is 2.5",
                        "job: training.seed was 17, and is not set now");
    }

    /** Of an earlier version, which kept no figures. */
    @Test
    void whereNoFiguresWereKeptDigestsAreTold() {
        PlanBasis then = job(Map.of("training.epochs", "0c", "training.seed", "0d"), null);
        PlanBasis now = job(Map.of("training.epochs", "1c"), Map.of("training.epochs", "2.5"));

        assertThat(differences(then, now))
                .containsExactly(
                        "job: training.epochs is another (SHA-256 0c… then, 1c… now)",
                        "job: training.seed was set, and is not set now");
    }

    private static List<String> differences(PlanBasis then, PlanBasis now) {
        Workload same = workload(1, 1, true);
        return PlanDifferences.between(plan(then, same), now, same, List.of());
    }

    private static List<String> differences(Workload then, Workload now) {
        return PlanDifferences.between(
                plan(basis("0123456789abcdef"), then), basis("fedcba9876543210"), now, List.of());
    }

    private static Plan plan(PlanBasis basis, Workload workload) {
        return new Plan(
                "a-test",
                "qwen3-1.7b",
                LocalDate.of(2026, 11, 24),
                basis,
                Objective.COST,
                workload,
                null,
                List.of(),
                null,
                List.of(),
                null,
                List.of());
    }

    private static PlanBasis basis(String data) {
        return new PlanBasis(Map.of(), Map.of(), data, "prices", "test");
    }

    private static PlanBasis job(Map<String, String> digests, @Nullable Map<String, String> figures) {
        return new PlanBasis(digests, figures, "rows", "prices", "test");
    }

    private static Workload workload(long rows, long tokens, boolean areTokensCounted) {
        return new Workload(
                1,
                1,
                Map.of(Part.TRAIN, rows),
                new Quantiles(1, 1, 1, 1, 1, 1),
                1024,
                areTokensCounted,
                350,
                tokens,
                1,
                1,
                1,
                1,
                null);
    }
}
