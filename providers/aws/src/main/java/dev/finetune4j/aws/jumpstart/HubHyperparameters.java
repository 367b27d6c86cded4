package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a script is told: the document's defaults, under them what it says of the machine, over both the settings of the job, said or not, so that
 * a run has the settings that its job is shown with. What the person says in the script's own words goes first. A setting at its default that the
 * document has no name or no room for is left to the document, but for the epochs and the length of rows, by which time and money were told.
 */
final class HubHyperparameters {
    private static final String PEFT = "peft_type";
    private static final String ACCUMULATION = "gradient_accumulation_steps";
    private static final List<String> BATCH = List.of("per_device_train_batch_size", "batch_size", "train_batch_size");
    private static final Pattern COUNT = Pattern.compile("\\d{1,9}");

    /** Of SageMaker's. */
    private static final int MOST_CHARACTERS = 2_500;

    private final HubDocument document;
    private final Map<String, HubParameter> known;
    private final Map<String, String> values = new LinkedHashMap<>();
    private final Map<String, String> said;
    private final List<Problem> problems = new ArrayList<>();

    private HubHyperparameters(HubDocument document, String machine, Map<String, String> said) {
        this.document = document;
        known = document.parameters(machine);
        known.forEach((name, parameter) -> values.put(name, parameter.usual()));
        this.said = said;
    }

    /**
     * Hyperparameters of a job.
     *
     * @param machine type of its machine
     * @param layout of its rows, or null where they are not known yet
     * @param said hyperparameters by the script's own names
     */
    static HubHyperparameters of(
            HubDocument document,
            String machine,
            TuningMethod method,
            TrainingSpec training,
            @Nullable DatasetLayout layout,
            Map<String, String> said) {
        HubHyperparameters parameters = new HubHyperparameters(document, machine, said);
        new TreeMap<>(said).forEach(parameters::say);
        parameters.refuseTwoLayouts();
        parameters.method(method);
        parameters.training(training, method);
        if (layout != null) {
            layout.switches().forEach((name, value) -> parameters.put(List.of(name), value, null));
        }
        return parameters;
    }

    /** Values by name, as the script takes them, in the document's order. */
    Map<String, String> values() {
        return Collections.unmodifiableMap(values);
    }

    /** What speaks against them; warnings where a setting has no effect. */
    List<Problem> problems() {
        return List.copyOf(problems);
    }

    private void say(String name, String value) {
        String key = JumpStartSettings.key(name);
        HubParameter parameter = known.get(name);
        if (parameter == null) {
            problems.add(JumpStartProblems.HYPER_PARAMETER
                    .error(document.id() + " has no hyperparameter " + name)
                    .at(Location.ofKey(key))
                    .because("it has " + String.join(", ", new TreeMap<>(known).keySet()))
                    .remedy("leave " + key + " out")
                    .build());
            return;
        }
        set(parameter, flag(parameter, value), key);
    }

    /** The script ends with an error where both are on; a default gives way to what is said. */
    private void refuseTwoLayouts() {
        List<String> on = DatasetLayout.INSTRUCTION.switches().keySet().stream()
                .filter(name -> "True".equals(values.get(name)) && said.containsKey(name))
                .toList();
        if (on.size() > 1) {
            problems.add(JumpStartProblems.CONTRADICTION
                    .error("rows are either instructions or dialogs, and both " + String.join(" and ", on)
                            + " are True")
                    .at(Location.ofKey(JumpStartSettings.key(on.get(0))))
                    .remedy("leave " + JumpStartSettings.key(on.get(0)) + " out")
                    .remedy("leave " + JumpStartSettings.key(on.get(1)) + " out")
                    .build());
        }
    }

    /** YAML has its own way to write a flag. */
    private static String flag(HubParameter parameter, String value) {
        String capital = value.isEmpty() ? value : value.substring(0, 1).toUpperCase(Locale.ROOT) + value.substring(1);
        return parameter.allows(value) || !parameter.allows(capital) ? value : capital;
    }

