package dev.finetune4j.azure.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Schedule;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.plan.ServiceMethod;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A job's training settings as hyperparameters of the service. What the person says as the service's own hyperparameters goes first; a setting that stands
 * at its default is left to the service. The epochs are the job's alone, since a price was told by them.
 */
final class TuningParameters {
    static final String BATCH = "batch-size";
    static final String RATE = "learning-rate-multiplier";

    /** Of preference training: how far the model may go from what it was. */
    static final String BETA = "beta";

    /** Those that job files may say, as they write them; the service has underscores in them. */
    static final List<String> NAMES = List.of(BATCH, BETA, RATE);

    /** What the service calls the epochs. */
    private static final String EPOCHS = "n-epochs";

    private static final Pattern WHOLE = Pattern.compile("[1-9]\\d{0,5}");
    private static final Pattern POSITIVE = Pattern.compile("(?=.*[1-9])\\d{1,6}(\\.\\d{1,10})?");

    private static final BigDecimal MOST_BETA = BigDecimal.valueOf(2);

    private final TuningMethod method;
    private final ServiceMethod learned;
    private final TrainingSpec training;
    private final Map<String, BigDecimal> values = new TreeMap<>();
    private final List<Problem> problems = new ArrayList<>();

    private TuningParameters(TuningMethod method, ServiceMethod learned, TrainingSpec training) {
        this.method = method;
        this.learned = learned;
        this.training = training;
    }

    /**
     * The hyperparameters of a job.
     *
     * @param learned what the service learns of the rows
     * @param said hyperparameters by their {@link #NAMES}
     */
    static TuningParameters of(
            TuningMethod method, ServiceMethod learned, TrainingSpec training, Map<String, String> said) {
        TuningParameters parameters = new TuningParameters(method, learned, training);
        said.forEach(parameters::say);
        parameters.epochs();
        parameters.batchSize();
        parameters.learningRate();
        parameters.checkMethod();
        parameters.rest();
        return parameters;
    }

    /** As the service takes them. */
    ObjectNode json() {
        ObjectNode json = Json.records().createObjectNode();
        values.forEach((name, value) -> json.put(name.replace('-', '_'), value));
        return json;
    }

    /** What speaks against them; warnings where a setting has no effect. */
    List<Problem> problems() {
        return List.copyOf(problems);
    }

    private void say(String name, String text) {
        String key = AzureOpenAiSettings.PREFIX + name;
        boolean isWhole = name.equals(BATCH);
        boolean isBeta = name.equals(BETA);
        if (isBeta && learned != ServiceMethod.PREFERENCE) {
            refuse(
                    "beta is of jobs that learn which of two answers is better",
                    key,
                    "task.kind is not preference, so that it would have no effect");
        } else if (isBeta && POSITIVE.matcher(text).matches() && new BigDecimal(text).compareTo(MOST_BETA) > 0) {
            refuse("beta is at most " + MOST_BETA + ", not " + text, key, "the service would refuse the job");
        } else if ((isWhole ? WHOLE : POSITIVE).matcher(text).matches()) {
            values.put(name, new BigDecimal(text));
        } else {
            refuse(
                    name + " is " + (isWhole ? "a whole number from 1" : "a number above 0") + ", not " + text,
                    key,
                    "the service would refuse the job");
        }
    }

    private void refuse(String summary, String key, String cause) {
        problems.add(AzureOpenAiProblems.HYPER_PARAMETER
                .error(summary)
                .at(Location.ofKey(key))
                .because(cause)
                .remedy("leave " + key + " out")
                .build());
    }

    /** The service passes over all rows a whole number of times. */
    private void epochs() {
        double whole = Math.ceil(training.epochs());
        values.put(EPOCHS, BigDecimal.valueOf((long) whole));
        if (whole != training.epochs()) {
            problems.add(AzureOpenAiProblems.NO_COUNTERPART
                    .warning("Azure OpenAI trains whole epochs: " + (long) whole + " instead of " + training.epochs())
                    .at(Location.ofKey("training.epochs"))
                    .remedy("training.epochs: " + (long) whole)
                    .build());
        }
    }

    private void batchSize() {
        long rows = (long) training.batchSize() * training.gradientAccumulation();
        if (rows != TrainingSpec.DEFAULT_BATCH_SIZE) {
            values.putIfAbsent(BATCH, BigDecimal.valueOf(rows));
        }
    }

    private void learningRate() {
        boolean isUsual = training.learningRate() == 0 || training.learningRate() == method.defaultLearningRate();
        if (!isUsual && !values.containsKey(RATE)) {
            String rate = BigDecimal.valueOf(training.learningRate())
                    .stripTrailingZeros()
                    .toPlainString();
            problems.add(AzureOpenAiProblems.NO_COUNTERPART
                    .warning(
                            "training.learning-rate has no effect at Azure OpenAI, which takes a multiplier of its own rate")
                    .at(Location.ofKey("training.learning-rate"))
                    .because("that rate is not published, so " + rate
                            + " cannot be told as a multiple of it, and 1 is meant")
                    .remedy(AzureOpenAiSettings.PREFIX + RATE + ": 1    # 2 learns twice as fast")
                    .build());
        }
    }

    private void checkMethod() {
        if (method.equals(LoraTuning.defaults())) {
            return;
        }
        boolean isAlike = method instanceof LoraTuning || method instanceof QloraTuning;
        String summary = isAlike
                ? "Azure OpenAI chooses its adapters itself: what the job says of them has no effect"
                : "Azure OpenAI tunes by adapters only";
        problems.add((isAlike
                        ? AzureOpenAiProblems.NO_COUNTERPART.warning(summary)
                        : AzureOpenAiProblems.NO_COUNTERPART.error(summary))
                .at(Location.ofKey("method"))
                .remedy(isAlike ? "leave method out" : "method: lora")
                .build());
    }

    private void rest() {
        withoutEffect("training.warmup-ratio", training.warmupRatio() != TrainingSpec.DEFAULT_WARMUP_RATIO);
        withoutEffect("training.schedule", training.schedule() != Schedule.COSINE);
        withoutEffect("training.weight-decay", training.weightDecay() != 0);
        withoutEffect(
                "training.max-gradient-norm", training.maxGradientNorm() != TrainingSpec.DEFAULT_MAX_GRADIENT_NORM);
        withoutEffect("training.evaluate-every", training.evaluateEvery() != 0);
        withoutEffect("training.early-stopping-patience", training.earlyStoppingPatience() != 0);
        withoutEffect("training.seed", !hasSeed(training));
    }

    /** Whether the service takes the seed of a job. */
    static boolean hasSeed(TrainingSpec training) {
        return training.seed() >= 0 && training.seed() <= Integer.MAX_VALUE;
    }

    private void withoutEffect(String key, boolean isSaid) {
        if (isSaid) {
            problems.add(AzureOpenAiProblems.NO_COUNTERPART
                    .warning(key + " has no effect at Azure OpenAI")
                    .at(Location.ofKey(key))
                    .remedy("leave " + key + " out")
                    .build());
        }
    }
}
