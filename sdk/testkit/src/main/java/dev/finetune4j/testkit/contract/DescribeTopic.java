package dev.finetune4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What a place says of a job is complete, and the same to everybody. */
abstract class DescribeTopic extends ContractTopic {
    DescribeTopic(Supplier<ProviderSubject> subjects) {
        super(subjects);
    }

    @Test
    void knowsNothingOfAnUnknownJob() {
        assertThat(provider().find(unknownId())).isEmpty();
    }

    @Test
    void tellsTheEndExactlyWhenTheJobHasEnded() {
        Submission small = subject().small("end");
        JobSnapshot first = provider().submit(small);
        assertThat(first.endedAt() != null).isEqualTo(first.state().isTerminal());

        JobSnapshot last = awaitEnd(small.id());

        assertThat(last.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(last.failure()).isEmpty();
        assertThat(last.endedAt()).isAfterOrEqualTo(last.submittedAt());
    }

    @Test
    void staysEnded() {
        Submission small = subject().small("stays");
        JobSnapshot ended = runToEnd(small);

        subject().pass();

        assertThat(describe(small.id())).isEqualTo(ended);
    }

    @Test
    void tellsEveryClientTheSame() {
        Submission small = subject().small("clients");
        JobSnapshot ended = runToEnd(small);

        try (Provider another = subject().open()) {
            assertThat(another.find(small.id())).contains(ended);
        }
    }

    @Test
    void billsTimeOnlyWhereItClaimsTo() {
        JobSnapshot ended = runToEnd(subject().small("bill"));

        if (capabilities().billsTime()) {
            assertThat(ended.billedTime()).isPositive();
        } else {
            assertThat(ended.billedTime()).isEqualTo(Duration.ZERO);
        }
    }
}
