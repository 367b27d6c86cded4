package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import java.util.Optional;

/** A launch that a run decided on and has no answer to: its first, one on the next machine, or a resume. Driving the run on makes it. */
final class PendingLaunch {
    private PendingLaunch() {}

    /** Whether a journal has one. */
    static boolean isIn(JournalContent content) {
        return SubmitStep.isResumePending(content)
                || SubmitStep.submittedHere(content).isEmpty();
    }

    /**
     * Whether nothing of it is at the place, so that a stop has nothing to stop there. What ended badly there on an earlier machine or before a
     * resume is not it.
     *
     * @param job what the place says of the run's job; empty where it says that there is none
     */
    static boolean isAway(RunView view, Optional<JobSnapshot> job) {
        return view.isLaunchedHere()
                ? job.filter(now -> now.state() != RunState.FAILED && now.state() != RunState.STOPPED)
                        .isEmpty()
                : job.isEmpty();
    }
}
