package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.data.source.FetchProgress;
import dev.finetune4j.error.Problem;
import java.util.List;

/** Hears how the preparation of a job goes on, and what it found. Called from the preparing thread. */
public interface PreparationProgress extends FetchProgress {
    /** Listens to nothing. */
    PreparationProgress SILENT = new PreparationProgress() {
        @Override
        public void began(Stage stage) {}

        @Override
        public void warned(List<Problem> warnings) {}

        @Override
        public void at(String what, long doneBytes, long totalBytes) {}
    };

    /** What a preparation does, in order. */
    enum Stage {
        /** Sources are fetched and rows are made, split and written. */
        DATA,
        /** The base model is fetched. */
        MODEL,
        /** Every row is looked at. */
        CHECK,
        /** For a launch that is only shown: rows, worker and model are written as they would be sent. */
        PACK
    }

    /** A stage begins; the one before it is done. */
    void began(Stage stage);

    /**
     * A job is about to be launched, or a launch to be shown, all the same, though something is odd about its rows; or the models of a run
     * are about to be scored by rows that it was trained on. Called before anything of it leaves this machine.
     *
     * @param warnings at least one; their remedies name the job file and the run
     */
    void warned(List<Problem> warnings);
}
