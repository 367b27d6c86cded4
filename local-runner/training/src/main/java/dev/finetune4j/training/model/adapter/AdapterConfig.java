package dev.finetune4j.training.model.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code adapter_config.json} as PEFT writes it for LoRA. What is set there and has no counterpart here would change the computation,
 * so that it is refused, whether its name is known or not.
 */
public final class AdapterConfig {
    private static final String FILE = "adapter_config.json";
    private static final long MAX_BYTES = 1 << 20;

    /**
     * Says beside an adapter that its base model was quantized, in the words of transformers' {@code BitsAndBytesConfig}; PEFT has no
     * key for it.
     */
    private static final String QUANTIZATION = "quantization_config.json";

    private static final Map<String, Object> NF4 = new TreeMap<>(Map.of(
            "quant_method",
            "bitsandbytes",
            "load_in_4bit",
            true,
            "bnb_4bit_quant_type",
            "nf4",
            "bnb_4bit_use_double_quant",
            true));

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    /** Keys that are read here. */
    private static final Set<String> READ = Set.of(
            "peft_type",
            "r",
            "lora_alpha",
            "lora_dropout",
            "target_modules",
            "use_rslora",
            "use_dora",
            "rank_pattern",
            "alpha_pattern",
            "layers_to_transform",
            "layers_pattern",
            "bias",
            "init_lora_weights",
            "modules_to_save");

    /** Keys that do not change what a finished adapter computes. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "auto_mapping",
            "base_model_name_or_path",
            "eva_config",
            "inference_mode",
            "loftq_config",
            "megatron_core",
            "peft_version",
            "qalora_group_size",
            "revision",
            "runtime_config",
            "task_type");

    /** What PEFT's {@code LoraConfig} takes where the file says nothing. */
    private static final int PEFT_RANK = 8;

    private static final double PEFT_ALPHA = 8;

    /** Ways to start factors that leave the base model as it is; others also change it. */
    private static final Set<String> PLAIN_STARTS =
            Set.of("", "true", "false", "gaussian", "orthogonal", "eva", "mica");

    /** What PEFT calls the task of a language model. */
    static final String LANGUAGE = "CAUSAL_LM";

    /** What PEFT calls the task of a model with a classification head. */
    static final String CLASSIFICATION = "SEQ_CLS";

    /** Where a head may be; PEFT saves the first two of every classifier, whether they are there or not. */
    private static final Set<String> HEAD_MODULES = Set.of("classifier", "score", "pooler", "pre_classifier");

    private static final Set<String> TRAINED_MODULES = Set.of(LoraTuning.EMBEDDING, LoraTuning.HEAD);

    /** The modules that hold the layers of decoders and encoders. */
    private static final Set<String> LAYERS_PATTERNS = Set.of("layers", "layer");

    private static final Pattern MODULE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** The end of a path from the number of a layer on, such as {@code model.layers.3.self_attn.q_proj}. */
    private static final Pattern IN_LAYER = Pattern.compile("(?:.*\\.)?([0-9]{1,9})\\.[^0-9].*");

    /** The same without the root of the model in front, which the whole path of a module begins with. */
    private static final Pattern END_IN_LAYER =
            Pattern.compile("(?:(?:(?:encoder|transformer)\\.)?layers?\\.)?[0-9]{1,9}\\.[^0-9].*");

    private final JsonNode config;
    private final List<String> wrong;

    private AdapterConfig(JsonNode config, List<String> wrong) {
        this.config = config;
        this.wrong = wrong;
    }

    /**
     * Writes the file into an adapter's folder; the same adapter gives the same bytes.
     *
     * @throws IOException if the disk refuses
     */
    static void write(Path folder, LoraLayout layout, SavedModules saved, TuningMethod method, ModelName baseModel)
            throws IOException {
        write(folder, config(layout, saved, method.adapters().orElseThrow(), baseModel));
        Map<String, Object> quantization = quantization(method);
        if (!quantization.isEmpty()) {
            Files.writeString(folder.resolve(QUANTIZATION), JSON.writeValueAsString(quantization) + "\n");
        }
    }

