package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.spi.Provider;

/**
 * A run that no place ever said to have: its launch was refused, or nobody saw what became of it. It is begun anew under its own name, never
 * under another one, so that a job that is there after all is found and not made twice.
 */
final class Unlaunched {
    private final LaunchContext context;
    private final JournalContent content;

    /** The run of a journal. */
    Unlaunched(LaunchContext context, JournalContent content) {
        this.context = context;
        this.content = content;
    }

    /** Whether a journal tells of such a run; not where it has not begun. */
    static boolean is(JournalContent content) {
        return RunView.of(content).filter(view -> view.submitted() == null).isPresent();
    }

    /**
     * Whether it is to be launched by the job and the terms of now. Not where they are those of before, and not where its place has the job:
     * that is on what was agreed to before.
     *
     * @throws FineTuneException if a call may have reached its place, and that does not say whether it has the job
     */
    boolean isToBeRenewed(PreparedJob prepared, LaunchTerms terms) {
        if (!is(content)) {
            return false;
        }
        RunView view = RunView.of(content).orElseThrow();
        if (view.closed()) {
            return !UntoldEnd.isIn(content) || !isKnownAtItsPlace(view);
        }
        boolean isTheSame = view.job().equals(prepared.file().job())
                && content.sinceRenewed()
                        .last(JournalEntry.Agreed.class)
                        .filter(agreed -> agreed.terms().equals(terms))
                        .isPresent();
        return !isTheSame && (view.provider() == null || !isAtItsPlace(view));
    }

    /** A launch that was refused is not there; earlier versions said so of some whose answer was lost, too. */
    private boolean isKnownAtItsPlace(RunView view) {
        try {
            return isAtItsPlace(view);
        } catch (FineTuneException e) {
            return false;
        }
    }

    private boolean isAtItsPlace(RunView view) {
        try (Provider place = Outcomes.open(view, context.providers())) {
            return place.find(view.id()).isPresent();
        }
    }
}
