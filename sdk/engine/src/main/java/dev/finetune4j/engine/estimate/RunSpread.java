package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.Parallelism.Sharding;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import dev.finetune4j.engine.estimate.TrainingSetup.Optimizer;
import dev.finetune4j.engine.estimate.TrainingSetup.Weights;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How a published run is spread over GPUs: what they share out, how the model is divided, and what lies in the host's memory. */
final class RunSpread {
    private static final double GIB = 1L << 30;

    private static final Pattern DEGREE = Pattern.compile("(?<![a-z])(tp|pp|ep|sp|cp|fsdp|ddp)\\s*[=:]?\\s*(\\d{1,7})");

    private static final Map<String, String> DEGREES_IN_WORDS = Map.of(
            "tensor[ _-]?(?:model[ _-]?)?parallel(?:ism)?",
            "tp",
            "pipeline[ _-]?(?:model[ _-]?)?parallel(?:ism)?",
            "pp",
            "expert[ _-]?(?:model[ _-]?)?parallel(?:ism)?",
            "ep",
            "context[ _-]?parallel(?:ism)?",
            "cp",
            "ulysses(?:[ _-]?(?:sequence[ _-]?)?parallel(?:ism)?)?",
            "sp");

    /** Degrees by which a model is divided, as notes say them. */
    private static final List<String> NOTED = Stream.of("tp", "pp", "cp")
            .map(kind -> "(?<![a-z])" + kind + "\\s*[=:]?\\s*\\d{1,4}(?!\\d|\\.\\d)")
            .toList();

    private static final String NOTED_STAGE = "zero[ _-]*(?:stage[ _-]*)?[123](?!\\d)";

    /** Pipeline parallelism as a word or before its degree; an "app" has none. */
    private static final Pattern PIPELINE = Pattern.compile("(?<![a-z])pp(?![a-z])|pipeline");

    private static final Pattern STAGE = Pattern.compile("(?:zero|stage|(?<![a-z])z)[ _=:-]*([123])(?!\\d)");

    /** Names of FSDP's own strategies but that which leaves the weights whole. */
    private static final Pattern FULL_SHARD = Pattern.compile("full[ _-]?shard");

    private static final Pattern HYBRID_SHARD =
            Pattern.compile("hybrid[ _-]?shard|\\bhsdp|fsdp2?[ _-]?hybrid|hybrid[ _-]?fsdp");

    /** The degrees of torchtitan ({@code data_parallel_shard_degree}), Accelerate ({@code dp_shard_size}) and torchtune; -1 is all that are left. */
    private static final Pattern SHARD = degreePattern("shard(?:ed|ing)?");

    private static final Pattern REPLICATE = degreePattern("replicat(?:e|ed|ion)");

    /** What leaves no place for degrees that notes tell, perhaps of another run. */
    private static final Pattern OTHER_THAN_DEGREES =
            Pattern.compile("ddp|zero|stage|deepspeed|none|\\bno\\b|single|other|device_map|naive");

    /** FSDP whose weights stay gathered once they are, by the names that people give to that beside its strategy's. */
    private static final String NO_RESHARD = "reshard_after_forward[ =:]*(?:never|false)"
            + "|fsdp2?[ ,(-]*(?:no[ -]reshard|(?:zero|stage)[ _=:-]?2(?!\\d))";

    /** A stage of ZeRO that is FSDP's. */
    private static final String FSDP_STAGE = NO_RESHARD + "|fsdp2?[ ,(-]*zero";

    /** Beside tensor parallelism; without it, rows that GPUs share after DeepSpeed Ulysses. */
    private static final String SEQUENCE_PARALLEL = "sequence[ _-]parallel(?:ism)?";

    /** Megatron's name for states that replicas share out, an option of it. */
    private static final String DISTRIBUTED_OPTIMIZER = "(?:use[ _-])?distributed[ _-]optim(?:izer)?";

    private static final Pattern GRADIENT_SHARD = Pattern.compile("shard[ _-]?grad|no[ -]reshard|" + NO_RESHARD);

    /** What says in another column how weights are shared out; DeepSpeed alone does not say the stage. */
    private static final Pattern SHARDED = Pattern.compile(
            "fsdp|\\bhsdp|(?:zero|(?<![a-z])z)[ _=:-]*[123](?!\\d)" + "|(?:full|hybrid)[ _-]?shard|shard[ _-]?grad");

    private static final Pattern KNOWN = Pattern.compile(
            "none|\\bno\\b|single|dp|data|replica|zero|stage|deepspeed|\\bds\\b"
                    + "|(?<![a-z])z[ _=:-]*[123]|shard|other|device_map|naive|(?<![a-z])(?:tp|pp|ep|sp|cp)\\s*[=:]?\\s*\\d");

