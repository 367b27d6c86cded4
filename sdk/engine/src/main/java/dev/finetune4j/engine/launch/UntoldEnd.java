package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import java.util.Optional;

/**
 * The end of a run that its place never told: a launch that was refused, or stopped while its place did not show it yet, or a run that an
 * earlier version closed since a look at it was refused. The job may go on, and be paid for.
 */
final class UntoldEnd {
    private UntoldEnd() {}

    /** Whether a journal has such an end, and the place may know the job. */
    static boolean isIn(JournalContent content) {
        return RunView.of(content)
                .filter(view -> view.closed() && view.provider() != null)
                .filter(view ->
                        view.state() == RunState.FAILED || (view.state() == RunState.STOPPED && !view.isLaunchedHere()))
                .filter(view -> view.output() == null && !isGone(view) && !isTold(content))
                .isPresent();
    }

    /**
     * Whether a run has such an end, and its job goes on, or has succeeded.
     *
     * @param isOnlyIfLaunched whether one whose place never said to have it is not asked for
     * @throws dev.finetune4j.error.FineTuneException if the place does not say
     */
    static boolean isContradicted(RunFolder folder, boolean isOnlyIfLaunched, Providers providers) {
        JournalContent content = folder.read();
        return isIn(content)
                && RunView.of(content)
                        .filter(view -> !isOnlyIfLaunched || view.isLaunchedHere())
                        .filter(view -> isContradicted(view, providers))
                        .isPresent();
    }

    /** Writes down that a run with such an end is followed on. */
    static void reopen(Journal journal) {
        if (isIn(journal.content())) {
            journal.append(new JournalEntry.Reopened());
        }
    }

    private static boolean isContradicted(RunView view, Providers providers) {
        try (Provider provider = Outcomes.open(view, providers)) {
            return provider.find(view.id())
                    .map(JobSnapshot::state)
                    .filter(now -> !now.isTerminal() || now == RunState.SUCCEEDED)
                    .isPresent();
        }
    }

    private static boolean isGone(RunView view) {
        return view.problem() != null && view.problem().code().equals(PlaceProblems.GONE.code());
    }

    /** Whether the place has said since the last launch that the job has ended. */
    private static boolean isTold(JournalContent content) {
        Optional<JournalEntry> last = content.entries()
                .filter(entry -> entry instanceof JournalEntry.Submitted
                        || (entry instanceof JournalEntry.StateSeen seen
                                && seen.state().isTerminal()))
                .reduce((earlier, later) -> later);
        return last.filter(JournalEntry.StateSeen.class::isInstance).isPresent();
    }
}
