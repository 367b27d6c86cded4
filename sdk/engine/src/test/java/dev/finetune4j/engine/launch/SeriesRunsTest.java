package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.data.Problems;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Budget;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.value.RunId;
import org.junit.jupiter.api.Test;

class SeriesRunsTest {
    @Test
    void doesNotProposeTheSameCommandAloneWhereABudgetStoppedARun() {
        Problem stopped = Problems.only(() -> SeriesRuns.succeeded(
                RunId.parse("letters-0a1b2c3d-1"),
                new RunOutcome.Stopped("stopped after 5 min", true),
                "the sweep",
                "the same command again",
                Budget.unlimited(),
                () -> false));

        assertThat(stopped.code()).isEqualTo("FT0542");
        assertThat(stopped.remedies())
                .containsExactly("the same command again, once budget.max-time of the job is raised");
    }
}