    /** What the column of the optimizer has of it: "AdamW (CPU offload)", "DeepSpeedCPUAdam"; half of the states are not the states. */
    private static final String STEPS_ON_HOST =
            "off-?load(?:ed|ing)?(?! rows)|(?:(?<!half the states )\\bon |deepspeed[ _-]?)cpu|cpu[ _-]?(?:adam|fused)";

    /** An offload that leaves weights and moments where they are. */
    private static final Pattern ACTIVATION_OFFLOAD =
            Pattern.compile("(?<![a-z])act(?:ivation)?s?[ _-](?:cpu[ _-])?off-?load(?:ing|ed)?"
                    + "|off-?load(?:ing|ed)?[ _-](?:of[ _-])?(?:the[ _-])?act(?:ivation)?s?(?![a-z])");

    /** Replicas that share out nothing. */
    private static final Pattern ALIKE = Pattern.compile("\\bddp\\b");

    /** How many GPUs share states where nobody says: mostly those of a machine of eight. Judgement. */
    private static final List<Integer> COUNTS = List.of(4, 8, 8, 16);

    /** The same by DeepSpeed's files of settings, which serve on one GPU, too. */
    private static final List<Integer> COUNTS_OF_STAGES = List.of(1, 2, 4, 8, 8);

    private final RunRow row;
    private final String text;

    RunSpread(RunRow row) {
        this.row = row;
        this.text = text(row);
    }

    /** The column's text; that of the framework or the method where it is empty, and that of the notes where it is "other", if they say it. */
    private static String text(RunRow row) {
        String text = row.lower("parallelism");
        if (text.equals("other")) {
            text = inNotes(row).orElse(text);
        }
        if (text.isEmpty()) {
            String elsewhere = (row.text("framework") + ' ' + row.text("method")).toLowerCase(Locale.ROOT);
            text = row.gpuCount() > 1 && SHARDED.matcher(elsewhere).find() ? elsewhere : "";
        }
        return abbreviated(text);
    }

    private static String abbreviated(String text) {
        String shorter = text;
        for (Map.Entry<String, String> kind : DEGREES_IN_WORDS.entrySet()) {
            shorter = shorter.replaceAll(kind.getKey() + "(?:[ _-](?:size|degree))?", kind.getValue());
        }
        return shorter.replaceAll(
                        "sequence[ _-]?parallel(?:ism)?[ _-](?:size|degree)", "sp") // without those, Megatron's option
                .replaceAll("(?<=\\d)x(?=[a-z])", " "); // tp2xpp2
    }

    /** Degrees that the notes say, "TP2 CP2 PP8" or "ZeRO-2 over DP96, TP2", and that the GPUs suffice for. */
    private static Optional<String> inNotes(RunRow row) {
        RunNotes notes = new RunNotes(abbreviated(row.lower("notes")));
        List<String> said =
                NOTED.stream().map(notes::first).flatMap(Optional::stream).toList();
        long gpus = said.stream()
                .mapToLong(degree -> Long.parseLong(degree.replaceAll("\\D", "")))
                .reduce(1, (a, b) -> a * b);
        if (said.isEmpty() || gpus > row.gpuCount()) {
            return Optional.empty();
        }
        String stage = notes.first(NOTED_STAGE).map(zero -> ' ' + zero).orElse("");
        return Optional.of(String.join(" ", said) + stage);
    }

    /**
     * What is shared out and by which degrees the model is divided.
     *
     * @throws IllegalArgumentException if that takes more GPUs than the row has
     */
    Parallelism parallelism() {
        int tensor = degree("tp");
        int pipeline = degree("pp");
        int count = gpuCount(tensor * pipeline);
        int expert = degree("ep");
        int said = Math.max(degree("sp"), degree("cp"));
        int sequence = said * tensor * pipeline > 1 ? said : modelParallel();
        if ((long) tensor * pipeline > count || expert > count || sequence > count) {
            throw new IllegalArgumentException(
                    "parallelism \"" + row.text("parallelism") + "\" needs more GPUs than the row has: " + count);
        }
        int replicas = count / (tensor * pipeline);
        Integer degree = shardDegree(replicas, sequence);
        return new Parallelism(count, sharding(degree, replicas), tensor, pipeline, expert, sequence, degree);
    }

    /**
     * GPUs of the run. Where their number is not said, but that replicas share states, they are taken for a machine, at the least. One alone may
     * offload what it would share.
     */
    private int gpuCount(int ofAModel) {
        return isCountOpen() ? Math.max(Parallelism.GPUS_OF_A_MACHINE, ofAModel) : row.gpuCount();
    }

    private boolean isCountOpen() {
        if (row.number("gpus").isPresent()) {
            return false;
        }
        Sharding sharding = sharding(null, 1);
        boolean isShared = sharding != Sharding.NONE && sharding != Sharding.LAYERS;
        return isShared && !(isByStages(sharding) && offloadsOptimizer());
    }

