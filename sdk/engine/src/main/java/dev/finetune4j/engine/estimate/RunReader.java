package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.Parallelism.Sharding;
import dev.finetune4j.engine.estimate.TrainingSetup.Attention;
import dev.finetune4j.engine.estimate.TrainingSetup.Checkpointing;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Loss;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a row of the table of published runs: what was trained how, and what came out. */
final class RunReader {
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

    /** Liger's patches of Transformers: its fused loss is on unless it is said to be off, or other kernels of it alone are named. */
    private static final String LIGER = "(?<![a-z_])(?:[a-z]{1,12}_){0,2}liger(?![a-z])"
            + "(?!(?:[ _-]kernels?)?(?: (?:for|of|on))?[ _-](?:the )?(?:cross|rope|rms|swiglu|ge?glu|glu|layer|norm))"
            + "(?:[ _-]kernels?)?(?:[ _-]fused[ _-]linear[ _-]cross[ _-]entropy)?";

    /** Behind {@link #LIGER}: not where its loss alone is named. */
    private static final String NOT_ITS_LOSS_ALONE =
            "(?<!cross[ _-]entropy)(?!(?:'s)?[ _-](?:kernels?[ _-])?(?:fused[ _-](?:linear|cross|ce\\b|loss)|flce|loss))";

    /** Liger's kernels of the layers that spare memory: norms, and activation functions with their gate; rotations keep no less. */
    private static final String LIGER_LAYERS =
            "liger(?:[ _-]kernels?)?(?: (?:for|of|on))?[ _-](?:the )?(?:rope(?: and|,) )?(?:rms|layer|swiglu|ge?glu|glu|norm)(?:[ _-]?norm)?(?:[ _-]activation)?"
                    + "(?:[ _-]function)?";

    /** The same layers of others: those of flash-attention, of xFormers and of Apex. */
    private static final String FUSED_LAYERS = "\\bfused[ _-](?:rms[ _-]?norm|layer[ _-]?norm|swiglu)\\b";

    private static final String FUSED_CROSS_ENTROPY =
            "fused[ _-](?:linear[ _-])?(?:cross(?:[ _-]?entropy)?|ce\\b)(?:[ _-]loss)?";

    private static final String FUSED_LINEAR_CROSS_ENTROPY = "fused[ _-]linear[ _-](?:cross|ce\\b)";

    /** Attention that writes its scores out: SDPA does, too, where no kernel is there that does not. */
    private static final String WRITTEN_SCORES = "^(?:eager|math|naive|explicit|manual)\\b|\\bno flash\\b";

    /** Layers that are computed again, all of them or all of their inside: "full, block 1". */
    private static final String EVERY_LAYER = "^(?:full\\b|(?:all|every|each|per)[ -](?:layer|block)s?\\b)";

    private static final String CHECKPOINTING =
            "(?:(?:activation|gradient)[ _-](?:checkpointing|recomputation)|(?<![\\w-])recomput(?:e|ation)(?![\\w-]))";

    private static final String CHECKPOINTING_IS = CHECKPOINTING + "[ =:]{1,3}(?:is |was )?";

    /** Also where nothing but its being on and off tells which checkpoints are meant. */
    private static final String ANY_CHECKPOINTING = CHECKPOINTING + "|(?<![\\w-])checkpointing";

    /** Checkpoints of activations in the host's memory; not those of the run on a disk. */
    private static final String OFFLOADED_CHECKPOINTS = "act(?:ivation)?s?[ _-](?:cpu[ _-])?off-?load(?:ing|ed)?"
            + "|off-?load(?:ing|ed)?[ _-](?:of[ _-])?(?:the[ _-])?act(?:ivation)?s?(?![a-z])"
            + "|(?:activation|gradient)[ _-]checkpoint(?:s|ing)?[ _-](?:are |were )?(?:cpu[ _-])?off-?load(?:ing|ed)?"
            + "|checkpoint(?:ing)?[ _-]off-?load(?:ing)?+(?! to\\b)"
            + "|checkpoint(?:s|ing)? (?:are |were )?off-?load(?:ing|ed)? (?:in)?to (?:the )?(?:cpu|host|ram)";

    private final GpuTable gpus;
    private final ModelNames names;
    private final int number;
    private final RunRow row;
    private final RunMethod method;
    private final RunTargets targets;
    private final RunSpread spread;
    private final RunLengths lengths;

    private RunReader(GpuTable gpus, ModelNames names, CsvTable.Row row, int number) {
        this.gpus = gpus;
        this.names = names;
        this.number = number;
        this.row = new RunRow(row);
        this.row.check();
        this.method = new RunMethod(this.row);
        this.targets = new RunTargets(this.row);
        this.spread = new RunSpread(this.row);
        this.lengths = new RunLengths(this.row);
    }

