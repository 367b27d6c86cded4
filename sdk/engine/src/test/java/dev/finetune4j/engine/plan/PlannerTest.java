package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.plan.Objective;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.plan.PlanBasis;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlannerTest {
    private static final String PLANNED = "0123456789abcdef";
    private static final Plan PLAN = new Plan(
            "a-test",
            "qwen3-1.7b",
            LocalDate.of(2026, 11, 24),
            new PlanBasis(Map.of(), Map.of(), PLANNED, "prices", "test"),
            Objective.COST,
            SampleJob.of(TaskKind.CHAT, true, 50).workload(),
            null,
            List.of(),
            null,
            List.of(),
            null,
            List.of());

    @Test
    void refusesOtherRowsThanThoseOfThePlanByBothDigests() {
        assertThatCode(() -> Planner.refuseOtherRows(PLAN, PLANNED)).doesNotThrowAnyException();

        assertThatThrownBy(() -> Planner.refuseOtherRows(PLAN, "fedcba9876543210"))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems()).singleElement().satisfies(problem -> {
                            assertThat(problem.code()).isEqualTo("FT0765");
                            assertThat(problem.summary())
                                    .isEqualTo("a-test has other rows than were planned on 2026-11-24");
                            assertThat(problem.causes())
                                    .containsExactly("data: others (SHA-256 01234567… then, fedcba98… now)");
                        }));
    }
}
