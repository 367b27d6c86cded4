package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.Architecture.Kind;
import dev.finetune4j.engine.estimate.PublishedRun.Observed;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What came out of a published run: its peak of memory, its speed and how long it took, or why they cannot be compared. */
final class RunFigures {
    private static final double GIB = 1L << 30;
    private static final double GB = 1e9;

    /** A wall time with evaluations in it, which tells no speed of training. */
    private static final String EVALUATED = "\\beval(?:uation)?s?\\b"
            + "(?![^.;,]{0,40}(?:\\b(?:not|never)|n't)\\b[^.;,]{0,20} inside)[^.;,]{0,60} inside\\b";

    /** How many steps the run takes; not how often it does something, nor a part of it. */
    private static final String STEPS =
            "(?<![\\d.,])(?<!\\b(?:every|each|per|first|last|after|within|warmup|log|save|eval) )"
                    + "(?<!\\b(?:mean|average|averaged|avg|median|best|timed|measured|peak) (?:of|over|in|for|across) (?:the )?)"
                    + "(\\d+) steps(?! ?/|[ ](?:per|an?|each|every|of)\\b)";

    private final GpuTable gpus;
    private final ModelNames names;
    private final RunRow row;
    private final RunLengths lengths;
    private final @Nullable Architecture architecture;
    private final @Nullable TrainingSetup setup;
    private final @Nullable Gpu gpu;

    /**
     * Figures of a run.
     *
     * @param architecture null where the model's sizes cannot be found
     * @param setup null where the method is not known
     * @param gpu null where it is not named
     */
    RunFigures(
            GpuTable gpus,
            ModelNames names,
            RunRow row,
            RunLengths lengths,
            @Nullable Architecture architecture,
            @Nullable TrainingSetup setup,
            @Nullable Gpu gpu) {
        this.gpus = gpus;
        this.names = names;
        this.row = row;
        this.lengths = lengths;
        this.architecture = architecture;
        this.setup = setup;
        this.gpu = gpu;
    }

    /** Peak on one GPU, GiB. */
    Observed memory() {
        OptionalDouble each = row.number("peak_mem_gb_per_gpu");
        if (each.isEmpty()) {
            OptionalDouble total = row.notes().number("mem_total_gb=([\\d.]+)");
            each = total.isPresent() ? OptionalDouble.of(total.getAsDouble() / row.gpuCount()) : total;
        }
        boolean hasColumns = each.isPresent()
                && row.whole("micro_batch") != null
                && (row.whole("seq_len") != null || row.dataSet().isPresent());
        if (!hasColumns || row.ranOutOfMemory()) {
            return Observed.absent();
        }
        if (architecture == null || setup == null) {
            return Observed.unusable("memory: " + (architecture == null ? whyShapeless() : whyUntrained()));
        }
        if (row.notes().say("lower bound|card full|suspect")) {
            return Observed.unusable("memory: the note calls the figure a lower bound or suspect");
        }
        boolean isDecimal =
                row.framework().printsDecimalGigabytes() || row.notes().say("unit gb \\(1e9\\)|gb = 1e9|decimal gb");
        return Observed.of(each.getAsDouble() * (isDecimal ? GB / GIB : 1));
    }

    /** What the figure of memory counts; null where nobody says it. */
    @Nullable
    MemoryFigure counted() {
        MemoryFigure said = row.notes().figure();
        return said != null ? said : row.framework().figure();
    }

    /** Tokens a second on one GPU. */
    Observed speed() {
        OptionalDouble each = row.number("tokens_per_s_per_gpu");
        OptionalDouble all = row.number("tokens_per_s");
        if (each.isEmpty() && all.isPresent()) {
            each = OptionalDouble.of(all.getAsDouble() / row.gpuCount());
        }
        if (each.isEmpty() && setup != null) {
            each = derivedSpeed(setup);
        }
        if (each.isEmpty()
                || row.whole("micro_batch") == null
                || row.whole("seq_len") == null
                || row.text("gpu").isEmpty()) {
            return Observed.absent();
        }
        if (architecture == null || setup == null || gpu == null) {
            String why = architecture == null
                    ? whyShapeless()
                    : setup == null
                            ? whyUntrained()
                            : "unknown GPU \"" + row.text("gpu") + "\"; known are " + knownGpus();
            return Observed.unusable("speed: " + why);
        }
        if (row.notes().say("suspect|spectrum|loops over experts|moe loops")) {
            return Observed.unusable("speed: the note calls the figure suspect or a defect of the software");
        }
        return Observed.of(each.getAsDouble());
    }

