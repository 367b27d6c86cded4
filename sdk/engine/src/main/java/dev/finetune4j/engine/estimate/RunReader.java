package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.Architecture.Kind;
import dev.finetune4j.engine.estimate.Parallelism.Sharding;
import dev.finetune4j.engine.estimate.PublishedRun.Observed;
import dev.finetune4j.engine.estimate.TrainingSetup.Arithmetic;
import dev.finetune4j.engine.estimate.TrainingSetup.Attention;
import dev.finetune4j.engine.estimate.TrainingSetup.Checkpointing;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Loss;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import dev.finetune4j.engine.estimate.TrainingSetup.Optimizer;
import dev.finetune4j.engine.estimate.TrainingSetup.Weights;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads a row of the table of published runs: what was trained how, and what came out. */
final class RunReader {
    private static final double GIB = 1L << 30;
    private static final double GB = 1e9;

    /** Sources that share code or people. */
    private static final Map<String, String> FAMILIES = Map.ofEntries(
            Map.entry("litgpt-config-hub", "litgpt"),
            Map.entry("litgpt-resource-tables", "litgpt"),
            Map.entry("lit-llama", "litgpt"),
            Map.entry("nemo-perf-summary", "nvidia"),
            Map.entry("nemo-automodel", "nvidia"),
            Map.entry("megatron-bridge", "nvidia"),
            Map.entry("odissei-torchtune", "torchtune"),
            Map.entry("ms-swift-examples", "ms-swift"),
            Map.entry("ms-swift-benchmark-2024", "ms-swift"),
            Map.entry("unsloth-notebooks", "unsloth"),
            Map.entry("unsloth-context-bench", "unsloth"),
            Map.entry("unsloth-context-bench-own", "unsloth"),
            Map.entry("torchao-training", "torchtitan"),
            Map.entry("chatglm2-ptuning", "thudm"),
            Map.entry("chatglm3-finetune", "thudm"),
            Map.entry("glm4-finetune", "thudm"),
            Map.entry("cogvlm2-finetune", "thudm"),
            Map.entry("colossalchat", "colossalai"),
            Map.entry("colossalai-benchmark", "colossalai"),
            Map.entry("peft-docs-sft", "peft"),
            Map.entry("peft-method-comparison", "peft"),
            Map.entry("peft-readme-table", "peft"));
    /** Sources that benchmark rows of exactly the length that they print. */
    private static final Set<String> FULL_LENGTH = Set.of("qwen1-readme");

    private static final Pattern DEGREE = Pattern.compile("(?<![a-z])(tp|pp|ep|sp|cp|fsdp|ddp)\\s*=?\\s*(\\d{1,7})");

    /** Pipeline parallelism as a word or before its degree; an "app" has none. */
    private static final Pattern PIPELINE = Pattern.compile("(?<![a-z])pp(?![a-z])|pipeline");

    /** The stage of ZeRO; not that of "zero1-tp2", which the coefficients were fitted to as the second. */
    private static final Pattern STAGE = Pattern.compile("(?:zero|stage|(?<![a-z])z)[ _=:-]*([123])(?!\\d|-tp)");

    /** Names of FSDP's own strategies but that which leaves the weights whole. */
    private static final Pattern FULL_SHARD = Pattern.compile("(?:full|hybrid)[ _-]?shard");

    private static final Pattern GRADIENT_SHARD = Pattern.compile("shard[ _-]?grad");

    /** What says in another column how weights are shared out; DeepSpeed alone does not say the stage. */
    private static final Pattern SHARDED = Pattern.compile(
            "fsdp|(?:zero|(?<![a-z])z)[ _=:-]*[123](?!\\d)" + "|(?:full|hybrid)[ _-]?shard|shard[ _-]?grad");

    private static final Pattern KNOWN_SPREAD = Pattern.compile(
            "none|\\bno\\b|single|dp|data|replica|zero|stage|deepspeed|\\bds\\b"
                    + "|(?<![a-z])z[ _=:-]*[123]|shard|other|device_map|naive|(?<![a-z])(?:tp|pp|ep|sp|cp)\\s*=?\\s*\\d");

    private static final Pattern QLORA = Pattern.compile("(?<![a-z])q[-_ ]?[ld]ora|qlora|qdora");

    /** A base in 4 or 8 bits; not moments in 8. */
    private static final Pattern PACKED =
            Pattern.compile("nf4|fp4|int4|int8|[48][-_ ]?bit(?![-_ ]*(?:paged|adam|optim|lion))|gptq|awq");

    /** An optimizer with moments in few bits, as trainers name it: no base in as many. */
    private static final Pattern PACKED_OPTIMIZER = Pattern.compile(
            "(?:paged[-_ ])?(?:adamw?|ademamix|rmsprop|lion|sgd|adagrad)(?:[-_ ](?:bnb|torch))?(?:[-_ ]?8|_4)[-_ ]?bit");

