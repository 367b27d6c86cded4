package dev.finetune4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the topics share: a fresh subject and client for each test, and waiting without clocks. */
abstract class ContractTopic {
    private final Supplier<ProviderSubject> subjects;
    private ProviderSubject current;
    private Provider client;

    @SuppressWarnings("NullAway.Init") // set before each test
    ContractTopic(Supplier<ProviderSubject> subjects) {
        this.subjects = subjects;
    }

    @BeforeEach
    final void openSubject() {
        current = subjects.get();
        client = current.open();
    }

    @AfterEach
    final void closeSubject() {
        client.close();
        current.close();
    }

    final ProviderSubject subject() {
        return current;
    }

    final Provider provider() {
        return client;
    }

    final Capabilities capabilities() {
        return client.capabilities();
    }

    /** An id that no subject uses. */
    static RunId unknownId() {
        return new RunId("contract-no-such-job-1");
    }

    final JobSnapshot describe(RunId id) {
        return provider().find(id).orElseThrow(() -> new AssertionError("the place does not know " + id));
    }

    /** Submits the job and waits for its end. */
    final JobSnapshot runToEnd(Submission submission) {
        provider().submit(submission);
        return awaitEnd(submission.id());
    }

    final JobSnapshot awaitEnd(RunId id) {
        return await(id, snapshot -> snapshot.state().isTerminal(), "its end");
    }

    /** Waits until the job has begun and not ended; fails where it ends before it was seen. */
    final JobSnapshot awaitBegin(RunId id) {
        JobSnapshot snapshot =
                await(id, now -> now.state() != RunState.PREPARED && now.state() != RunState.QUEUED, "its begin");
        assertThat(snapshot.state().isTerminal())
                .as("%s must last, but was %s at once", id, snapshot.state())
                .isFalse();
        return snapshot;
    }

    /** All events that there are now, page by page. */
    final List<RunEvent> eventsFrom(Provider from, RunId id, String cursor) {
        List<RunEvent> events = new ArrayList<>();
        String next = cursor;
        while (true) {
            EventPage page = from.events(id, next);
            if (page.events().isEmpty()) {
                return events;
            }
            events.addAll(page.events());
            next = page.next();
        }
    }

    /** The call must fail with a problem that names a code and a remedy and gives no secret away. */
    final FineTuneException assertRefused(String what, ThrowingCallable call) {
        FineTuneException[] caught = new FineTuneException[1];
        assertThat(org.assertj.core.api.Assertions.catchThrowable(call))
                .as("%s must be refused with a FineTuneException", what)
                .isInstanceOfSatisfying(FineTuneException.class, refusal -> caught[0] = refusal);
        for (Problem problem : caught[0].problems()) {
            assertThat(problem.summary()).as(what).isNotBlank().doesNotContain("Exception");
            assertThat(problem.remedies()).as(what).isNotEmpty();
            assertNoSecretIn(what, problem.toString());
        }
        return caught[0];
    }

    final void assertNoSecretIn(String where, String text) {
        for (String secret : subject().secrets()) {
            if (text.contains(secret)) {
                fail("a secret stands in " + where);
            }
        }
    }

    private JobSnapshot await(RunId id, Predicate<JobSnapshot> condition, String what) {
        for (int i = 0; i <= subject().patience(); i++) {
            JobSnapshot snapshot = describe(id);
            if (condition.test(snapshot)) {
                return snapshot;
            }
            subject().pass();
        }
        throw new AssertionError(id + " did not reach " + what + "; it is " + describe(id));
    }
}
