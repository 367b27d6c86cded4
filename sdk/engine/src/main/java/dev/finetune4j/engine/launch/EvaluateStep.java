package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.evaluate.Evaluator;
import dev.finetune4j.engine.evaluate.PredictionFiles;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Compares base and tuned model by the predictions that a worker left. */
final class EvaluateStep {
    private final FineTuneJob job;
    private final List<String> labels;

    EvaluateStep(FineTuneJob job, List<String> labels) {
        this.job = job;
        this.labels = labels;
    }

    /** The models that an order lets answer rows. */
    static Set<Variant> variants(WorkOrder order) {
        Set<Variant> variants = EnumSet.noneOf(Variant.class);
        for (WorkStep step : order.steps()) {
            if (step instanceof WorkStep.Predict predict) {
                variants.add(predict.variant());
            }
        }
        return variants;
    }

    /**
     * The comparison; empty where the order lets no model answer.
     *
     * @throws FineTuneException with FT0701 to FT0705 if predictions are missing, damaged or do not fit each other
     */
    Optional<EvaluationReport> evaluate(WorkOrder order, Path output) {
        Set<Variant> variants = variants(order);
        if (variants.isEmpty()) {
            return Optional.empty();
        }
        Map<Variant, List<Prediction>> predictions = PredictionFiles.read(output, variants);
        return Optional.of(new Evaluator(job.task().withLabels(labels), job.evaluation()).evaluate(predictions));
    }
}
