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

    private static List<String> differences(Workload then, Workload now) {
        Plan saved = new Plan(
                "a-test",
                "qwen3-1.7b",
                LocalDate.of(2026, 11, 24),
                basis("0123456789abcdef"),
                Objective.COST,
                then,
                null,
                List.of(),
                null,
                List.of(),
                null,
                List.of());
        return PlanDifferences.between(saved, basis("fedcba9876543210"), now, List.of());
    }

    private static PlanBasis basis(String data) {
        return new PlanBasis(Map.of(), data, "prices", "test");
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
                1);
    }
}