    /** What is written beside of how the base model is packed, by the names of transformers; empty where it stays as it is. */
    public static Map<String, Object> quantization(TuningMethod method) {
        return method instanceof QloraTuning ? NF4 : Map.of();
    }

    /** Writes the configuration of any kind of adapter. */
    static void write(Path folder, Map<String, Object> config) throws IOException {
        Files.writeString(folder.resolve(FILE), JSON.writeValueAsString(config) + "\n");
    }

    /** What the file says of an adapter, by PEFT's names. */
    public static Map<String, Object> config(
            LoraLayout layout, SavedModules saved, LoraTuning method, ModelName baseModel) {
        Map<String, Object> config = new TreeMap<>();
        config.put("peft_type", "LORA");
        config.put("task_type", saved.taskType());
        config.put("base_model_name_or_path", baseModel.value());
        config.put("revision", baseModel.revision()); // of the base model, as PEFT reads it
        config.put("r", method.rank());
        config.put("lora_alpha", number(method.alpha()));
        config.put("lora_dropout", method.dropout());
        config.put("target_modules", layout.moduleNames());
        config.put("bias", "none");
        config.put("fan_in_fan_out", false);
        config.put("inference_mode", true);
        config.put("init_lora_weights", true);
        config.put("use_rslora", method.rankStabilised());
        config.put("use_dora", method.dora());
        config.put("rank_pattern", method.ranks());
        Map<String, Object> alphas = new TreeMap<>();
        method.alphas().forEach((module, alpha) -> alphas.put(module, number(alpha)));
        config.put("alpha_pattern", alphas);
        if (!method.layers().isEmpty()) {
            config.put("layers_to_transform", method.layers());
        }
        if (!saved.names().isEmpty()) {
            config.put("modules_to_save", saved.names());
        }
        return config;
    }

    /** A whole number where it is one, as PEFT writes it. */
    private static Object number(double value) {
        return value == Math.rint(value) ? (Object) (long) value : value;
    }

    /**
     * How an adapter was tuned.
     *
     * @param folder the adapter's
     * @throws FineTuneException with FT0473 if the file is missing or no LoRA configuration, or asks for what is not computed here
     */
    public static TuningMethod read(Path folder) {
        List<String> wrong = new ArrayList<>();
        Optional<LoraTuning> method = lora(folder, wrong);
        if (method.isEmpty() || !wrong.isEmpty()) {
            throw misfit(folder, wrong);
        }
        return isOnQuantizedBase(folder) ? new QloraTuning(method.get()) : method.get();
    }

    private static boolean isOnQuantizedBase(Path folder) {
        Path file = folder.resolve(QUANTIZATION);
        if (Files.notExists(file)) {
            return false;
        }
        JsonNode written = tree(folder, QUANTIZATION);
        List<String> wrong = new ArrayList<>();
        NF4.forEach((key, value) -> {
            if (!written.path(key).equals(JSON.valueToTree(value))) {
                wrong.add(key + " is " + written.path(key) + "; only " + value + " is supported");
            }
        });
        if (!wrong.isEmpty()) {
            throw AdapterFiles.misfit(file, wrong).asException();
        }
        return true;
    }

    /** Whether an adapter holds a tensor's module as a whole. */
    static boolean saves(Path folder, String tensor) {
        return saves(tree(folder), tensor);
    }

    private static boolean saves(JsonNode config, String path) {
        for (JsonNode saved : config.path("modules_to_save")) {
            if (("." + path + ".").contains("." + saved.asText() + ".")) {
                return true;
            }
        }
        return false;
    }

    /** Whether an adapter is one of a model with a classification head. */
    static boolean isOfClassifier(Path folder) {
        return isOfClassifier(tree(folder));
    }

