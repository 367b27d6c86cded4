package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Part;
import dev.finetune4j.engine.evaluate.TaskMetrics;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.EvaluationSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.run.ModelFormat;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a worker is told to do for a job. */
final class WorkOrders {
    private WorkOrders() {}

    /**
     * Trains, then lets base and tuned model answer the held-out rows.
     *
     * @param base what other tools call the base model
     * @param digest digest over job, data and model
     * @param labels the closed list of answers; empty without labels
     * @param shots rows for the few-shot base model; empty leaves that variant out
     * @param answering the models that answer; none where the place runs no worker or there are no held-out rows
     */
    static WorkOrder run(
            FineTuneJob job,
            ModelName base,
            String digest,
            List<String> labels,
            List<Example.Conversation> shots,
            Set<Variant> answering) {
        List<WorkStep> steps = new ArrayList<>();
        steps.add(new WorkStep.Train(job.method(), job.training(), base, labels));
        steps.addAll(answers(job, labels, shots, answering));
        return new WorkOrder(digest, steps);
    }

    /** Lets base and tuned model answer the test rows of the data channel. */
    static WorkOrder evaluation(FineTuneJob job, String digest, List<String> labels, List<Example.Conversation> shots) {
        return new WorkOrder(digest, List.copyOf(answers(job, labels, shots, Variant.askable())));
    }

    /** Answers one conversation, or continues a text where {@code messages} is empty. */
    static WorkOrder generation(
            String digest, List<Variant> variants, List<Message> messages, String text, Sampling sampling) {
        return new WorkOrder(digest, List.of(new WorkStep.Generate(variants, messages, text, sampling)));
    }

    /** Writes the tuned model as a model of its own. */
    static WorkOrder merge(String digest, ModelFormat format) {
        return new WorkOrder(digest, List.of(new WorkStep.Merge(format)));
    }

    /** Goes over the last steps of the training in another order again. */
    static WorkOrder verification(String digest, WorkOrder trained) {
        return new WorkOrder(digest, List.of(new WorkStep.Verify(trained.digest(), training(trained))));
    }

    /** Does the first steps of the training in another order, and some of its answers. */
    static WorkOrder rehearsal(WorkOrder run, String digest, WorkStep.Rehearse.Extent extent) {
        return new WorkOrder(digest, List.of(new WorkStep.Rehearse(training(run), run.answers(), extent)));
    }

    private static WorkStep.Train training(WorkOrder run) {
        return run.training().orElseThrow(() -> new IllegalStateException("the order of a run trains"));
    }

    /** Lets models answer the test rows of the data channel; the base model with examples only where there are some. */
    static List<WorkStep.Predict> answers(
            FineTuneJob job, List<String> labels, List<Example.Conversation> shots, Set<Variant> answering) {
        List<WorkStep.Predict> steps = new ArrayList<>();
        for (Variant variant : List.of(Variant.BASE_ZERO_SHOT, Variant.BASE_FEW_SHOT, Variant.TUNED)) {
            boolean showsRows = variant == Variant.BASE_FEW_SHOT;
            if (answering.contains(variant) && (!showsRows || !shots.isEmpty())) {
                steps.add(answers(job, variant, labels, showsRows ? shots : List.of()));
            }
        }
        return steps;
    }

    private static WorkStep.Predict answers(
            FineTuneJob job, Variant variant, List<String> labels, List<Example.Conversation> shots) {
        EvaluationSpec evaluation = job.evaluation();
        return new WorkStep.Predict(
                variant,
                Part.TEST.fileName(),
                shots,
                labels,
                evaluation.labelScoring(),
                TaskMetrics.areTextsWritten(job, true) ? evaluation.maxNewTokens() : 0,
                job.training().maxTokens(),
                TaskMetrics.continuesPassages(job));
    }
}
