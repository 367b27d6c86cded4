package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.ProviderId;

/** Writes down that somebody wants a run to go on from its checkpoint, where it can; its driver asks its place. */
final class ResumeStep {
    private final LaunchContext context;

    ResumeStep(LaunchContext context) {
        this.context = context;
    }

    /**
     * Asks for it; one whose driver died before the launch is launched by driving it on, and one that goes on at its place is followed.
     *
     * @param journal of the run, whose lock the caller has
     * @param view what the journal tells
     * @throws FineTuneException with FT0509 if there is nothing to go on with, FT0510 if its provider cannot resume, FT0541 if its base
     *     model has changed and is read here, or if its place does not answer
     */
    void ask(Journal journal, RunView view) {
        if (!view.isLaunchedHere() || view.provider() == null) {
            if (view.closed() || view.prepared() == null) {
                throw RunProblems.notResumable(
                        view.id(), whyUnlaunched(view), NextCommand.launch(view, context.providers()));
            }
            refuseToLaunchWithAnotherBase(view);
            return;
        }
        if (view.state() == RunState.SUCCEEDED) {
            throw RunProblems.notResumable(view.id(), "it has succeeded");
        }
        try (Provider provider = context.providers().open(view.provider(), view.job())) {
            RunState now = provider.find(view.id()).map(JobSnapshot::state).orElse(RunState.FAILED);
            boolean endedBadly = now == RunState.STOPPED || now == RunState.FAILED;
            if (endedBadly && !provider.capabilities().supportsResume()) {
                throw PlaceProblems.NOT_SUPPORTED
                        .error(provider.id() + " cannot resume a job")
                        .remedy(NextCommand.launch(view, context.providers()))
                        .asException();
            }
            if (endedBadly && readsModelHere(provider.capabilities())) {
                context.bases().refuseChanged(view);
            }
            if (endedBadly || view.closed()) {
                journal.append(new JournalEntry.ResumeAsked(view.resumes() + 1));
            }
        }
    }

    /** What its place has after all, as no answer to its launch came, has its model. */
    private void refuseToLaunchWithAnotherBase(RunView view) {
        try (Provider provider = Outcomes.open(view, context.providers())) {
            if (readsModelHere(provider.capabilities())
                    && provider.find(view.id()).isEmpty()) {
                context.bases().refuseChanged(view);
            }
        }
    }

    /** A place that bills was given a copy of the model at the launch. */
    private static boolean readsModelHere(Capabilities place) {
        return place.supportsCustomWork() && !place.bills();
    }

    private static String whyUnlaunched(RunView view) {
        ProviderId left = view.launchedAt();
        return left == null
                ? "it was never launched"
                : "it left " + left + " and was never launched at " + view.provider()
                        + "; \"finetune fetch\" brings what it left at " + left;
    }
}
