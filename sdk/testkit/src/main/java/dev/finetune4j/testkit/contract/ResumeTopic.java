package dev.finetune4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Submission;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A stopped job goes on under its id, where the place claims so. */
abstract class ResumeTopic extends ContractTopic {
    ResumeTopic(Supplier<ProviderSubject> subjects) {
        super(subjects);
    }

    @Test
    void goesOnUnderTheSameIdOrIsRefused() {
        Submission lasting = subject().lasting("resume");
        JobSnapshot stopped = stop(lasting);
        if (!capabilities().supportsResume()) {
            assertRefused("resume", () -> provider().resume(lasting.id()));
            return;
        }
        List<RunEvent> before = eventsFrom(provider(), lasting.id(), EventPage.START);

        JobSnapshot resumed = provider().resume(lasting.id());

        assertThat(resumed.id()).isEqualTo(stopped.id());
        assertThat(resumed.digest()).isEqualTo(stopped.digest());
        awaitBegin(lasting.id());
        assertThat(eventsFrom(provider(), lasting.id(), EventPage.START)).startsWith(before.toArray(RunEvent[]::new));
        provider().stop(lasting.id());
        assertThat(awaitEnd(lasting.id()).state()).isEqualTo(RunState.STOPPED);
    }

    @Test
    void ofARunningJobIsRefused() {
        Submission lasting = subject().lasting("running");
        provider().submit(lasting);
        awaitBegin(lasting.id());

        assertRefused("resume of a running job", () -> provider().resume(lasting.id()));

        if (capabilities().supportsStop()) {
            provider().stop(lasting.id());
            awaitEnd(lasting.id());
        }
    }

    @Test
    void ofASucceededJobIsRefused() {
        Submission small = subject().small("done");
        JobSnapshot ended = runToEnd(small);

        assertRefused("resume of a succeeded job", () -> provider().resume(small.id()));

        assertThat(describe(small.id())).isEqualTo(ended);
    }

    @Test
    void ofAnUnknownJobIsRefused() {
        assertRefused("resume of an unknown job", () -> provider().resume(unknownId()));
    }

    private JobSnapshot stop(Submission submission) {
        provider().submit(submission);
        awaitBegin(submission.id());
        if (!capabilities().supportsStop()) {
            return describe(submission.id());
        }
        provider().stop(submission.id());
        return awaitEnd(submission.id());
    }
}