    private static boolean isOfClassifier(JsonNode config) {
        return config.path("task_type").asText("").equals(CLASSIFICATION);
    }

    /** How the adapters were tuned, with the reasons why they cannot be used added to a list. */
    static Optional<LoraTuning> lora(Path folder, List<String> wrong) {
        AdapterConfig config = new AdapterConfig(tree(folder), wrong);
        config.checkKind();
        config.checkForms();
        config.checkUnsupported();
        if (!config.namesModules()) {
            return Optional.empty();
        }
        try {
            return Optional.of(config.method());
        } catch (IllegalArgumentException e) {
            wrong.add(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    static FineTuneException misfit(Path folder, List<String> causes) {
        return AdapterFiles.misfit(folder.resolve(FILE), causes).asException();
    }

    /** The configuration in an adapter's folder, of whatever kind it is. */
    static JsonNode tree(Path folder) {
        return tree(folder, FILE);
    }

    private static JsonNode tree(Path folder, String name) {
        Path file = folder.resolve(name);
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw AdapterFiles.misfit(file, List.of("it is larger than " + MAX_BYTES + " bytes"))
                        .asException();
            }
            JsonNode tree = JSON.readTree(Files.readAllBytes(file));
            if (!tree.isObject()) {
                throw AdapterFiles.misfit(file, List.of("it holds no JSON object"))
                        .asException();
            }
            return tree;
        } catch (IOException e) {
            String why = e instanceof NoSuchFileException
                    ? "there is no such file"
                    : "it cannot be read as JSON: " + e.getClass().getSimpleName();
            throw AdapterFiles.misfit(file, List.of(why)).asException(e);
        }
    }

    private boolean isLora() {
        return config.path("peft_type").asText("").equals("LORA");
    }

    private void checkKind() {
        if (!isLora()) {
            JsonNode type = config.path("peft_type");
            wrong.add("peft_type is " + (type.isMissingNode() ? "missing" : type) + ", not LORA");
        }
    }

    /** What has another form than PEFT writes would be read as if it were not there. */
    private void checkForms() {
        for (String key : List.of("rank_pattern", "alpha_pattern")) {
            JsonNode pattern = config.path(key);
            if (!pattern.isObject() && !pattern.isNull() && !pattern.isMissingNode()) {
                wrong.add(key + " is " + pattern + ", not an object with names of modules");
            }
        }
        for (String key : List.of("target_modules", "modules_to_save")) {
            config.path(key).forEach(module -> {
                if (!module.isTextual()) {
                    wrong.add(key + " names " + module + ", which is no text");
                }
            });
        }
        JsonNode saved = config.path("modules_to_save");
        if (!saved.isArray() && !saved.isNull() && !saved.isMissingNode()) {
            wrong.add("modules_to_save is " + saved + "; only a list of names is supported");
        }
    }

    private void checkUnsupported() {
        config.properties().forEach(entry -> {
            if (!READ.contains(entry.getKey()) && !WITHOUT_EFFECT.contains(entry.getKey()) && isSet(entry.getValue())) {
                wrong.add(entry.getKey() + " is " + entry.getValue() + ", which is not supported");
            }
        });
        JsonNode bias = config.path("bias");
        if (!bias.isMissingNode() && !bias.asText().equals("none")) {
            wrong.add("bias is " + bias.asText() + ", which is not supported");
        }
        String start = config.path("init_lora_weights").asText("");
        if (!PLAIN_STARTS.contains(start)) {
            wrong.add("init_lora_weights is " + start + ", which changes the base model");
        }
        config.path("target_modules").forEach(module -> {
            if (TRAINED_MODULES.contains(lastWord(module)) && !saves(config, module.asText())) {
                wrong.add("target_modules names " + lastWord(module)
                        + "; only linear layers inside of the model's layers" + " may have adapters");
            }
        });
        Set<String> known = isOfClassifier(config) ? HEAD_MODULES : TRAINED_MODULES;
        savedModules().stream()
                .filter(module -> !known.contains(module))
                .forEach(module -> wrong.add("modules_to_save names " + module + ", which is not supported"));
        JsonNode pattern = config.path("layers_pattern");
        boolean isOfLayers = LAYERS_PATTERNS.contains(pattern.asText(""))
                || (pattern.size() == 1
                        && LAYERS_PATTERNS.contains(pattern.path(0).asText()));
        if (isSet(pattern) && !isOfLayers) {
            wrong.add("layers_pattern is " + pattern + ", which is not supported");
        }
    }

    static boolean isSet(JsonNode value) {
        return value.isContainerNode()
                ? !value.isEmpty()
                : value.isBoolean() ? value.asBoolean() : !value.isNull() && !value.isMissingNode();
    }

    /** PEFT takes a text for a regular expression over whole paths, which may choose other modules in each layer. */
    private boolean namesModules() {
        JsonNode modules = config.path("target_modules");
        if (modules.isArray() && !modules.isEmpty()) {
            return true;
        }
        if (modules.isArray()) {
            wrong.add("target_modules is [], which names no module");
        } else if (!modules.isMissingNode()) {
            wrong.add("target_modules is " + modules + "; only a list of names is supported");
        } else if (isLora()) { // other kinds need none
            wrong.add("target_modules is missing");
        }
        return false;
    }

    private LoraTuning method() {
        Targets targets = targets();
        return LoraTuning.builder()
                .rank(rank())
                .alpha(real("lora_alpha", PEFT_ALPHA))
                .dropout(real("lora_dropout", 0))
                .targetModules(List.copyOf(targets.names()))
                .rankStabilised(truth("use_rslora"))
                .dora(truth("use_dora"))
                .ranks(byModule("rank_pattern", targets, rank -> whole("rank_pattern", rank, PEFT_RANK)))
                .alphas(byModule("alpha_pattern", targets, alpha -> real("alpha_pattern", alpha, PEFT_ALPHA)))
                .layers(List.copyOf(targets.layers()))
                .trainedModules(trainedModules())
                .build();
    }

    private int rank() {
        JsonNode rank = config.path("r");
        return rank.isMissingNode() ? PEFT_RANK : whole("r", rank, PEFT_RANK);
    }

    private int whole(String key, JsonNode value, int instead) {
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            wrong.add(key + " is " + value + ", not a whole number");
            return instead;
        }
        return value.asInt();
    }

