package dev.finetune4j.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProvenanceTest {
    private static final Instant AT = Instant.parse("2026-11-24T14:02:11Z");
    private static final RunEvent LOADING = new RunEvent.StateChanged(AT, RunState.EVALUATING, "loading the model");

    @Test
    void eachNumberFormatOfAnswersIsNamedOnce() {
        assertThat(Provenance.answersIn(List.of(LOADING, answers("fp32")))).isEqualTo("fp32");
        assertThat(Provenance.answersIn(List.of(answers("fp32"), answers("bf16"), answers("fp32"))))
                .isEqualTo("fp32, bf16");
        assertThat(Provenance.answersIn(List.of(LOADING))).isNull();
    }

    private static RunEvent answers(String format) {
        return new RunEvent.StateChanged(AT, RunState.EVALUATING, "whatever it says", format);
    }
}