    /** An offload that leaves weights and moments where they are. */
    private static final Pattern ACTIVATION_OFFLOAD =
            Pattern.compile("(?<![a-z])act(?:ivation)?s?[ _-](?:cpu[ _-])?off-?load(?:ing|ed)?"
                    + "|off-?load(?:ing|ed)?[ _-](?:of[ _-])?(?:the[ _-])?act(?:ivation)?s?(?![a-z])");

    private static final Pattern YES = Pattern.compile("y|yes\\b.*|true|on|1|enabled?");
    private static final Pattern NO = Pattern.compile("n|no|none|false|off|0|disabled?");
    private static final Pattern UNSAID =
            Pattern.compile("-+|\u2013|\u2014|n/?a|unknown|auto|\\?|not (?:said|reported|given)");
    private static final Pattern OUT_OF_MEMORY = Pattern.compile("(?:cuda )?(?:oom|out of memory)");

    /** Columns of what came out, where a run that failed has no number. */
    private static final Set<String> FIGURES = Set.of("peak_mem_gb_per_gpu", "tokens_per_s_per_gpu", "tokens_per_s");

    /** Columns that only a wall time is compared by: a text in them leaves memory and speed as they are. */
    private static final Set<String> OF_WALL_TIME = Set.of("wall_time_s", "epochs", "train_samples", "train_tokens");

    private static final Pattern PACKING = Pattern.compile("(?:(?:sample|sequence)[-_ ]?)?pack(?:ed|ing)");

    private final GpuTable gpus;
    private final ModelNames names;

    private final CsvTable.Row row;
    private final int number;
    private final boolean isOutOfMemory;

    /** Why the wall time cannot be compared, of a text where a number should be; null where there is none. */
    private final @Nullable String whyTimeless;

    private final RunNotes notes;
    private final Frameworks named;

    private RunReader(GpuTable gpus, ModelNames names, CsvTable.Row row, int number) {
        this.gpus = gpus;
        this.names = names;
        this.whyTimeless = OF_WALL_TIME.stream()
                .sorted()
                .flatMap(column -> whyUnread(plain(row), column).stream())
                .findFirst()
                .orElse(null);
        this.row = whyTimeless == null ? plain(row) : without(plain(row), OF_WALL_TIME);
        this.isOutOfMemory = FIGURES.stream()
                .anyMatch(column -> OUT_OF_MEMORY
                        .matcher(row.text(column).toLowerCase(Locale.ROOT))
                        .matches());
        this.number = number;
        this.notes = new RunNotes(row.text("notes"));
        this.named = new Frameworks(row.text("framework"));
    }

    /**
     * Reads a row.
     *
     * @throws IllegalArgumentException if it names no model, or a column of numbers holds something else, or what cannot be
     */
    static PublishedRun read(GpuTable gpus, ModelNames names, CsvTable.Row row, int number) {
        return new RunReader(gpus, names, row, number).run();
    }

    /** A row without what stands where nothing is said, "n/a", or where a number is none, "OOM", and a rank without its letter, "r=16". */
    private static CsvTable.Row plain(CsvTable.Row row) {
        Map<String, String> fields = new HashMap<>(row.fields());
        fields.replaceAll((column, text) -> {
            String said = text.strip().toLowerCase(Locale.ROOT);
            boolean isAbsent = UNSAID.matcher(said).matches()
                    || (FIGURES.contains(column) && OUT_OF_MEMORY.matcher(said).matches());
            if (isAbsent) {
                return "";
            }
            return column.equals("lora_rank") ? said.replaceFirst("^r\\s*=\\s*", "") : text;
        });
        return new CsvTable.Row(row.line(), fields, row.width());
    }

