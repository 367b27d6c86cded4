package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.Problem;
import dev.finetune4j.spi.Proposal;
import java.util.Optional;

/**
 * A job with the figures of its rows and its model, as far as they are known without fetching the model.
 *
 * @param file the job, with the method that its model chose where it names none
 * @param rows its rows
 * @param model its model
 */
public record JobFigures(JobFile file, RowFigures rows, ModelFacts model) {
    /** What a place is told of it; empty where its model is not on this machine. */
    public Optional<Proposal> proposal() {
        return model.filesHere().map(files -> new Proposal(file.job(), files, rows.lengths(), rows.answers()));
    }

    /** Why no model of this kind learns the task, which a check of the fetched model would say. */
    public Optional<Problem> misfit() {
        return model.speaks() ? Optional.empty() : EncoderJob.misfit(file.job());
    }

    /** Names the job and no value in it, since a value may come from a secret variable. */
    @Override
    public String toString() {
        return "JobFigures[" + file.job().name() + "]";
    }
}