    /** How many GPUs there may be; empty where that is said, or by how many the model is divided. */
    List<Integer> gpuCounts() {
        boolean isDivided = DEGREE.matcher(text).find() || parallelism().shardDegree() != null || modelParallel() > 1;
        if (isDivided || !isCountOpen()) {
            return List.of();
        }
        return isByStages(sharding(null, 1)) ? COUNTS_OF_STAGES : COUNTS;
    }

    private boolean isByStages(Sharding sharding) {
        return row.framework().framework(isZero(sharding)) == Framework.DEEPSPEED || text.contains("zero");
    }

    private static Pattern degreePattern(String kind) {
        return Pattern.compile("(?<![a-z])(?:dp|data[ _-]?parallel)[ _-]?" + kind
                + "(?:[ _-]?(?:size|degree|dim))?[ =:]{0,3}(-1|\\d{1,6})(?!\\d)");
    }

    /** Replicas that share one copy of the states, where degrees are said; those that share the tokens of a row share states, too. */
    private @Nullable Integer shardDegree(int replicas, int sequence) {
        boolean areInNotes =
                !saysDegrees(text) && !OTHER_THAN_DEGREES.matcher(text).find();
        String said = areInNotes ? row.lower("notes") : text;
        if (!saysDegrees(said)) {
            return null;
        }
        int shards = said(SHARD, said);
        long each = shards > 0 ? (long) shards * sequence : replicas / Math.max(1, said(REPLICATE, said));
        return (int) Math.max(1, Math.min(replicas, each));
    }

    private static boolean saysDegrees(String said) {
        return SHARD.matcher(said).find() || REPLICATE.matcher(said).find();
    }

    /** The degree that is said; -1 for none. */
    private static int said(Pattern degree, String said) {
        Matcher matcher = degree.matcher(said);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : -1;
    }

    private Sharding sharding(@Nullable Integer degree, int replicas) {
        boolean isHybrid = degree == null ? HYBRID_SHARD.matcher(text).find() : degree > 1 && degree < replicas;
        if (isHybrid) { // before ZeRO: HYBRID_SHARD_ZERO2 is FSDP's
            return Sharding.HYBRID;
        }
        if (degree != null && degree == 1 && replicas > 1) {
            return Sharding.NONE;
        }
        if (!text.contains("deepspeed") && leavesWeightsGathered()) {
            return Sharding.FSDP_GRADIENTS;
        }
        Matcher stage = STAGE.matcher(text);
        boolean hasStage = stage.find();
        boolean isBare =
                hasStage && !text.contains("fsdp") && !PIPELINE.matcher(text).find(); // others have stages, too
        if (text.contains("zero") || text.contains("deepspeed") || isBare) {
            String said = hasStage ? stage.group(1) : text;
            Sharding zero = said.contains("3") ? Sharding.ZERO3 : said.contains("2") ? Sharding.ZERO2 : Sharding.ZERO1;
            return isZero(zero) ? zero : ofFsdp(zero);
        }
        if (degree != null || text.contains("fsdp") || FULL_SHARD.matcher(text).find()) {
            return Sharding.FSDP;
        }
        boolean isMegatron = row.framework().framework(false) == Framework.MEGATRON; // its layers never work in turns
        boolean isByLayers =
                (text.equals("other") && !isMegatron && !row.notes().say("dataparallel"))
                        || text.contains("device_map")
                        || text.contains("naive");
        if (isByLayers) {
            return Sharding.LAYERS;
        }
        return isMegatron && sharesOptimizer() ? Sharding.ZERO1 : Sharding.NONE;
    }

    /** An option of Megatron that recipes set (use_distributed_optimizer). */
    private boolean sharesOptimizer() {
        RunNotes optimizer = new RunNotes(row.text("optimizer"));
        Boolean said = said().tell(DISTRIBUTED_OPTIMIZER);
        return said != null
                ? said
                : optimizer.say(DISTRIBUTED_OPTIMIZER) || row.framework().isOfRecipes();
    }

    /** Whether FSDP does, by the column, or by the notes where that names no other stage and no other kind of replicas. */
    private boolean leavesWeightsGathered() {
        Matcher stage = STAGE.matcher(text);
        boolean isOpen = stage.find() ? stage.group(1).equals("2") : text.isEmpty() || text.contains("fsdp");
        return GRADIENT_SHARD.matcher(text).find()
                || (isOpen && !isOfDeepSpeed() && row.notes().say(NO_RESHARD));
    }

    /** What FSDP has like a stage of ZeRO; nothing like the first. */
    private static Sharding ofFsdp(Sharding zero) {
        return switch (zero) {
            case ZERO2 -> Sharding.FSDP_GRADIENTS;
            case ZERO3 -> Sharding.FSDP;
            default -> zero;
        };
    }

