package dev.finetune4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Submission;
import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A job ends when it is told to or at its limit, where the place claims so, and not otherwise. */
abstract class StopTopic extends ContractTopic {
    private static final Duration SHORT_LIMIT = Duration.ofSeconds(1);

    StopTopic(Supplier<ProviderSubject> subjects) {
        super(subjects);
    }

    @Test
    void endsARunningJobOrIsRefused() {
        Submission lasting = subject().lasting("stop");
        provider().submit(lasting);
        awaitBegin(lasting.id());
        if (!capabilities().supportsStop()) {
            assertRefused("stop", () -> provider().stop(lasting.id()));
            return;
        }

        provider().stop(lasting.id());

        assertThat(awaitEnd(lasting.id()).state()).isEqualTo(RunState.STOPPED);
    }

    @Test
    void mayBeAskedTwice() {
        if (!capabilities().supportsStop()) {
            return;
        }
        Submission lasting = subject().lasting("twice");
        provider().submit(lasting);
        awaitBegin(lasting.id());

        provider().stop(lasting.id());
        provider().stop(lasting.id());

        assertThat(awaitEnd(lasting.id()).state()).isEqualTo(RunState.STOPPED);
    }

    @Test
    void leavesAnEndedJobAlone() {
        if (!capabilities().supportsStop()) {
            return;
        }
        Submission small = subject().small("late");
        JobSnapshot ended = runToEnd(small);

        provider().stop(small.id());

        assertThat(describe(small.id())).isEqualTo(ended);
    }

    @Test
    void ofAnUnknownJobIsRefused() {
        assertRefused("stop of an unknown job", () -> provider().stop(unknownId()));
    }

    @Test
    void comesByItselfAtTheTimeLimitOrTheLimitIsRefused() {
        Submission lasting = limited(subject().lasting("limit"));
        if (!capabilities().supportsTimeLimit()) {
            assertRefused("a time limit", () -> provider().submit(lasting));
            assertThat(provider().find(lasting.id())).isEmpty();
            return;
        }

        provider().submit(lasting);

        assertThat(awaitEnd(lasting.id()).state()).isEqualTo(RunState.STOPPED);
    }

    private static Submission limited(Submission submission) {
        return new Submission(
                submission.id(),
                submission.model(),
                submission.order(),
                submission.channels(),
                submission.labels(),
                SHORT_LIMIT,
                submission.diskBytes(),
                submission.after());
    }
}
