package dev.finetune4j.junit;

import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.launch.PreparedJob;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.junit.summary.SummarizedRun;
import java.time.Duration;

/**
 * A job that ended well.
 *
 * @param tuner knows its run
 * @param job what was run, with what the check found
 * @param run the run
 * @param from how the run came about
 */
record Training(FineTuner tuner, PreparedJob job, RunView run, Origin from) {
    /** How a run came about. */
    enum Origin {
        /** This execution of tests launched it or took it up. */
        OWN,
        /** Another process launched it and this one looked on. */
        OTHER_PROCESS,
        /** It had ended before. */
        EARLIER_RUN;

        static Origin of(RunHandle.Begin begin) {
            return switch (begin) {
                case LAUNCHED, CONTINUED -> OWN;
                case ATTACHED -> OTHER_PROCESS;
                case ENDED -> EARLIER_RUN;
            };
        }

        boolean isEarlierRun() {
            return this == EARLIER_RUN;
        }
    }

    /** From the run's creation to its end. */
    Duration took() {
        return Duration.between(run.createdAt(), run.changedAt());
    }

    /** How the run came about, in words, with its place and how to force another. */
    String origin() {
        String time = Figures.duration(took());
        return switch (from) {
            case OWN -> "trained in " + time + ", " + folder();
            case OTHER_PROCESS -> "trained in " + time + " by another process at the same time, " + folder();
            case EARLIER_RUN ->
                "not trained again: job, data, model and version are those of " + folder() + " of " + run.createdAt()
                        + "; to train anew: -D" + Settings.TRAIN + "=" + Settings.ALWAYS;
        };
    }

    /** What a summary tells of it. */
    SummarizedRun summarized() {
        return new SummarizedRun(run.id(), run.job().name(), origin(), from.isEarlierRun(), took(), run.evaluation());
    }

    private String folder() {
        return tuner.folder(run.id().value()).path().toString();
    }
}
