package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.engine.watch.RunWatch;
import dev.finetune4j.engine.watch.WatchPace;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A job beside the runs, done to its end: a run has a journal, it has none. */
final class SideWork {
    private final LaunchContext context;
    private final Provider provider;

    SideWork(LaunchContext context, Provider provider) {
        this.context = context;
        this.provider = provider;
    }

    /**
     * Does the work, or takes it up where it was begun before; what failed or was stopped before is done anew.
     *
     * @param into where the place may put the output
     * @return the folder with the output
     * @throws dev.finetune4j.error.FineTuneException why it failed, or with FT0510 if the place does no such work
     */
    Path output(Submission submission, Consumer<RunEvent> events, Path into) throws InterruptedException {
        if (!provider.capabilities().supportsCustomWork()) {
            throw PlaceProblems.notSupported(provider.id(), "answer rows or prompts with a tuned model");
        }
        PatientCall submit = new PatientCall(
                context.sleeper(),
                why -> events.accept(new RunEvent.Noticed(context.clock().instant(), why)));
        JobSnapshot before = submit.make(() -> provider.submit(submission));
        if (before.state() == RunState.FAILED || before.state() == RunState.STOPPED) {
            provider.delete(submission.id()); // asking again is meant to try again
            submit.make(() -> provider.submit(submission));
        }
        WatchPace pace = WatchPace.of(provider.capabilities());
        JobSnapshot end = new RunWatch(
                        provider, submission.id(), EventPage.START, pace, context.clock(), context.sleeper())
                .follow((event, cursor) -> events.accept(event));
        if (end.state() != RunState.SUCCEEDED) {
            throw end.failure()
                    .orElseGet(() -> PlaceProblems.noReason(submission.id(), provider.id(), end.reference()))
                    .asException();
        }
        return provider.fetch(submission.id(), into);
    }
}