    /**
     * Reads a row.
     *
     * @throws IllegalArgumentException if it names no model, or a column of numbers holds something else, or what cannot be
     */
    static PublishedRun read(GpuTable gpus, ModelNames names, CsvTable.Row row, int number) {
        return new RunReader(gpus, names, row, number).run();
    }

    private PublishedRun run() {
        String model = row.text("model");
        if (model.isEmpty()) {
            throw new IllegalArgumentException("model is empty");
        }
        Architecture architecture = architecture(model);
        Optional<Method> trained = method.method();
        Gpu gpu = gpus.find(row.text("gpu")).orElse(null);
        TrainingSetup setup = trained.isEmpty() ? null : spread.sharedOut(setup(trained.get()), architecture, gpu);
        RunFigures figures = new RunFigures(gpus, names, row, lengths, architecture, setup, gpu);
        String source = row.text("source");
        boolean isMixture = architecture != null && architecture.experts() != null;
        return new PublishedRun(
                number,
                source,
                FAMILIES.getOrDefault(source, source),
                model,
                architecture,
                setup,
                gpu,
                figures.memory(),
                figures.counted(),
                figures.speed(),
                figures.wallTime(),
                setup == null ? OptionalDouble.empty() : lengths.tokensTrained(setup),
                setup != null && isComplete(setup) && !isMixture,
                row.ranOutOfMemory(),
                !row.ranOutOfMemory() && !row.notes().hasNoResult());
    }

    /** As the name says it, or else the sizes in the notes, or else a guess; null for a model that the formulas do not describe. */
    private @Nullable Architecture architecture(String model) {
        OptionalDouble billions = row.number("params_b");
        Optional<Architecture> named = names.find(model, billions);
        boolean isKnown = named.isPresent() && !named.get().isInterpolated();
        boolean isOfOwnSizes = isKnown && RunShape.isTold(model);
        if ((isKnown && !isOfOwnSizes) || names.whyUnlike(model, billions).isPresent()) {
            return named.orElse(null);
        }
        return new RunShape(row).said().or(() -> named).orElse(null);
    }

    private TrainingSetup setup(Method trained) {
        Parallelism parallelism = spread.parallelism();
        boolean isQwenScript = row.framework().isQwenScript();
        if (isQwenScript && trained == Method.FULL) {
            parallelism = Parallelism.data(parallelism.gpus(), Sharding.ZERO3);
        }
        Sharding sharding = parallelism.sharding();
        Framework framework = row.framework().framework(spread.isZero(sharding));
        boolean isOfMosaic = row.framework().isOfMosaic() && !row.lower("model").contains("mpt");
        if (isOfMosaic && framework == Framework.TUNED) {
            framework = Framework.HUGGING_FACE;
        }
        // Qwen ships finetune_ds.sh and finetune_qlora_ds.sh: both under DeepSpeed, the first as ZeRO-3.
        if (isQwenScript && (trained == Method.FULL || trained == Method.QLORA)) {
            framework = Framework.DEEPSPEED;
        }
        return TrainingSetup.of(trained, framework, parallelism)
                .edit()
                .rank(row.whole("lora_rank"))
                .targets(targets.targets(trained, framework))
                .hasDora(method.hasDora())
                .trainsEmbeddings(targets.trainsEmbeddings())
                .trainableParameters(targets.trainableParameters(trained))
                .weights(method.weights(trained, framework))
                .arithmetic(method.arithmetic())
                .optimizer(method.optimizer(framework))
                .microBatch(row.whole("micro_batch"))
                .accumulation(lengths.accumulation(parallelism))
                .capTokens(row.whole("seq_len"))
                .isPacked(lengths.isPacked())
                .longestTokens(lengths.longest())
                .meanTokens(lengths.mean())
                .checkpointing(checkpointing())
                .attention(attention())
                .loss(loss(framework))
                .isCompiled(isCompiled(framework))
                .hasFusedKernels(
                        row.notes().hasFusedKernels() || row.framework().isOfCuda())
                .hasLeanLayers(hasLeanLayers())
                .hasTransformerEngine(
                        row.framework().hasTransformerEngine() || row.notes().hasTransformerEngine())
                .hasSinglePrecisionEdges(row.notes().preparesForFewBits())
                .shardings(spread.shardings(framework, sharding))
                .offloadsOptimizer(spread.offloadsOptimizer())
                .offloadsWeights(spread.offloadsWeights(sharding))
                .sharesStream(spread.sharesStream())
                .build();
    }

