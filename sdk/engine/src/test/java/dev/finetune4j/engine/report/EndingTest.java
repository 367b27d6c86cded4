package dev.finetune4j.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndingTest {
    private static final ProblemKind KIND =
            new ProblemKind("FT9999", "title", ExitCode.OK, "explanation", "finetune show RUN");
    private static final RunEvent SPENT = noticed("80 % of the budget are spent");
    private static final RunEvent END = new RunEvent.StateChanged(Instant.EPOCH, RunState.SUCCEEDED, "");

    @Test
    void theNoticeOnTheComparisonIsKnownByItsSubject() {
        RunEvent uncompared = new RunEvent.Noticed(
                Instant.EPOCH, KIND.warning("nothing was asked").build(), RunEvent.Noticed.Subject.COMPARISON);
        List<RunEvent> events = List.of(uncompared, SPENT, END);

        assertThat(Ending.uncompared(events))
                .hasValueSatisfying(ending -> assertThat(ending.summary()).isEqualTo("nothing was asked"));
        assertThat(Ending.comparedLater(events)).containsExactly(SPENT, END);
    }

    @Test
    void anotherWarningIsNotOnTheComparison() {
        List<RunEvent> events = List.of(SPENT, END);

        assertThat(Ending.uncompared(events)).isEmpty();
        assertThat(Ending.comparedLater(events)).isEqualTo(events);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "base and tuned model of letters-1a2b3c4d-1 were not compared",
                "base and tuned model of letters-1a2b3c4d-1 are not compared"
            })
    void beforeNoticesHadASubjectItIsKnownByItsWords(String summary) {
        List<RunEvent> events = List.of(noticed(summary), SPENT, END);

        assertThat(Ending.uncompared(events))
                .hasValueSatisfying(ending -> assertThat(ending.summary()).isEqualTo(summary));
        assertThat(Ending.comparedLater(events)).containsExactly(SPENT, END);
    }

    private static RunEvent noticed(String summary) {
        return new RunEvent.Noticed(Instant.EPOCH, KIND.warning(summary).build());
    }
}