    private static Optional<String> whyUnread(CsvTable.Row row, String column) {
        try {
            row.number(column);
            return Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static CsvTable.Row without(CsvTable.Row row, Set<String> columns) {
        Map<String, String> fields = new HashMap<>(row.fields());
        fields.keySet().removeAll(columns);
        return new CsvTable.Row(row.line(), fields, row.width());
    }

    private PublishedRun run() {
        RunLimits.check(row);
        String model = row.text("model");
        if (model.isEmpty()) {
            throw new IllegalArgumentException("model is empty");
        }
        Architecture architecture = names.find(model, row.number("params_b")).orElse(null);
        Optional<Method> method = method();
        Gpu gpu = gpus.find(row.text("gpu")).orElse(null);
        TrainingSetup setup = method.isEmpty() ? null : spread(setup(method.get()), architecture, gpu);
        String source = row.text("source");
        MemoryFigure said = notes.figure();
        boolean isMixture = architecture != null && architecture.experts() != null;
        return new PublishedRun(
                number,
                source,
                FAMILIES.getOrDefault(source, source),
                model,
                architecture,
                setup,
                gpu,
                memory(architecture, setup),
                said != null ? said : named.figure(),
                speed(architecture, setup, gpu),
                wallTime(architecture, setup, gpu),
                setup == null ? OptionalDouble.empty() : trainedTokens(setup),
                setup != null && isComplete(setup) && !isMixture,
                ranOutOfMemory(),
                !ranOutOfMemory() && !notes.hasNoResult());
    }

    private Optional<Method> method() {
        String name = row.text("method").toLowerCase(Locale.ROOT);
        if (QLORA.matcher(name).find()) {
            return Optional.of(Method.QLORA);
        }
        if (name.contains("lora") || name.contains("dora")) {
            return Optional.of(
                    row.text("precision").matches("(?i).*(nf4|int4|4-?bit|int8|gptq|awq).*")
                                    || PACKED.matcher(withoutOptimizer(name)).find()
                            ? Method.QLORA
                            : Method.LORA);
        }
        if (name.contains("full") || name.equals("sft")) {
            return Optional.of(Method.FULL);
        }
        return name.matches(".*(prompt|prefix|adapter|ia3|p-?tuning).*")
                ? Optional.of(Method.PROMPT)
                : Optional.empty();
    }

    private TrainingSetup setup(Method method) {
        Parallelism spread = parallelism();
        if (named.isQwenScript() && method == Method.FULL) {
            spread = Parallelism.data(spread.gpus(), Sharding.ZERO3);
        }
        boolean isZero = (spread.sharding() == Sharding.ZERO1
                        || spread.sharding() == Sharding.ZERO2
                        || spread.sharding() == Sharding.ZERO3)
                && !GRADIENT_SHARD.matcher(spreadText()).find(); // FSDP's second stage
        Framework framework = named.framework(isZero);
        // Qwen ships finetune_ds.sh and finetune_qlora_ds.sh: both under DeepSpeed, the first as ZeRO-3.
        if (named.isQwenScript() && (method == Method.FULL || method == Method.QLORA)) {
            framework = Framework.DEEPSPEED;
        }
        boolean sharesWeights = spread.sharding() == Sharding.ZERO3 || spread.sharding() == Sharding.FSDP;
        OptionalDouble trainable = notes.number("trainable (?:params? )?([\\d,]+)");
        boolean countsPrinted =
                trainable.isPresent() && (row.text("lora_targets").isEmpty() || method == Method.PROMPT);
        return TrainingSetup.of(method, framework, spread)
                .edit()
                .rank(whole("lora_rank"))
                .targets(targets(method, framework))
                .trainsEmbeddings(trainsEmbeddings())
                .trainableParameters(countsPrinted ? (Double) trainable.getAsDouble() : null)
                .weights(weights(method, framework))
                .arithmetic(arithmetic())
                .optimizer(optimizer(framework))
                .microBatch(whole("micro_batch"))
                .accumulation(accumulation(spread))
                .capTokens(whole("seq_len"))
                .isPacked(isPacked())
                .longestTokens(longest())
                .meanTokens(mean())
                .checkpointing(checkpointing())
                .attention(attention())
                .loss(loss(framework))
                .isCompiled(notes.isCompiled())
                .offloadsOptimizer(notes.offloadsOptimizer() || offloads())
                .offloadsWeights(notes.offloadsWeights()
                        || (spread.sharding() == Sharding.FSDP && notes.say("cpu offload"))
                        || (sharesWeights && offloadsAll()))
                .build();
    }

    private @Nullable Integer whole(String column) {
        OptionalDouble value = row.number(column);
        return value.isPresent() && value.getAsDouble() >= 1 ? (Integer) (int) value.getAsDouble() : null;
    }

    /** A row with a peak, a speed or a time is of a run that ran, whatever its notes say of others. */
    private boolean ranOutOfMemory() {
        return (isOutOfMemory || notes.ranOutOfMemory())
                && row.number("peak_mem_gb_per_gpu").isEmpty()
                && row.number("tokens_per_s_per_gpu").isEmpty()
                && row.number("tokens_per_s").isEmpty()
                && row.number("wall_time_s").isEmpty();
    }

    private int gpuCount() {
        return Math.max(1, (int) row.number("gpus").orElse(1));
    }

    /** How GPUs share the work, from the column or, where that is empty, from the framework or the method, if they say it. */
    private String spreadText() {
        String text = row.text("parallelism").toLowerCase(Locale.ROOT);
        if (text.isEmpty()) {
            String elsewhere = (row.text("framework") + ' ' + row.text("method")).toLowerCase(Locale.ROOT);
            text = gpuCount() > 1 && SHARDED.matcher(elsewhere).find() ? elsewhere : "";
        }
        return text.replaceAll("tensor[ _-]?parallel(?:ism)?(?:[ _-](?:size|degree))?", "tp")
                .replaceAll("pipeline[ _-]?parallel(?:ism)?(?:[ _-](?:size|degree))?", "pp")
                .replaceAll("(?<=\\d)x(?=[a-z])", " "); // tp2xpp2
    }

    /** DeepSpeed's and FSDP's offload, of all that they share out; not that of activations. */
    private boolean offloads() {
        return new RunNotes(ACTIVATION_OFFLOAD.matcher(spreadText()).replaceAll("")).say("off-?load");
    }

    /** Whether that is not of the optimizer alone: "zero3 offload_optimizer". */
    private boolean offloadsAll() {
        RunNotes said = new RunNotes(spreadText());
        return offloads() && (!said.say("optim") || said.say("param|weight"));
    }

    private Parallelism parallelism() {
        String text = spreadText();
        int count = gpuCount();
        Sharding sharding = Sharding.NONE;
        Matcher stage = STAGE.matcher(text);
        boolean hasStage = stage.find();
        boolean isBare =
                hasStage && !text.contains("fsdp") && !PIPELINE.matcher(text).find(); // others have stages, too
        if (text.contains("zero") || text.contains("deepspeed") || isBare) {
            String said = hasStage ? stage.group(1) : text;
            sharding = said.contains("3") ? Sharding.ZERO3 : said.contains("2") ? Sharding.ZERO2 : Sharding.ZERO1;
        } else if (GRADIENT_SHARD.matcher(text).find()) {
            sharding = Sharding.ZERO2;
        } else if (text.contains("fsdp")
                || text.equals("hsdp")
                || FULL_SHARD.matcher(text).find()) {
            sharding = Sharding.FSDP;
        } else if ((text.equals("other") && !notes.say("dataparallel"))
                || text.contains("device_map")
                || text.contains("naive")) {
            sharding = Sharding.LAYERS;
        }
        int tensor = degree(text, "tp");
        int pipeline = degree(text, "pp");
        int expert = degree(text, "ep");
        int sequence = Math.max(degree(text, "sp"), degree(text, "cp"));
        if ((long) tensor * pipeline > count || expert > count || sequence > count) {
            throw new IllegalArgumentException(
                    "parallelism \"" + row.text("parallelism") + "\" needs more GPUs than the row has: " + count);
        }
        return new Parallelism(count, sharding, tensor, pipeline, expert, sequence);
    }

    /** A model that no GPU of several can hold alone was shared out where it ran, though nobody says how. */
    private TrainingSetup spread(TrainingSetup said, @Nullable Architecture architecture, @Nullable Gpu gpu) {
        boolean isSaid =
                KNOWN_SPREAD.matcher(spreadText()).find() || said.parallelism().sharding() != Sharding.NONE;
        if (isSaid || ranOutOfMemory() || said.parallelism().gpus() == 1 || architecture == null || gpu == null) {
            return said;
        }
        double room = gpu.usableMemoryGib() * GIB / architecture.parameters();
        double weights = leastWeightBytes(said);
        if (weights + leastStateBytes(said) <= room) {
            return said;
        }
        List<Sharding> shardings = weights > room
                ? List.of(Sharding.ZERO3, Sharding.FSDP)
                : List.of(Sharding.ZERO2, Sharding.ZERO3, Sharding.FSDP);
        return said.edit().shardings(shardings).build();
    }

    /** Bytes of a weight, at the least where it is not said how it is stored. */
    private static double leastWeightBytes(TrainingSetup setup) {
        Weights weights = setup.weights();
        if (setup.offloadsWeights()) {
            return 0;
        }
        if (weights == null) {
            return setup.method() == Method.QLORA ? 0.5 : 2;
        }
        return switch (weights) {
            case FP32 -> 4;
            case HALF -> 2;
            case INT8 -> 1;
            case NF4, NF4_DOUBLE, INT4 -> 0.5;
        };
    }

    /** Bytes of gradient and moments for each weight, in half precision; adapters have few, and other optimizers than Adam may have none. */
    private static double leastStateBytes(TrainingSetup setup) {
        Optimizer optimizer = setup.optimizer();
        boolean isPlain = optimizer == null || optimizer == Optimizer.ADAMW || optimizer == Optimizer.ADAMW_FUSED;
        return setup.method() == Method.FULL && isPlain && !setup.offloadsOptimizer() ? 6 : 0;
    }

    private static int degree(String text, String kind) {
        Matcher matcher = DEGREE.matcher(text);
        while (matcher.find()) {
            if (matcher.group(1).equals(kind)) {
                return Math.max(1, Integer.parseInt(matcher.group(2)));
            }
        }
        return 1;
    }

    private Set<Projection> targets(Method method, Framework framework) {
        String text = row.text("lora_targets").toLowerCase(Locale.ROOT);
        if (method == Method.FULL || (method == Method.PROMPT && !notes.say("adapter v2"))) {
            return Set.of();
        }
        if (method
                == Method
                        .PROMPT) { // LLaMA-Adapter V2 also scales and shifts what every matrix gives (arXiv:2304.15010)
            return EnumSet.allOf(Projection.class);
        }
        if (text.isEmpty()) { // Unsloth's notebooks and ms-swift put adapters on all matrices
            boolean isAll = framework == Framework.UNSLOTH || named.checkpointing() != null;
            return isAll ? EnumSet.allOf(Projection.class) : Set.of();
        }
        if (text.contains("all") || text.contains("c_attn")) {
            return EnumSet.allOf(Projection.class);
        }
        Set<Projection> found = EnumSet.noneOf(Projection.class);
        for (String part : text.split("[+,;/'\" ()\\[\\]]+")) {
            found.addAll(named(part));
        }
        return found.isEmpty() ? EnumSet.of(Projection.QUERY, Projection.VALUE) : found;
    }

    private static Set<Projection> named(String part) {
        if (part.matches("q|q_proj|query|wq|q_lin")) {
            return EnumSet.of(Projection.QUERY);
        }
        if (part.matches("k|k_proj|key|wk|k_lin")) {
            return EnumSet.of(Projection.KEY);
        }
        if (part.matches("v|v_proj|value|wv|v_lin")) {
            return EnumSet.of(Projection.VALUE);
        }
        if (part.matches("o|o_proj|out_proj|output_proj|projection|wo|dense|linear_proj")) {
            return EnumSet.of(Projection.OUTPUT);
        }
        if (part.matches("linear_qkv|query_key_value|qkv|qkv_proj|wqkv|attn|attention")) {
            return EnumSet.of(Projection.QUERY, Projection.KEY, Projection.VALUE);
        }
        if (part.equals("qkvo")) {
            return EnumSet.of(Projection.QUERY, Projection.KEY, Projection.VALUE, Projection.OUTPUT);
        }
        if (part.matches("mlp|ffn|linear_fc1")) {
            return EnumSet.of(Projection.GATE, Projection.UP, Projection.DOWN);
        }
        if (part.matches("gate|gate_proj|w1")) {
            return EnumSet.of(Projection.GATE);
        }
        if (part.matches("up|up_proj|w3|gate_up_proj|dense_h_to_4h")) {
            return part.contains("gate") ? EnumSet.of(Projection.GATE, Projection.UP) : EnumSet.of(Projection.UP);
        }
        return part.matches("down|down_proj|w2|linear_fc2|dense_4h_to_h")
                ? EnumSet.of(Projection.DOWN)
                : EnumSet.noneOf(Projection.class);
    }

    private boolean trainsEmbeddings() {
        String text = row.text("lora_targets").toLowerCase(Locale.ROOT);
        return text.contains("wte") || text.contains("fully trained") || text.contains("modules_to_save");
    }

    private String precision() {
        return row.text("precision").toLowerCase(Locale.ROOT);
    }

    private @Nullable Arithmetic arithmetic() {
        String text = precision();
        if (text.isEmpty()) {
            return null;
        }
        if (text.contains("fp8")) {
            return Arithmetic.FP8;
        }
        if (text.contains("bf16") || text.contains("bfloat16")) {
            return Arithmetic.BF16;
        }
        if (text.contains("fp16") || text.contains("float16") || text.contains("half")) {
            return Arithmetic.FP16;
        }
        return text.contains("32") ? Arithmetic.FP32 : null;
    }

    /** How the base is packed where the method says it: "LoRA (8-bit)". */
    private String packedByMethod(Method method) {
        Matcher packed = PACKED.matcher(withoutOptimizer(row.text("method").toLowerCase(Locale.ROOT)));
        return method == Method.QLORA && packed.find() ? ' ' + packed.group().replaceAll("[_ ]bit", "-bit") : "";
    }

    private static String withoutOptimizer(String method) {
        return PACKED_OPTIMIZER.matcher(method).replaceAll("");
    }

    private @Nullable Weights weights(Method method, Framework framework) {
        String text = (precision() + packedByMethod(method)).strip();
        boolean isHalf = notes.saysWeightsAreHalf() || new RunNotes(text).saysWeightsAreHalf();
        if (method != Method.QLORA && isHalf) {
            return Weights.HALF;
        }
        boolean isEight = text.contains("int8") || text.contains("8-bit") || text.contains("8bit");
        if (isEight && !text.contains("4")) {
            return Weights.INT8;
        }
        if (text.matches(".*(gptq|awq|int4|mxfp4|hqq).*")
                || (row.text("model").matches("(?i).*gpt[-_ ]?oss.*") && method == Method.QLORA)) {
            return Weights.INT4;
        }
        if (isEight) {
            return Weights.INT8;
        }
        if (text.contains("nf4-dq")) {
            return Weights.NF4_DOUBLE;
        }
        if (method == Method.QLORA || text.contains("nf4") || text.contains("4-bit") || text.contains("4bit")) {
            return switch (framework) {
                case LITGPT -> Weights.NF4;
                case TORCHTUNE, UNSLOTH -> Weights.NF4_DOUBLE;
                default -> null;
            };
        }
        if (text.matches(".*(amp|mixed).*")
                || text.startsWith("fp32")
                || text.startsWith("float32")
                || text.equals("tf32")) {
            return Weights.FP32;
        }
        boolean mayLoadInHalf = named.loadsInHalf() && !(method == Method.FULL && arithmetic() == Arithmetic.FP16);
        boolean isOpen = (text.isEmpty() && !named.loadsInHalf())
                || (framework == Framework.HUGGING_FACE && !mayLoadInHalf)
                || framework == Framework.TUNED
                || framework == Framework.OTHER;
        return isOpen ? null : Weights.HALF;
    }

    private @Nullable Optimizer optimizer(Framework framework) {
        String text = row.text("optimizer").toLowerCase(Locale.ROOT);
        boolean isEight = text.contains("8bit") || text.contains("8-bit");
        if (text.contains("backward")) {
            return isEight ? Optimizer.ADAMW_8BIT_IN_BACKWARD : Optimizer.ADAMW_IN_BACKWARD;
        }
        if (text.contains("paged")) {
            return isEight ? Optimizer.PAGED_ADAMW_8BIT : Optimizer.PAGED_ADAMW;
        }
        if (isEight) {
            return Optimizer.ADAMW_8BIT;
        }
        if (text.contains("fused") || (framework == Framework.TORCHTUNE && text.contains("adam"))) {
            return Optimizer.ADAMW_FUSED;
        }
        if (text.contains("lion") || text.contains("muon") || text.contains("momentum")) {
            return Optimizer.MOMENTUM;
        }
        if (text.contains("adafactor") || text.contains("sgd") || text.contains("came")) {
            return Optimizer.STATELESS;
        }
        return text.contains("adam") ? Optimizer.ADAMW : null;
    }

    private @Nullable Integer accumulation(Parallelism spread) {
        Integer said = whole("grad_accum");
        Integer batch = whole("global_batch");
        Integer micro = whole("micro_batch");
        if (said != null || batch == null || micro == null) {
            return said;
        }
        return (int) Math.max(1, batch / ((long) micro * spread.replicas()));
    }

    private @Nullable Boolean isPacked() {
        String text = row.text("packing").toLowerCase(Locale.ROOT);
        if (YES.matcher(text).matches() || PACKING.matcher(text).matches() || notes.say("dolly-15k packed")) {
            return true;
        }
        return text.isEmpty() ? null : Boolean.FALSE;
    }

    private boolean isFullLength() {
        return notes.isFullLength() || FULL_LENGTH.contains(row.text("source"));
    }

    private @Nullable Integer longest() {
        Integer cap = whole("seq_len");
        if (cap == null) {
            return DataSets.in(row.text("notes")).map(DataSets::longestTokens).orElse(null);
        }
        if (Boolean.TRUE.equals(isPacked()) || isFullLength() || notes.say("longest sample")) {
            return cap;
        }
        if (notes.longestTokens().isPresent()) {
            return (int) Math.min(cap, notes.longestTokens().getAsDouble());
        }
        return DataSets.in(row.text("notes"))
                .map(set -> Math.min(cap, set.longestTokens()))
                .orElse(null);
    }

    /** Rows of a micro-batch are padded to its longest: each doubling adds about a third of the mean. */
    private @Nullable Double mean() {
        Integer cap = whole("seq_len");
        if (cap != null && (Boolean.TRUE.equals(isPacked()) || isFullLength())) {
            return (double) cap;
        }
        Integer micro = whole("micro_batch");
        double padding = micro == null ? 1 : 1 + 0.35 * Math.log(micro) / Math.log(2);
        OptionalDouble said = notes.meanTokens();
        double most = cap == null ? Double.MAX_VALUE : cap;
        if (said.isPresent()) {
            return Math.min(most, said.getAsDouble() * padding);
        }
        return DataSets.in(row.text("notes"))
                .map(set -> Math.min(most, set.meanTokens() * padding))
                .orElse(null);
    }

    private @Nullable Checkpointing checkpointing() {
        String text = row.text("activation_checkpointing").toLowerCase(Locale.ROOT);
        RunNotes said = new RunNotes(text);
        if (said.say("unsloth|off-?load") || notes.say("act(ivation)? offload")) {
            return Checkpointing.FULL_OFFLOADED;
        }
        if (said.say("selective")) { // "yes (selective)", too
            return Checkpointing.SELECTIVE;
        }
        if (text.equals("full") || YES.matcher(text).matches()) {
            return Checkpointing.FULL;
        }
        return NO.matcher(text).matches() ? Checkpointing.NONE : named.checkpointing();
    }

    private @Nullable Attention attention() {
        String text = row.text("flash_attention").toLowerCase(Locale.ROOT);
        if (text.isEmpty()) {
            return null;
        }
        return text.equals("eager") || NO.matcher(text).matches() ? Attention.EAGER : Attention.FUSED;
    }

    private @Nullable Loss loss(Framework framework) {
        if (notes.say("liger[ =](kernel|yes|on)|liger kernel|fused (linear )?(cross|ce)|cut[- ]cross")
                && !notes.say("liger=no")) {
            return Loss.FUSED;
        }
        if (notes.say("chunked (ce|cross)")) {
            return Loss.CHUNKED;
        }
        if (framework == Framework.TORCHTUNE && notes.say("ablation step")) {
            return Loss.STOCK;
        }
        return null;
    }

    private Observed memory(@Nullable Architecture architecture, @Nullable TrainingSetup setup) {
        OptionalDouble each = row.number("peak_mem_gb_per_gpu");
        if (each.isEmpty()) {
            OptionalDouble total = notes.number("mem_total_gb=([\\d.]+)");
            each = total.isPresent() ? OptionalDouble.of(total.getAsDouble() / gpuCount()) : total;
        }
        boolean hasColumns = each.isPresent()
                && whole("micro_batch") != null
                && (whole("seq_len") != null || DataSets.in(row.text("notes")).isPresent());
        if (!hasColumns || ranOutOfMemory()) {
            return Observed.absent();
        }
        if (architecture == null || setup == null) {
            return Observed.unusable(
                    architecture == null
                            ? "memory: " + whyShapeless()
                            : "memory: unknown method \"" + row.text("method") + '"');
        }
        if (notes.say("lower bound|card full|suspect")) {
            return Observed.unusable("memory: the note calls the figure a lower bound or suspect");
        }
        boolean isDecimal = named.printsDecimalGigabytes() || notes.say("unit gb \\(1e9\\)|gb = 1e9|decimal gb");
        return Observed.of(each.getAsDouble() * (isDecimal ? GB / GIB : 1));
    }

    private Observed speed(@Nullable Architecture architecture, @Nullable TrainingSetup setup, @Nullable Gpu gpu) {
        OptionalDouble each = row.number("tokens_per_s_per_gpu");
        OptionalDouble all = row.number("tokens_per_s");
        if (each.isEmpty() && all.isPresent()) {
            each = OptionalDouble.of(all.getAsDouble() / gpuCount());
        }
        if (each.isEmpty() && setup != null) {
            each = derivedSpeed(architecture, setup);
        }
        if (each.isEmpty()
                || whole("micro_batch") == null
                || whole("seq_len") == null
                || row.text("gpu").isEmpty()) {
            return Observed.absent();
        }
        if (architecture == null || setup == null || gpu == null) {
            return Observed.unusable(
                    architecture == null
                            ? "speed: " + whyShapeless()
                            : setup == null
                                    ? "speed: unknown method \"" + row.text("method") + '"'
                                    : "speed: unknown GPU \"" + row.text("gpu") + "\"; known are " + knownGpus());
        }
        if (notes.say("suspect|spectrum|loops over experts|moe loops")) {
            return Observed.unusable("speed: the note calls the figure suspect or a defect of the software");
        }
        return Observed.of(each.getAsDouble());
    }

    private String whyShapeless() {
        String model = row.text("model");
        return names.whyUnlike(model, row.number("params_b"))
                .map(why -> "the formulas do not describe " + model + ": " + why)
                .orElse("no shape is known for " + model + " and params_b is empty");
    }

    private String knownGpus() {
        return gpus.gpus().stream().map(Gpu::name).collect(Collectors.joining(", "));
    }

    /** Tokens a second on one GPU that follow from step or wall time, where rows are as long as printed. */
    private OptionalDouble derivedSpeed(@Nullable Architecture architecture, TrainingSetup setup) {
        Integer cap = setup.capTokens();
        boolean isDense = Boolean.TRUE.equals(setup.isPacked()) || isFullLength();
        if (cap == null || !isDense || notes.say("cpu offload")) {
            return OptionalDouble.empty();
        }
        OptionalDouble step = notes.number("step_time_s=([\\d.]+)");
        OptionalDouble samples = notes.number("samples_per_s=([\\d.]+)");
        OptionalDouble batch = row.number("global_batch");
        OptionalDouble wall = row.number("wall_time_s");
        double gpuSeconds = gpuCount();
        if (samples.isPresent()) {
            return OptionalDouble.of(samples.getAsDouble() * cap / gpuSeconds);
        }
        if (step.isPresent() && batch.isPresent()) {
            return OptionalDouble.of(batch.getAsDouble() * cap / step.getAsDouble() / gpuSeconds);
        }
        OptionalDouble steps = notes.number("(?:optimizer steps |steps=)(\\d+)");
        if (steps.isEmpty()) {
            steps = notes.number("(\\d+) steps");
        }
        if (wall.isPresent() && steps.isPresent() && batch.isPresent()) {
            return OptionalDouble.of(steps.getAsDouble() * batch.getAsDouble() * cap / wall.getAsDouble() / gpuSeconds);
        }
        boolean isPadded = architecture != null && architecture.kind() == Kind.ENCODER && isFullLength();
        if (wall.isPresent() && isPadded && rowsTrained().isPresent()) {
            return OptionalDouble.of(rowsTrained().getAsDouble() * cap / wall.getAsDouble() / gpuSeconds);
        }
        OptionalDouble tokens = row.number("train_tokens");
        return wall.isPresent() && tokens.isPresent()
                ? OptionalDouble.of(
                        tokens.getAsDouble() * row.number("epochs").orElse(1) / wall.getAsDouble() / gpuSeconds)
                : OptionalDouble.empty();
    }

    private OptionalDouble rowsTrained() {
        OptionalDouble rows = row.number("train_samples");
        double known = DataSets.in(row.text("notes")).map(DataSets::rows).orElse(0L);
        double each = rows.orElse(known);
        OptionalDouble epochs = row.number("epochs");
        return each > 0 && epochs.isPresent() ? OptionalDouble.of(each * epochs.getAsDouble()) : OptionalDouble.empty();
    }

    /** Tokens of the whole run as computed, as far as the row says; a mean row that is not known is filled in later. */
    private OptionalDouble trainedTokens(TrainingSetup setup) {
        OptionalDouble tokens = row.number("train_tokens");
        if (tokens.isPresent()) {
            return OptionalDouble.of(tokens.getAsDouble() * row.number("epochs").orElse(1));
        }
        Double mean = setup.meanTokens();
        if (mean == null) {
            return OptionalDouble.empty();
        }
        OptionalDouble micro = notes.number("(\\d+) micro-batch iterations");
        if (micro.isPresent() && setup.microBatch() != null) {
            return OptionalDouble.of(micro.getAsDouble() * setup.microBatch() * mean * gpuCount());
        }
        OptionalDouble steps = notes.number("(?:optimizer steps |steps=)(\\d+)");
        OptionalDouble batch = row.number("global_batch");
        if (steps.isPresent() && batch.isPresent()) {
            return OptionalDouble.of(steps.getAsDouble() * batch.getAsDouble() * mean);
        }
        OptionalDouble rows = rowsTrained();
        OptionalDouble each = isCountedBeforePacking() ? tokensBeforePacking() : OptionalDouble.of(mean);
        return rows.isPresent() && each.isPresent()
                ? OptionalDouble.of(rows.getAsDouble() * each.getAsDouble())
                : OptionalDouble.empty();
    }

    /** Samples are counted as the data has them; packed, many of them fill a row up to its cap. */
    private boolean isCountedBeforePacking() {
        return Boolean.TRUE.equals(isPacked()) && !isFullLength();
    }

    private OptionalDouble tokensBeforePacking() {
        OptionalDouble said = notes.meanTokens();
        return said.isPresent()
                ? said
                : DataSets.in(row.text("notes")).stream()
                        .mapToDouble(DataSets::meanTokens)
                        .findFirst();
    }

    private Observed wallTime(@Nullable Architecture architecture, @Nullable TrainingSetup setup, @Nullable Gpu gpu) {
        if (whyTimeless != null) {
            return Observed.unusable("wall time: " + whyTimeless);
        }
        OptionalDouble wall = row.number("wall_time_s");
        if (wall.isEmpty() || setup == null || gpu == null || ranOutOfMemory()) {
            return Observed.absent();
        }
        if (architecture == null) {
            boolean isUnlike =
                    names.whyUnlike(row.text("model"), row.number("params_b")).isPresent();
            return isUnlike && trainedTokens(setup).isPresent()
                    ? Observed.unusable("wall time: " + whyShapeless())
                    : Observed.absent();
        }
        if (trainedTokens(setup).isPresent()) {
            return Observed.of(wall.getAsDouble());
        }
        return isCountedBeforePacking()
                        && setup.meanTokens() != null
                        && rowsTrained().isPresent()
                ? Observed.unusable("wall time: samples are packed and the notes tell no mean (\"mean 430 tokens\")")
                : Observed.absent();
    }

    private boolean isComplete(TrainingSetup setup) {
        boolean knowsLengths = setup.longestTokens() != null && setup.capTokens() != null;
        return knowsLengths
                && !setup.offloadsOptimizer()
                && !setup.offloadsWeights()
                && setup.parallelism().sequence() == 1
                && setup.shardings().isEmpty()
                && !notes.say("probably differ|vision|tower");
    }
}
