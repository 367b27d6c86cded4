package dev.finetune4j.training.model.decoder;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.ModelProblems;
import dev.finetune4j.training.model.internal.CpuFeatures;
import java.util.List;
import java.util.Locale;

/**
 * How a model is held so that it fits the memory, decided before anything is allocated.
 *
 * @param precision the number format
 * @param recompute what the backward pass computes again; {@link Recompute#LAYER}, the smallest, where nothing is learned
 * @param headChunk rows of logits at a time
 * @param peakBytes resident memory of the process foreseen at its peak, of training or of the answers after it
 * @param largestPart what takes most of it, in words; empty where nothing is learned
 */
record MemoryPlan(Precision precision, Recompute recompute, int headChunk, long peakBytes, String largestPart) {
    /** Levels from the fastest to the smallest, whose places are the numbers by which the script knows them. */
    static final List<Recompute> FASTEST_FIRST = List.of(Recompute.NONE, Recompute.FEED_FORWARD, Recompute.LAYER);

    /**
     * Decides what the settings leave open.
     *
     * @throws FineTuneException with FT0601 if nothing that the settings allow fits
     */
    static MemoryPlan of(
            DecoderShape shape, TrainedSizes trained, PackedSizes packed, Settings settings, CpuFeatures cpu) {
        return new Choice(shape, trained, packed, settings, cpu).plan();
    }

    /** The place of the level among the levels. */
    int recomputeLevel() {
        return FASTEST_FIRST.indexOf(recompute);
    }

    private record Choice(
            DecoderShape shape, TrainedSizes trained, PackedSizes packed, Settings settings, CpuFeatures cpu) {
        MemoryPlan plan() {
            return settings.purpose() == Purpose.ANSWER ? answering() : training();
        }

        private MemoryPlan answering() {
            Precision precision = answerPrecision();
            long peak = answers(precision).peakBytes();
            if (peak > settings.memoryBytes()) {
                throw answersTooLarge(precision, peak);
            }
            return new MemoryPlan(precision, Recompute.LAYER, answers(precision).logitRows(), peak, "");
        }

        private MemoryPlan training() {
            Precision precision = precision();
            MemoryForecast steps = steps(precision);
            List<Recompute> allowed =
                    settings.recompute() == Recompute.AUTO ? FASTEST_FIRST : List.of(settings.recompute());
            Recompute level = allowed.stream()
                    .filter(each -> steps.peakBytes(each) <= settings.memoryBytes())
                    .findFirst()
                    .orElseThrow(() -> trainingTooLarge(steps, allowed.get(allowed.size() - 1), precision));
            return new MemoryPlan(
                    precision,
                    level,
                    steps.headChunk(),
                    Math.max(steps.peakBytes(level), answersAfterTraining(precision)),
                    steps.largestPart(level));
        }

        /** 0 where no answers follow. What the steps left compiled stays, whatever number format the answers take. */
        private long answersAfterTraining(Precision trained) {
            if (settings.textTokens() == 0) {
                return 0;
            }
            Precision precision = answerPrecision();
            long peak = answers(precision).peakBytes()
                    - MemoryForecast.runtimeBytes(bytes(precision), cpu, shape)
                    + Math.max(
                            MemoryForecast.runtimeBytes(bytes(precision), cpu, shape),
                            MemoryForecast.runtimeBytes(bytes(trained), cpu, shape));
            if (peak > settings.memoryBytes()) {
                throw answersTooLarge(precision, peak);
            }
            return peak;
        }

        private Precision precision() {
            if (settings.precision() != Precision.AUTO) {
                return settings.precision();
            }
            return cpu.multipliesBfloat16() ? Precision.BF16 : Precision.FP32;
        }

        private Precision answerPrecision() {
            if (settings.precision() != Precision.AUTO || !cpu.multipliesBfloat16()) {
                return precision();
            }
            long exact = answers(Precision.FP32).peakBytes();
            boolean saves = answers(Precision.BF16).peakBytes() < exact;
            return exact > settings.memoryBytes() && saves ? Precision.BF16 : Precision.FP32;
        }

        private MemoryForecast steps(Precision precision) {
            return new MemoryForecast(shape, trained, packed, bytes(precision), cpu, settings.maxBatchTokens());
        }

        private AnswerForecast answers(Precision precision) {
            return new AnswerForecast(
                    shape,
                    trained.isWhole() ? TrainedSizes.NOTHING : trained,
                    packed,
                    bytes(precision),
                    cpu,
                    Math.max(1, settings.passageTokens()),
                    settings.textTokens());
        }

        private FineTuneException trainingTooLarge(MemoryForecast steps, Recompute level, Precision precision) {
            long tokens = Math.max(1, steps.tokens() / 2);
            MemoryForecast half = new MemoryForecast(shape, trained, packed, steps.bytes(), cpu, tokens);
            var problem = ModelProblems.TOO_LARGE
                    .error("training needs about " + gigabytes(steps.peakBytes(level)) + ", there are "
                            + gigabytes(settings.memoryBytes()))
                    .at(Location.ofKey("training.batch-size"))
                    .because(weights(precision) + ", micro-batches of up to " + steps.tokens() + " tokens, recompute "
                            + level.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .because("the largest part is " + steps.largestPart(level))
                    .because("half the tokens would need " + gigabytes(half.peakBytes(level)))
                    .remedy("training.batch-size: 1")
                    .remedy("training.max-tokens: " + tokens);
            if (level != Recompute.LAYER) {
                problem.remedy("training.recompute: layer");
            } else if (precision == Precision.FP32 && !trained.isWhole()) {
                problem.remedy(cpu.narrowSetting());
            }
            if (trained.isWhole()) {
                problem.remedy("method: lora");
            }
            return problem.asException();
        }

        private FineTuneException answersTooLarge(Precision precision, long peakBytes) {
            var problem = ModelProblems.TOO_LARGE
                    .error("answering needs about " + gigabytes(peakBytes) + ", there are "
                            + gigabytes(settings.memoryBytes()))
                    .at(Location.ofKey("training.max-tokens"))
                    .because(weights(precision) + ", texts of up to " + settings.textTokens() + " tokens");
            if (precision == Precision.FP32) {
                problem.remedy(cpu.narrowSetting());
            }
            return problem.remedy("training.max-tokens: " + Math.max(1, settings.textTokens() / 2))
                    .asException();
        }

        private String weights(Precision precision) {
            return shape.parameters() / 1_000_000 + "M parameters in "
                    + precision.name().toLowerCase(Locale.ROOT);
        }

        private static int bytes(Precision precision) {
            return precision == Precision.BF16 ? 2 : Float.BYTES;
        }

        private static String gigabytes(long bytes) {
            return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
        }
    }
}
