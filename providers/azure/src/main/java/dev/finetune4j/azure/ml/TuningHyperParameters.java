package dev.finetune4j.azure.ml;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.TuningMethod;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The hyperparameters of a fine-tuning job, texts by the service's names. Three stand in Microsoft's samples of such jobs ({@code
 * num_train_epochs}, {@code per_device_train_batch_size}, {@code learning_rate}); the others are inputs of the components {@code *_finetune} and
 * {@code *_datapreprocess} of the registry {@code azureml}, as their pages in {@code azureml-assets} list them. Which of them a job passes on to its
 * component is told nowhere.
 */
final class TuningHyperParameters {
    static final String EPOCHS = "num_train_epochs";

    /** How long a job trains, which it says itself. */
    static final Set<String> LENGTHS = Set.of(EPOCHS, "max_steps");

    private final TuningMethod method;
    private final TrainingSpec training;
    private final Map<String, String> values = new TreeMap<>();
    private final List<Problem> problems = new ArrayList<>();

    private TuningHyperParameters(TuningMethod method, TrainingSpec training) {
        this.method = method;
        this.training = training;
    }

    /**
     * The hyperparameters of a job.
     *
     * @param said by the service's names, which count whatever the job says besides; of {@link #LENGTHS} none
     */
    static TuningHyperParameters of(TuningMethod method, TrainingSpec training, Map<String, String> said) {
        TuningHyperParameters parameters = new TuningHyperParameters(method, training.with(method));
        parameters.train();
        parameters.adapt();
        parameters.rest();
        parameters.values.putAll(said);
        return parameters;
    }

    /** As the service takes them, sorted by name. */
    Map<String, String> values() {
        return values;
    }

    /** What speaks against them; warnings where a setting has no effect. */
    List<Problem> problems() {
        return List.copyOf(problems);
    }

    private void train() {
        long epochs = (long) Math.ceil(training.epochs());
        values.put(EPOCHS, Long.toString(epochs));
        if (epochs != training.epochs()) {
            problems.add(AzureMlProblems.NO_COUNTERPART
                    .warning("a fine-tuning job of Azure ML trains whole epochs: " + epochs + " instead of "
                            + training.epochs())
                    .at(Location.ofKey("training.epochs"))
                    .remedy("training.epochs: " + epochs)
                    .build());
        }
        values.put("per_device_train_batch_size", Integer.toString(training.batchSize()));
        values.put("gradient_accumulation_steps", Integer.toString(training.gradientAccumulation()));
        values.put("learning_rate", plain(training.learningRate()));
        values.put("weight_decay", plain(training.weightDecay()));
        values.put("max_grad_norm", plain(training.maxGradientNorm()));
        values.put("seed", Long.toString(training.seed()));
        values.put(
                "lr_scheduler_type",
                switch (training.schedule()) {
                    case COSINE -> "cosine";
                    case LINEAR -> "linear";
                    case CONSTANT -> "constant";
                });
        if (training.maxTokens() > 0) {
            values.put("max_seq_length", Integer.toString(training.maxTokens()));
        }
    }

    private static String plain(double value) {
        return value == 0 ? "0" : BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    private void adapt() {
        values.put("apply_lora", Boolean.toString(method instanceof LoraTuning));
        if (method instanceof LoraTuning lora) {
            values.put("lora_r", Integer.toString(lora.rank()));
            values.put("lora_alpha", Long.toString(Math.round(lora.alpha())));
            values.put("lora_dropout", plain(lora.dropout()));
            withoutEffect("method.alpha", lora.alpha() != Math.rint(lora.alpha()));
            withoutEffect("method.target-modules", !lora.targetModules().equals(List.of(LoraTuning.ALL_LINEAR)));
            withoutEffect("method.rank-stabilised", lora.rankStabilised());
            withoutEffect("method.dora", lora.dora());
            withoutEffect("method.ranks", !lora.ranks().isEmpty());
            withoutEffect("method.alphas", !lora.alphas().isEmpty());
            withoutEffect("method.layers", !lora.layers().isEmpty());
            withoutEffect("method.trained-modules", !lora.trainedModules().isEmpty());
        } else if (!(method instanceof FullTuning)) {
            problems.add(AzureMlProblems.NO_COUNTERPART
                    .error("a fine-tuning job of Azure ML tunes by LoRA, or all weights")
                    .at(Location.ofKey("method"))
                    .remedy("method: lora")
                    .build());
        }
    }

    private void rest() {
        withoutEffect("training.warmup-ratio", training.warmupRatio() != TrainingSpec.DEFAULT_WARMUP_RATIO);
        withoutEffect("training.packing", training.packing());
        withoutEffect("training.evaluate-every", training.evaluateEvery() != 0);
        withoutEffect("training.early-stopping-patience", training.earlyStoppingPatience() != 0);
        withoutEffect("training.checkpoint-every", training.checkpointEvery() != 0);
    }

    private void withoutEffect(String key, boolean isSaid) {
        if (isSaid) {
            problems.add(AzureMlProblems.NO_COUNTERPART
                    .warning(key + " has no effect on a fine-tuning job of Azure ML")
                    .at(Location.ofKey(key))
                    .remedy("leave " + key + " out")
                    .build());
        }
    }
}