    private double real(String key, double absent) {
        JsonNode value = config.path(key);
        return value.isMissingNode() ? absent : real(key, value, absent);
    }

    private double real(String key, JsonNode value, double instead) {
        if (!value.isNumber()) {
            wrong.add(key + " is " + value + ", not a number");
            return instead;
        }
        return value.asDouble();
    }

    /** To PEFT any text is true. */
    private boolean truth(String key) {
        JsonNode value = config.path(key);
        if (!value.isBoolean() && !value.isNull() && !value.isMissingNode()) {
            wrong.add(key + " is " + value + ", neither true nor false");
        }
        return value.asBoolean();
    }

    /** A head is no choice of the method. */
    private List<String> trainedModules() {
        return isOfClassifier(config) ? List.of() : savedModules();
    }

    private List<String> savedModules() {
        List<String> modules = new ArrayList<>();
        config.path("modules_to_save").forEach(module -> modules.add(lastWord(module)));
        return modules;
    }

    private static String lastWord(JsonNode path) {
        return path.asText().replaceFirst(".*\\.", "");
    }

    /** Modules of the same names in the same layers, or in all layers where none are listed. */
    private record Targets(Set<String> names, Set<Integer> layers) {}

    /**
     * To PEFT a whole path stands for that module alone, whatever {@code layers_to_transform} says; so it lists all-linear. Anything
     * else, a name or the end of a path, with the number of a layer or without, stands for all modules whose path ends so, in the layers
     * of {@code layers_to_transform} where there are some. It gives no adapter to what it saves as a whole, though it is in the list.
     */
    private Targets targets() {
        Set<Integer> transformed = new TreeSet<>(layers());
        Set<String> roots = new TreeSet<>();
        Map<Integer, Set<String>> byLayer = new TreeMap<>();
        List<JsonNode> others = new ArrayList<>();
        for (JsonNode module : config.path("target_modules")) {
            String path = module.asText();
            Matcher inLayer = IN_LAYER.matcher(path);
            if (saves(config, path)) {
                continue;
            }
            if (!inLayer.matches()) {
                others.add(module);
                continue;
            }
            int layer = Integer.parseInt(inLayer.group(1));
            boolean isWhole = !END_IN_LAYER.matcher(path).matches();
            if (isWhole) {
                roots.add(firstWord(path));
            }
            if (isWhole || transformed.isEmpty() || transformed.contains(layer)) {
                byLayer.computeIfAbsent(layer, absent -> new TreeSet<>()).add(lastWord(module));
            }
        }
        Set<String> everywhere = new TreeSet<>();
        for (JsonNode module : others) {
            // from the root of whole paths into layers it leads out of them: its factors are there or not, and refused
            // where they are
            boolean isOutside = module.asText().contains(".") && roots.contains(firstWord(module.asText()));
            if (!isOutside) {
                everywhere.add(lastWord(module));
            }
        }
        if (byLayer.isEmpty()) {
            return new Targets(everywhere, transformed);
        }
        return everywhere.isEmpty() ? alike(byLayer) : alike(byLayer, everywhere, transformed);
    }