    private void method(TuningMethod method) {
        if (method instanceof FullTuning) {
            put(List.of(PEFT), "None", "method");
            if (!values.getOrDefault(PEFT, "").equals("None")) {
                problems.add(JumpStartProblems.NO_COUNTERPART
                        .error(document.id() + " is tuned by adapters only")
                        .at(Location.ofKey("method"))
                        .remedy("method: lora")
                        .build());
            }
            return;
        }
        LoraTuning lora = method.adapters().orElse(null);
        if (lora == null) {
            problems.add(JumpStartProblems.NO_COUNTERPART
                    .error(document.id() + " is not tuned by the method of this job")
                    .at(Location.ofKey("method"))
                    .because("the hub's scripts know adapters (LoRA) and the tuning of all weights")
                    .remedy("method: lora")
                    .build());
            return;
        }
        if (known.containsKey(PEFT) && known.get(PEFT).allows("lora")) {
            put(List.of(PEFT), "lora", null);
        }
        adapters(lora);
        if (method instanceof QloraTuning) {
            quantization();
        }
    }

    private void adapters(LoraTuning lora) {
        tell("method.rank", lora.rank(), LoraTuning.DEFAULT_RANK, "lora_r");
        tell("method.alpha", lora.alpha(), LoraTuning.DEFAULT_ALPHA, "lora_alpha");
        tell("method.dropout", lora.dropout(), 0, "lora_dropout");
        if (!lora.targetModules().equals(List.of(LoraTuning.ALL_LINEAR))) {
            put(List.of("target_modules"), String.join(",", lora.targetModules()), "method.target-modules");
        }
        LoraTuning plain = LoraTuning.builder()
                .rank(lora.rank())
                .alpha(lora.alpha())
                .dropout(lora.dropout())
                .targetModules(lora.targetModules())
                .build();
        if (!lora.equals(plain)) {
            problems.add(JumpStartProblems.NO_COUNTERPART
                    .error("the hub's scripts know plain adapters only")
                    .at(Location.ofKey("method"))
                    .because("rank, alpha, dropout and target-modules are all that they are told")
                    .remedy("method: lora")
                    .build());
        }
    }

    private void quantization() {
        if (known.containsKey("bits")) {
            put(List.of("bits"), "4", "method");
        } else if (known.containsKey("int8_quantization")) {
            problems.add(JumpStartProblems.NO_COUNTERPART
                    .warning(document.id() + " is quantized to 8 bits, not to 4")
                    .at(Location.ofKey("method"))
                    .remedy(JumpStartSettings.key("int8_quantization") + ": True")
                    .build());
            put(List.of("int8_quantization"), "True", "method");
        } else {
            problems.add(JumpStartProblems.NO_COUNTERPART
                    .error(document.id() + " is not tuned in a quantized form")
                    .at(Location.ofKey("method"))
                    .remedy("method: lora")
                    .build());
        }
    }

    private void training(TrainingSpec training, TuningMethod method) {
        tell("training.epochs", training.epochs(), "epoch", "epochs", "num_train_epochs");
        if (training.maxTokens() > 0) {
            tell("training.max-tokens", training.maxTokens(), "max_input_length", "max_seq_length");
        }
        double rate = training.with(method).learningRate();
        tell("training.learning-rate", rate, method.defaultLearningRate(), "learning_rate");
        batch(training);
        tell("training.seed", training.seed(), TrainingSpec.DEFAULT_SEED, "seed");
        tell("training.warmup-ratio", training.warmupRatio(), TrainingSpec.DEFAULT_WARMUP_RATIO, "warmup_ratio");
        tell("training.weight-decay", training.weightDecay(), 0, "weight_decay");
        tell(
                "training.max-gradient-norm",
                training.maxGradientNorm(),
                TrainingSpec.DEFAULT_MAX_GRADIENT_NORM,
                "max_grad_norm");
        if (training.evaluateEvery() != 0) {
            tell("training.evaluate-every", training.evaluateEvery(), "eval_steps");
        }
        if (training.earlyStoppingPatience() != 0) {
            tell("training.early-stopping-patience", training.earlyStoppingPatience(), "early_stopping_patience");
        }
        schedule(training);
        workers(training);
    }

    /** What only finetune4j's own worker can be told. */
    private void workers(TrainingSpec training) {
        TrainingSpec usual = TrainingSpec.defaults();
        Map<String, Function<TrainingSpec, Object>> settings = new LinkedHashMap<>();
        settings.put("training.packing", TrainingSpec::packing);
        settings.put("training.precision", TrainingSpec::precision);
        settings.put("training.recompute", TrainingSpec::recompute);
        settings.put("training.checkpoint-every", TrainingSpec::checkpointEvery);
        settings.put("training.threads", TrainingSpec::threads);
        settings.forEach((key, setting) -> {
            String value = setting.apply(training).toString();
            if (!value.equals(setting.apply(usual).toString())) {
                put(List.of(), value, key);
            }
        });
    }