    /** Tokens a second on one GPU that follow from step or wall time, where rows are as long as printed. */
    private OptionalDouble derivedSpeed(TrainingSetup trained) {
        Integer cap = trained.capTokens();
        boolean isDense = Boolean.TRUE.equals(trained.isPacked()) || lengths.isFullLength();
        if (cap == null || !isDense || row.notes().say("cpu offload")) {
            return OptionalDouble.empty();
        }
        OptionalDouble step = row.notes().number("step_time_s=([\\d.]+)");
        OptionalDouble samples = row.notes().number("samples_per_s=([\\d.]+)");
        OptionalDouble batch = row.number("global_batch");
        OptionalDouble wall = row.number("wall_time_s");
        double gpuSeconds = row.gpuCount();
        if (samples.isPresent()) {
            return OptionalDouble.of(samples.getAsDouble() * cap / gpuSeconds);
        }
        if (step.isPresent() && batch.isPresent()) {
            return OptionalDouble.of(batch.getAsDouble() * cap / step.getAsDouble() / gpuSeconds);
        }
        if (row.notes().say(EVALUATED)) {
            return OptionalDouble.empty();
        }
        OptionalDouble steps = row.notes().number(RunLengths.STEPS);
        if (steps.isEmpty()) {
            steps = row.notes().number(STEPS);
        }
        if (wall.isPresent() && steps.isPresent() && batch.isPresent()) {
            return OptionalDouble.of(steps.getAsDouble() * batch.getAsDouble() * cap / wall.getAsDouble() / gpuSeconds);
        }
        boolean isPadded = architecture != null && architecture.kind() == Kind.ENCODER && lengths.isFullLength();
        OptionalDouble rows = lengths.rowsTrained();
        if (wall.isPresent() && isPadded && rows.isPresent()) {
            return OptionalDouble.of(rows.getAsDouble() * cap / wall.getAsDouble() / gpuSeconds);
        }
        OptionalDouble tokens = row.number("train_tokens");
        return wall.isPresent() && tokens.isPresent()
                ? OptionalDouble.of(
                        tokens.getAsDouble() * row.number("epochs").orElse(1) / wall.getAsDouble() / gpuSeconds)
                : OptionalDouble.empty();
    }

    /** Seconds of the whole run. */
    Observed wallTime() {
        if (row.whyTimeless() != null) {
            return Observed.unusable("wall time: " + row.whyTimeless());
        }
        OptionalDouble wall = row.number("wall_time_s");
        if (wall.isEmpty() || setup == null || gpu == null || row.ranOutOfMemory()) {
            return Observed.absent();
        }
        boolean tellsTokens = lengths.tokensTrained(setup).isPresent();
        if (architecture == null) {
            boolean isUnlike =
                    names.whyUnlike(row.text("model"), row.number("params_b")).isPresent();
            return isUnlike && tellsTokens ? Observed.unusable("wall time: " + whyShapeless()) : Observed.absent();
        }
        if (tellsTokens) {
            return Observed.of(wall.getAsDouble());
        }
        return lengths.isCountedBeforePacking()
                        && setup.meanTokens() != null
                        && lengths.rowsTrained().isPresent()
                ? Observed.unusable("wall time: samples are packed and the notes tell no mean (\"mean 430 tokens\")")
                : Observed.absent();
    }

    private String whyShapeless() {
        String model = row.text("model");
        return names.whyUnlike(model, row.number("params_b"))
                .map(why -> "the formulas do not describe " + model + ": " + why)
                .orElse("no shape is known for " + model + " and params_b is empty");
    }

    private String whyUntrained() {
        return "unknown method \"" + row.text("method") + '"';
    }

    private String knownGpus() {
        return gpus.gpus().stream().map(Gpu::name).collect(Collectors.joining(", "));
    }
}