    /** Whether layers run under torch.compile; null where nobody says so of code that is tuned, where kernels are fused one way or another. */
    private @Nullable Boolean isCompiled(Framework framework) {
        Boolean said = row.notes().isCompiled();
        if (said != null) {
            return said;
        }
        boolean isByDefault = row.framework().isCompiled();
        boolean isOpen = framework == Framework.TUNED && !isByDefault;
        return isOpen ? null : Boolean.valueOf(isByDefault);
    }

    private @Nullable Checkpointing checkpointing() {
        RunNotes said = new RunNotes(row.text("activation_checkpointing"));
        if (said.say("unsloth|off-?load") || row.notes().say(OFFLOADED_CHECKPOINTS)) {
            return Checkpointing.FULL_OFFLOADED;
        }
        if (said.say("selective")) { // "yes (selective)", too
            return Checkpointing.SELECTIVE;
        }
        if (said.say(EVERY_LAYER) || row.saysYes("activation_checkpointing")) {
            return Checkpointing.FULL;
        }
        if (row.saysNo("activation_checkpointing")) {
            return Checkpointing.NONE;
        }
        boolean isInNotes = row.text("activation_checkpointing").isEmpty();
        if (isInNotes && row.notes().tellBoth(ANY_CHECKPOINTING)) {
            return null;
        }
        Checkpointing inNotes = isInNotes ? checkpointingInNotes() : null;
        return inNotes != null ? inNotes : row.framework().checkpointing();
    }

    private @Nullable Checkpointing checkpointingInNotes() {
        RunNotes notes = row.notes();
        if (notes.say(CHECKPOINTING_IS + "selective|selective activation checkpointing")) {
            return Checkpointing.SELECTIVE;
        }
        boolean isOff =
                notes.deny(CHECKPOINTING) || notes.say(CHECKPOINTING_IS + "(?:off|disabled|inactive|none|false)\\b");
        if (isOff) {
            return Checkpointing.NONE;
        }
        boolean isOn = notes.say(CHECKPOINTING_IS + "(?:on|enabled|active|full|yes|true)\\b");
        return isOn ? Checkpointing.FULL : null;
    }

    private @Nullable Attention attention() {
        String text = row.lower("flash_attention");
        if (text.isEmpty()) {
            return null;
        }
        boolean isWritten = row.saysNo("flash_attention") || new RunNotes(text).say(WRITTEN_SCORES);
        return isWritten ? Attention.EAGER : Attention.FUSED;
    }

    private @Nullable Loss loss(Framework framework) {
        RunNotes notes = row.notes();
        if (notes.say("whole logits|logits not chunked|plain cross[ -]entropy")) {
            return Loss.STOCK;
        }
        boolean isFused =
                Stream.of(notes, new RunNotes(row.text("framework"))).anyMatch(said -> saysFusedLoss(said, framework));
        if (isFused && !notes.deny(LIGER + '|' + FUSED_CROSS_ENTROPY)) {
            return Loss.FUSED;
        }
        if (notes.say("chunked[ _-]?(ce|cross|loss)|\\bloss chunks\\b")) {
            return Loss.CHUNKED;
        }
        return framework == Framework.TORCHTUNE && notes.say("ablation step") ? Loss.STOCK : null;
    }

    /** Whether logits are never written out. Megatron's fused cross entropy is one kernel over logits that are there (cross_entropy_loss_fusion). */
    private static boolean saysFusedLoss(RunNotes said, Framework framework) {
        String crossEntropy = framework == Framework.MEGATRON ? FUSED_LINEAR_CROSS_ENTROPY : FUSED_CROSS_ENTROPY;
        return said.say(LIGER + '|' + crossEntropy
                        + "|fused (chunked )?(lm[ -]?)?head|cut[ _-]cross|(?<![a-z])cce(?![a-z])" + "|chunked[ _-]nll")
                || said.say("(no|without) (full|whole) logits");
    }

    /** Liger as a whole patches layers and loss; its kernels alone, those that are named. */
    private boolean hasLeanLayers() {
        RunNotes notes = row.notes();
        boolean isSaid = Stream.of(notes, new RunNotes(row.text("framework")))
                .anyMatch(said ->
                        said.say(FUSED_LAYERS) || said.say(LIGER_LAYERS) || said.say(LIGER + NOT_ITS_LOSS_ALONE));
        return isSaid && !notes.deny(LIGER + NOT_ITS_LOSS_ALONE);
    }

    private boolean isComplete(TrainingSetup setup) {
        boolean knowsLengths = setup.longestTokens() != null && setup.capTokens() != null;
        return knowsLengths
                && !setup.offloadsOptimizer()
                && !setup.offloadsWeights()
                && setup.parallelism().sequence() == 1
                && setup.shardings().size() <= 1 // one alone is said
                && !row.notes().say("probably differ|vision|tower");
    }
}