    /** GPUs that share tokens or matrices, nobody says which: taken for tokens, since weights that lie whole are the safe side. */
    private int modelParallel() {
        return (int) row.notes().number("\\btp\\*cp=(\\d{1,3})\\b").orElse(1);
    }

    /** What column and notes say. */
    private RunNotes said() {
        return new RunNotes(row.text("parallelism") + "; " + row.text("notes"));
    }

    /** Whether tensor parallelism shares out what flows between layers, too; recipes set that. */
    @Nullable
    Boolean sharesStream() {
        RunNotes said = said();
        Boolean told = said.tell(SEQUENCE_PARALLEL);
        boolean isUnsaid = told == null && !said.tellBoth(SEQUENCE_PARALLEL);
        return (isUnsaid && row.framework().isOfRecipes()) ? Boolean.TRUE : told;
    }

    private int degree(String kind) {
        Matcher matcher = DEGREE.matcher(text);
        while (matcher.find()) {
            if (matcher.group(1).equals(kind)) {
                return Math.max(1, Integer.parseInt(matcher.group(2)));
            }
        }
        return 1;
    }

    /** What replicas may share out where {@code sharding} leaves it open: nothing where DeepSpeed's stage 0 is said, as which it has DDP. */
    List<Sharding> shardings(Framework framework, Sharding sharding) {
        boolean isStageNought = framework == Framework.DEEPSPEED
                && sharding == Sharding.NONE
                && ALIKE.matcher(text).find();
        return isStageNought ? List.of(Sharding.NONE) : List.of();
    }

    /**
     * Whether DeepSpeed shares that out, by its name or else by that of its stages: FSDP has strategies like the second and the third, which
     * people call so, and moments in bfloat16 are none of DeepSpeed's. Notes may compare it with FSDP.
     */
    boolean isZero(Sharding sharding) {
        boolean isFsdp = row.notes().say(FSDP_STAGE) || row.lower("framework").contains("fsdp");
        return switch (sharding) {
            case ZERO1, ZERO2, ZERO3 ->
                text.contains("deepspeed") || isOfDeepSpeed() || !(isFsdp || new RunMethod(row).hasHalfMoments());
            default -> false;
        };
    }

    /** Whether the framework's name says so, and names no other that shares out. */
    private boolean isOfDeepSpeed() {
        String framework = row.lower("framework");
        return framework.contains("deepspeed") && !framework.contains("fsdp");
    }

    boolean offloadsOptimizer() {
        return row.notes().offloadsOptimizer() || offloads() || new RunNotes(row.text("optimizer")).say(STEPS_ON_HOST);
    }

    boolean offloadsWeights(Sharding sharding) {
        boolean isFsdp =
                sharding == Sharding.FSDP || sharding == Sharding.FSDP_GRADIENTS || sharding == Sharding.HYBRID;
        boolean sharesWeights = sharding == Sharding.ZERO3 || isFsdp;
        return row.notes().offloadsWeights()
                || (isFsdp && row.notes().say(RunNotes.CPU_OFFLOAD))
                || (sharesWeights && offloadsAll());
    }

    /** DeepSpeed's and FSDP's offload, of all that they share out; not that of activations. */
    private boolean offloads() {
        return new RunNotes(ACTIVATION_OFFLOAD.matcher(text).replaceAll(""))
                .say("(?:(?:cpu|optim(?:izer)?|param(?:eter)?s?|weights?)[ _-])?off-?load");
    }

    /** Whether that is not of the optimizer alone: "zero3 offload_optimizer". */
    private boolean offloadsAll() {
        RunNotes said = new RunNotes(text);
        return offloads() && (!said.say("optim") || said.say("param|weight"));
    }

    /** A model that no GPU of several can hold alone was shared out where it ran, though nobody says how. */
    TrainingSetup sharedOut(TrainingSetup said, @Nullable Architecture architecture, @Nullable Gpu gpu) {
        boolean isSaid = KNOWN.matcher(text).find() || said.parallelism().sharding() != Sharding.NONE;
        if (isSaid || row.ranOutOfMemory() || said.parallelism().gpus() == 1 || architecture == null || gpu == null) {
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
            case INT8, FP8 -> 1;
            case NF4, NF4_DOUBLE, INT4 -> 0.5;
        };
    }

    /** Bytes of gradient and moments for each weight, in half precision; adapters have few, and other optimizers than Adam may have none. */
    private static double leastStateBytes(TrainingSetup setup) {
        Optimizer optimizer = setup.optimizer();
        boolean isPlain = optimizer == null
                || optimizer == Optimizer.ADAMW
                || optimizer == Optimizer.ADAMW_ONE_BY_ONE
                || optimizer == Optimizer.ADAMW_FUSED;
        return setup.method() == Method.FULL && isPlain && !setup.offloadsOptimizer() ? 6 : 0;
    }
}
