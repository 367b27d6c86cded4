package dev.finetune4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.Problem;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Events come in order, complete, and can be read again from anywhere by anybody. */
abstract class EventTopic extends ContractTopic {
    EventTopic(Supplier<ProviderSubject> subjects) {
        super(subjects);
    }

    @Test
    void endWithTheStateThatTheJobEndedIn() {
        Submission small = subject().small("last");
        JobSnapshot ended = runToEnd(small);

        List<RunEvent> events = eventsFrom(provider(), small.id(), EventPage.START);

        assertThat(events.get(events.size() - 1))
                .isInstanceOfSatisfying(
                        RunEvent.StateChanged.class,
                        change -> assertThat(change.state()).isEqualTo(ended.state()));
    }

    @Test
    void seenWhileItRunsAreTheBeginningOfThoseSeenAtItsEnd() {
        Submission small = subject().small("grow");
        provider().submit(small);
        List<RunEvent> seen = new ArrayList<>();
        String cursor = EventPage.START;
        for (int i = 0; i <= subject().patience(); i++) {
            boolean ended = describe(small.id()).state().isTerminal();
            EventPage page = provider().events(small.id(), cursor);
            while (!page.events().isEmpty()) {
                seen.addAll(page.events());
                cursor = page.next();
                page = provider().events(small.id(), cursor);
            }
            if (ended) {
                break;
            }
            subject().pass();
        }

        assertThat(seen).isEqualTo(eventsFrom(provider(), small.id(), EventPage.START));
    }

    @Test
    void replayFromEveryCursorForEveryClient() {
        Submission small = subject().small("replay");
        runToEnd(small);
        List<RunEvent> all = eventsFrom(provider(), small.id(), EventPage.START);
        String cursor = EventPage.START;
        int before = 0;

        try (Provider another = subject().open()) {
            while (true) {
                assertThat(eventsFrom(another, small.id(), cursor)).isEqualTo(all.subList(before, all.size()));
                EventPage page = provider().events(small.id(), cursor);
                if (page.events().isEmpty()) {
                    break;
                }
                before += page.events().size();
                cursor = page.next();
            }
        }

        assertThat(before).isEqualTo(all.size());
    }

    @Test
    void tellStepsOnlyWhereItClaimsTo() {
        Submission small = subject().small("steps");
        runToEnd(small);

        List<Integer> steps = eventsFrom(provider(), small.id(), EventPage.START).stream()
                .filter(RunEvent.StepCompleted.class::isInstance)
                .map(event -> ((RunEvent.StepCompleted) event).step())
                .toList();

        if (capabilities().supportsStepEvents()) {
            assertThat(steps).isNotEmpty().isSorted().doesNotHaveDuplicates();
            assertThat(steps.get(0)).isEqualTo(1);
        }
    }

    @Test
    void tellEachTerminalStateOnce() {
        Submission small = subject().small("terminal");
        runToEnd(small);

        List<RunState> terminal = eventsFrom(provider(), small.id(), EventPage.START).stream()
                .filter(event -> event instanceof RunEvent.StateChanged change
                        && change.state().isTerminal())
                .map(event -> ((RunEvent.StateChanged) event).state())
                .toList();

        assertThat(terminal).containsExactly(RunState.SUCCEEDED);
    }

    @Test
    void sayHowToGoOnWhereThePlaceKeepsTheModel() {
        Submission small = subject().small("kept");
        runToEnd(small);

        List<Problem> said = eventsFrom(provider(), small.id(), EventPage.START).stream()
                .filter(RunEvent.Noticed.class::isInstance)
                .map(RunEvent.Noticed.class::cast)
                .filter(notice -> notice.subject() == RunEvent.Noticed.Subject.COMPARISON)
                .map(RunEvent.Noticed::problem)
                .toList();

        if (capabilities().givesModel()) {
            assertThat(said).as("base and tuned model can be compared").isEmpty();
        } else {
            assertThat(said)
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.remedies()).isNotEmpty());
        }
    }

    @Test
    void ofAnUnknownJobAreRefused() {
        assertRefused("events of an unknown job", () -> provider().events(unknownId(), EventPage.START));
    }

    @Test
    void afterACursorOfNobodyAreRefused() {
        Submission small = subject().small("cursor");
        runToEnd(small);

        assertRefused("a cursor of nobody", () -> provider().events(small.id(), "no cursor of this place"));
    }
}
