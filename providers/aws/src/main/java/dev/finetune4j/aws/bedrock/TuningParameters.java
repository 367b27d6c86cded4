package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.bedrock.TunableModels.Limits;
import dev.finetune4j.aws.bedrock.TunableModels.TunableModel;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Schedule;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A job's training settings as hyperparameters of a model. What the person says in the model's own words goes first; a setting that stands at
 * its default is left to the service, whose defaults are made for the model, but for the epochs, by which a price was told.
 */
final class TuningParameters {
    static final String EPOCHS = "epochCount";
    static final String RATE = "learningRate";
    static final String BATCH = "batchSize";
    static final String PATIENCE = "earlyStoppingPatience";
    static final String THRESHOLD = "earlyStoppingThreshold";

    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,9}(\\.\\d{1,20})?([eE]-?\\d{1,2})?");

    private final TuningMethod method;
    private final TrainingSpec training;
    private final boolean hasValidation;
    private final TunableModel model;
    private final Map<String, String> values = new TreeMap<>();
    private final List<Problem> problems = new ArrayList<>();

    private TuningParameters(TuningMethod method, TrainingSpec training, boolean hasValidation, TunableModel model) {
        this.method = method;
        this.training = training;
        this.hasValidation = hasValidation;
        this.model = model;
    }

    /** The hyperparameters of a job. */
    static TuningParameters of(StagedTuning job, TunableModel model, Map<String, String> said) {
        return of(job.method(), job.training(), job.validation().isPresent(), model, said);
    }

    /**
     * The hyperparameters of a job that is not staged yet.
     *
     * @param hasValidation whether there are rows to compare with
     * @param said hyperparameters by the model's own names
     */
    static TuningParameters of(
            TuningMethod method,
            TrainingSpec training,
            boolean hasValidation,
            TunableModel model,
            Map<String, String> said) {
        TuningParameters parameters = new TuningParameters(method, training, hasValidation, model);
        said.forEach(parameters::say);
        parameters.epochs();
        parameters.learningRate();
        parameters.batchSize();
        parameters.earlyStopping();
        parameters.checkMethod();
        parameters.rest();
        return parameters;
    }

    /** Values by name, as the service takes them, sorted. */
    Map<String, String> values() {
        return Collections.unmodifiableMap(new TreeMap<>(values));
    }

    /** What speaks against them; warnings where a setting has no effect. */
    List<Problem> problems() {
        return List.copyOf(problems);
    }

    private void say(String name, String text) {
        Location place = Location.ofKey("places.bedrock." + name);
        Limits limits = model.limits().get(name);
        if (limits == null) {
            problems.add(BedrockProblems.HYPER_PARAMETER
                    .error(model.id() + " has no hyperparameter " + name)
                    .at(place)
                    .because("it has " + String.join(", ", new TreeMap<>(model.limits()).keySet()))
                    .remedy("leave places.bedrock." + name + " out")
                    .build());
            return;
        }
        if (NUMBER.matcher(text).matches()) {
            put(name, new BigDecimal(text), place, "places.bedrock." + name);
        } else {
            problems.add(BedrockProblems.HYPER_PARAMETER
                    .error(name + " of " + model.id() + " is " + limits + ", not " + text)
                    .at(place)
                    .remedy("leave places.bedrock." + name + " out")
                    .build());
        }
    }

    /** Each epoch is billed, and what was agreed to is told for those of the job. */
    private void epochs() {
        String said = values.get(EPOCHS);
        if (said == null) {
            put(EPOCHS, BigDecimal.valueOf(training.epochs()), "training.epochs");
        } else if (Double.parseDouble(said) > Math.ceil(training.epochs())) {
            problems.add(BedrockProblems.HYPER_PARAMETER
                    .error(EPOCHS + " is " + said + ", and the job has " + Math.round(Math.ceil(training.epochs()))
                            + " epochs, by which its price is told")
                    .at(Location.ofKey("places.bedrock." + EPOCHS))
                    .remedy("training.epochs: " + said)
                    .build());
        }
    }

    private void learningRate() {
        boolean isUsual = training.learningRate() == 0 || training.learningRate() == method.defaultLearningRate();
        if (isUsual || values.containsKey(RATE)) {
            return;
        }
        if (model.limits().containsKey(RATE)) {
            put(RATE, BigDecimal.valueOf(training.learningRate()), "training.learning-rate");
        } else if (!values.containsKey("learningRateMultiplier")) {
            problems.add(BedrockProblems.HYPER_PARAMETER
                    .error(model.id() + " takes no learning rate, but a multiplier of its own")
                    .at(Location.ofKey("training.learning-rate"))
                    .because("its own rate is not published, so " + plain(BigDecimal.valueOf(training.learningRate()))
                            + " cannot be told as a multiple of it")
                    .remedy("places.bedrock.learningRateMultiplier: 1")
                    .build());
        }
    }

    private void batchSize() {
        long rows = (long) training.batchSize() * training.gradientAccumulation();
        if (rows == TrainingSpec.DEFAULT_BATCH_SIZE || values.containsKey(BATCH)) {
            return;
        }
        if (model.limits().containsKey(BATCH)) {
            put(BATCH, BigDecimal.valueOf(rows), "training.batch-size");
        } else {
            withoutEffect("training.batch-size");
        }
    }

    private void earlyStopping() {
        if (training.earlyStoppingPatience() > 0 && !values.containsKey(PATIENCE)) {
            if (model.limits().containsKey(PATIENCE)) {
                put(PATIENCE, BigDecimal.valueOf(training.earlyStoppingPatience()), "training.early-stopping-patience");
            } else {
                withoutEffect("training.early-stopping-patience");
            }
        }
        boolean isByThreshold = values.containsKey(THRESHOLD);
        if ((values.containsKey(PATIENCE) || isByThreshold) && !hasValidation) {
            String key = isByThreshold ? "places.bedrock." + THRESHOLD : "training.early-stopping-patience";
            problems.add(BedrockProblems.CONTRADICTION
                    .error("training that stops early needs rows to compare with")
                    .at(Location.ofKey(key))
                    .because("the job has no validation rows")
                    .remedy("data.split.validation: 0.1")
                    .remedy("leave " + key + " out")
                    .build());
        }
    }

    private void checkMethod() {
        if (method.equals(LoraTuning.defaults())) {
            return;
        }
        boolean isAlike = method instanceof LoraTuning || method instanceof QloraTuning;
        String summary = isAlike
                ? "Bedrock chooses its adapters itself: what the job says of them has no effect"
                : "Bedrock tunes by adapters only";
        problems.add((isAlike
                        ? BedrockProblems.NO_COUNTERPART.warning(summary)
                        : BedrockProblems.NO_COUNTERPART.error(summary))
                .at(Location.ofKey("method"))
                .remedy(isAlike ? "leave method out" : "method: lora")
                .build());
    }

    private void rest() {
        if (training.warmupRatio() != TrainingSpec.DEFAULT_WARMUP_RATIO
                && !values.containsKey("learningRateWarmupSteps")) {
            withoutEffect("training.warmup-ratio");
        }
        if (training.schedule() != Schedule.COSINE) {
            withoutEffect("training.schedule");
        }
        if (training.weightDecay() != 0) {
            withoutEffect("training.weight-decay");
        }
        if (training.maxGradientNorm() != TrainingSpec.DEFAULT_MAX_GRADIENT_NORM) {
            withoutEffect("training.max-gradient-norm");
        }
        if (training.evaluateEvery() != 0) {
            withoutEffect("training.evaluate-every");
        }
        if (training.seed() != TrainingSpec.DEFAULT_SEED) {
            withoutEffect("training.seed");
        }
    }

    private void withoutEffect(String key) {
        problems.add(BedrockProblems.NO_COUNTERPART
                .warning(key + " has no effect on " + model.id())
                .at(Location.ofKey(key))
                .remedy("leave " + key + " out")
                .build());
    }

    private void put(String name, BigDecimal value, String key) {
        put(name, value, Location.ofKey(key), key);
    }

    private void put(String name, BigDecimal value, Location place, String key) {
        Limits limits = model.limits().get(name);
        if (limits == null || limits.allow(value)) {
            values.put(name, plain(value));
            return;
        }
        BigDecimal closest = limits.closest(limits.isWhole() ? value.setScale(0, RoundingMode.HALF_UP) : value);
        problems.add(BedrockProblems.HYPER_PARAMETER
                .error(name + " of " + model.id() + " is " + limits + ", not " + plain(value))
                .at(place)
                .remedy(key + ": " + plain(closest))
                .build());
    }

    /** The service takes plain decimals of any length; exponents it may not. */
    private static String plain(BigDecimal value) {
        return value.stripTrailingZeros().toPlainString();
    }
}