    /**
     * A step takes as many rows as the job says. Where the script's own words, or a document that has no room for the default, settle one of the two
     * factors, the other makes up for it if it can.
     */
    private void batch(TrainingSpec training) {
        int rows = training.batchSize() * training.gradientAccumulation();
        int batch = said.containsKey(ACCUMULATION)
                ? beside(ACCUMULATION, rows, training.batchSize())
                : training.batchSize();
        boolean isUsual = training.batchSize() == TrainingSpec.DEFAULT_BATCH_SIZE;
        tell("training.batch-size", text(batch), isUsual, BATCH);
        int accumulated = BATCH.stream()
                .filter(known::containsKey)
                .findFirst()
                .map(name -> beside(name, rows, training.gradientAccumulation()))
                .orElse(training.gradientAccumulation());
        boolean isOne = training.gradientAccumulation() == 1;
        tell("training.gradient-accumulation", text(accumulated), isOne, List.of(ACCUMULATION));
    }

    /** The factor that makes up the rows beside the value of a hyperparameter; the other one where there is none. */
    private int beside(String name, int rows, int otherwise) {
        String value = values.getOrDefault(name, "");
        int factor = COUNT.matcher(value).matches() ? Integer.parseInt(value) : 0;
        return factor > 0 && rows % factor == 0 ? rows / factor : otherwise;
    }

    /** The default has a counterpart in some documents only: whoever says another one means it. */
    private void schedule(TrainingSpec training) {
        String name = training.schedule().name().toLowerCase(Locale.ROOT);
        HubParameter parameter = known.get("lr_scheduler_type");
        boolean needsWarmup = parameter != null && !parameter.allows(name);
        String value = needsWarmup ? name + "_with_warmup" : name;
        boolean isUsual = training.schedule() == TrainingSpec.defaults().schedule();
        tell("training.schedule", value, isUsual, List.of("lr_scheduler_type"));
    }

    private void tell(String key, Number value, String... names) {
        put(List.of(names), text(value), key);
    }

    private void tell(String key, Number value, Number usual, String name) {
        tell(key, text(value), text(value).equals(text(usual)), List.of(name));
    }

    /** A default that the document has no name or no room for stays unsaid: nobody need have meant it. */
    private void tell(String key, String value, boolean isUsual, List<String> names) {
        Optional<HubParameter> parameter =
                names.stream().filter(known::containsKey).findFirst().map(known::get);
        if (!isUsual || parameter.filter(taking -> taking.allows(value)).isPresent()) {
            put(names, value, key);
        }
    }

    private static String text(Number value) {
        return HubParameter.plain(new BigDecimal(value.toString()));
    }

    /** Sets the first of the names that the document has, unless the person has said it; without a key nothing is said where it has none. */
    private void put(List<String> names, String value, @Nullable String key) {
        HubParameter parameter = names.stream()
                .filter(known::containsKey)
                .map(known::get)
                .findFirst()
                .orElse(null);
        if (parameter != null && !said.containsKey(parameter.name())) {
            set(parameter, value, key == null ? JumpStartSettings.key(parameter.name()) : key);
        } else if (parameter == null && key != null && !names.contains(PEFT)) {
            problems.add(JumpStartProblems.NO_COUNTERPART
                    .warning(key + " has no effect on " + document.id())
                    .at(Location.ofKey(key))
                    .remedy("leave " + key + " out")
                    .build());
        }
    }

    private void set(HubParameter parameter, String value, String key) {
        if (value.length() > MOST_CHARACTERS || value.lines().count() > 1) {
            problems.add(JumpStartProblems.HYPER_PARAMETER
                    .error(parameter.name() + " has " + value.length() + " characters in "
                            + value.lines().count() + " lines")
                    .at(Location.ofKey(key))
                    .because("SageMaker takes hyperparameters of one line and " + MOST_CHARACTERS + " characters")
                    .remedy("leave " + key + " out")
                    .build());
            return;
        }
        if (parameter.allows(value)) {
            values.put(parameter.name(), value);
            return;
        }
        problems.add(JumpStartProblems.HYPER_PARAMETER
                .error(parameter.name() + " of " + document.id() + " is " + parameter.range() + ", not " + value)
                .at(Location.ofKey(key))
                .remedy(key + ": " + parameter.closest(value))
                .build());
    }
}
