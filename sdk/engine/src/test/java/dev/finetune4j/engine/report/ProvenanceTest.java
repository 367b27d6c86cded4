package dev.finetune4j.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProvenanceTest {
    @Test
    void eachNumberFormatOfAnswersIsNamedOnce() {
        assertThat(Provenance.answersIn(said("loading the model", "the model answers in fp32")))
                .isEqualTo("fp32");
        assertThat(Provenance.answersIn(
                        said("the model answers in fp32", "the model answers in bf16", "the model answers in fp32")))
                .isEqualTo("fp32, bf16");
        assertThat(Provenance.answersIn(said("loading the model"))).isNull();
    }

    private static List<RunEvent> said(String... messages) {
        return Stream.of(messages)
                .<RunEvent>map(message ->
                        new RunEvent.StateChanged(Instant.parse("2026-11-24T14:02:11Z"), RunState.EVALUATING, message))
                .toList();
    }
}