    private static String firstWord(String path) {
        return path.replaceFirst("\\..*", "");
    }

    private Targets alike(Map<Integer, Set<String>> byLayer, Set<String> everywhere, Set<Integer> transformed) {
        if (transformed.isEmpty()) {
            byLayer.values().stream()
                    .filter(names -> !everywhere.containsAll(names))
                    .findFirst()
                    .ifPresent(this::refuseUnlike);
            return new Targets(everywhere, transformed);
        }
        transformed.forEach(layer ->
                byLayer.computeIfAbsent(layer, absent -> new TreeSet<>()).addAll(everywhere));
        return alike(byLayer);
    }

    private Targets alike(Map<Integer, Set<String>> byLayer) {
        Set<String> first = byLayer.values().iterator().next();
        byLayer.values().stream()
                .filter(names -> !names.equals(first))
                .findFirst()
                .ifPresent(this::refuseUnlike);
        return new Targets(first, byLayer.keySet());
    }

    private void refuseUnlike(Set<String> names) {
        wrong.add("target_modules names " + String.join(", ", names) + " in one layer, but not the same in another,"
                + " which is not supported");
    }

    /** PEFT reads the keys as regular expressions; of these a plain name says the same here. One that gets no adapter has no effect. */
    private <T> Map<String, T> byModule(String key, Targets targets, Function<JsonNode, T> value) {
        Map<String, T> values = new LinkedHashMap<>();
        config.path(key).properties().forEach(entry -> {
            if (targets.names().contains(entry.getKey())) {
                values.put(entry.getKey(), value.apply(entry.getValue()));
            } else if (!MODULE.matcher(entry.getKey()).matches()) {
                wrong.add(key + " has the key " + entry.getKey() + "; only names of modules are supported");
            }
        });
        return values;
    }

    private List<Integer> layers() {
        JsonNode layers = config.path("layers_to_transform");
        List<Integer> numbers = new ArrayList<>();
        if (!layers.isArray() && !layers.isNull() && !layers.isMissingNode()) {
            numbers.add(whole("layers_to_transform", layers, 0));
        }
        layers.forEach(layer -> numbers.add(whole("layers_to_transform", layer, 0)));
        return numbers;
    }
}
