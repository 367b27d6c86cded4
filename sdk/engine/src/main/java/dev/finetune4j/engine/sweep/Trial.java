package dev.finetune4j.engine.sweep;

import dev.finetune4j.engine.launch.PreparedJob;
import dev.finetune4j.engine.search.Candidate;

/**
 * One run of a sweep before it is measured.
 *
 * @param number from 1, in the order of the runs
 * @param candidate its settings
 * @param share of its epochs that it trains for
 * @param job what is run for it; its test rows are the validation rows of the whole
 */
public record Trial(int number, Candidate candidate, double share, PreparedJob job) {
    /** Passes over the training rows. */
    public double epochs() {
        return job.file().job().training().epochs();
    }
}
