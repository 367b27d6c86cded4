package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.Problem;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.MethodProblems;
import dev.finetune4j.method.TuningMethod;
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

    /** Why no model of this kind learns the task, or learns it by the method, which a check of the fetched model would say. */
    public Optional<Problem> misfit() {
        return model.speaks() ? headOfDecoder() : EncoderJob.misfit(file.job()).or(this::methodOfDecoders);
    }

    private Optional<Problem> methodOfDecoders() {
        TuningMethod method = file.job().method();
        boolean ofEncoders =
                method instanceof FullTuning || method instanceof LoraTuning || method instanceof HeadTuning;
        return ofEncoders ? Optional.empty() : Optional.of(MethodProblems.methodOfDecoders(method));
    }

    private Optional<Problem> headOfDecoder() {
        return file.job().method() instanceof HeadTuning
                ? Optional.of(MethodProblems.headOfDecoder())
                : Optional.empty();
    }

    /** Names the job and no value in it, since a value may come from a secret variable. */
    @Override
    public String toString() {
        return "JobFigures[" + file.job().name() + "]";
    }
}
