package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.Parallelism.Sharding;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
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
        boolean isOfOwnSizes = isKnown && RunShape.isTold(model, named.get());
        if ((isKnown && !isOfOwnSizes) || names.whyUnlike(model, billions).isPresent()) {
            return named.orElse(null);
        }
        return new RunShape(row)
                .said(isOfOwnSizes ? named.get() : null)
                .or(() -> named)
                .orElse(null);
    }

    private TrainingSetup setup(Method trained) {
        Parallelism parallelism = spread.parallelism();
        boolean isQwenScript = row.framework().isQwenScript();
        if (isQwenScript && trained == Method.FULL) {
            parallelism = Parallelism.data(parallelism.gpus(), Sharding.ZERO3);
        }
        Sharding sharding = parallelism.sharding();
        Framework framework = row.framework().framework(spread.isZero(sharding));
        RunLoss loss = new RunLoss(row);
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
                .checkpointing(new RunCheckpointing(row).checkpointing())
                .attention(new RunAttention(row).attention())
                .loss(loss.loss(framework))
                .isCompiled(isCompiled(framework))
                .hasFusedKernels(
                        row.notes().hasFusedKernels() || row.framework().isOfCuda())
                .hasLeanLayers(loss.hasLeanLayers())
                .hasTransformerEngine(
                        row.framework().hasTransformerEngine() || row.notes().hasTransformerEngine())
                .hasSinglePrecisionEdges(method.hasSinglePrecisionEdges())
                .shardings(spread.shardings(framework, sharding))
                .offloadsOptimizer(spread.offloadsOptimizer())
                .offloadsWeights(spread.offloadsWeights(sharding))
                .sharesStream(spread.sharesStream())
                .gpuCounts(spread.gpuCounts())
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

    private boolean isComplete(TrainingSetup setup) {
        boolean knowsLengths = setup.longestTokens() != null && setup.capTokens() != null;
        return knowsLengths
                && !setup.offloadsOptimizer()
                && !setup.offloadsWeights()
                && setup.parallelism().sequence() == 1
                && setup.shardings().size() <= 1 // one alone is said
                && setup.gpuCounts().isEmpty()
                && !row.notes().say("probably differ|vision|tower");
    }
}
