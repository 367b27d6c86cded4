package dev.finetune4j.training.model.decoder;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.ModelProblems;
import dev.finetune4j.training.model.NumberFormats;
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
            DecoderShape shape, TrainedSizes trained, PackedSizes packed, Settings settings, NumberFormats formats) {
        return new Choice(shape, trained, packed, settings, formats).plan();
    }

    /** The place of the level among the levels. */
    int recomputeLevel() {
        return FASTEST_FIRST.indexOf(recompute);
    }

    private record Choice(
            DecoderShape shape, TrainedSizes trained, PackedSizes packed, Settings settings, NumberFormats formats) {
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
            Precision precision = formats.ofSteps(settings.precision());
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
                    - MemoryForecast.runtimeBytes(bytes(precision), formats.cpu(), shape)
                    + Math.max(
                            MemoryForecast.runtimeBytes(bytes(precision), formats.cpu(), shape),
                            MemoryForecast.runtimeBytes(bytes(trained), formats.cpu(), shape));
            if (peak > settings.memoryBytes()) {
                throw answersTooLarge(precision, peak);
            }
            return peak;
        }

        private Precision answerPrecision() {
            return formats.ofAnswers(
                    settings.precision(),
                    settings.memoryBytes(),
                    each -> answers(each).peakBytes());
        }

        private MemoryForecast steps(Precision precision) {
            return new MemoryForecast(
                    shape, trained, packed.in(precision), bytes(precision), formats.cpu(), settings.maxBatchTokens());
        }

        private AnswerForecast answers(Precision precision) {
            return new AnswerForecast(
                    shape,
                    trained.isWhole() ? TrainedSizes.NOTHING : trained.withGradients(1),
                    packed.in(precision),
                    bytes(precision),
                    formats.cpu(),
                    Math.max(1, settings.passageTokens()),
                    settings.textTokens());
        }

        private FineTuneException trainingTooLarge(MemoryForecast steps, Recompute level, Precision precision) {
            long tokens = Math.max(1, steps.tokens() / 2);
            MemoryForecast half =
                    new MemoryForecast(shape, trained, steps.packed(), steps.bytes(), formats.cpu(), tokens);
            var problem = tooLarge(
                            "training",
                            steps.peakBytes(level),
                            precision,
                            "micro-batches of up to " + steps.tokens() + " tokens, recompute "
                                    + level.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .at(Location.ofKey("training.batch-size"))
                    .because("the largest part is " + steps.largestPart(level))
                    .because("half the tokens would need " + ModelProblems.gigabytes(half.peakBytes(level)))
                    .remedy("training.batch-size: 1")
                    .remedy("training.max-tokens: " + tokens);
            if (level != Recompute.LAYER) {
                problem.remedy("training.recompute: layer");
            } else if (precision == Precision.FP32
                    && !trained.isWhole()
                    && steps(Precision.BF16).peakBytes(level) < steps.peakBytes(level)) {
                problem.remedy(formats.narrowSetting());
            }
            if (trained.isWhole()) {
                problem.remedy("method: lora");
            }
            return problem.asException();
        }

        private FineTuneException answersTooLarge(Precision precision, long peakBytes) {
            var problem = tooLarge(
                            "answering", peakBytes, precision, "texts of up to " + settings.textTokens() + " tokens")
                    .at(Location.ofKey("training.max-tokens"));
            if (precision == Precision.FP32 && answers(Precision.BF16).peakBytes() < peakBytes) {
                problem.remedy(formats.narrowSetting());
            }
            return problem.remedy("training.max-tokens: " + Math.max(1, settings.textTokens() / 2))
                    .asException();
        }

        private Problem.Builder tooLarge(String what, long peakBytes, Precision precision, String tokens) {
            return ModelProblems.tooLarge(
                    what, peakBytes, settings.memoryBytes(), shape.parameters(), precision, tokens);
        }

        private static int bytes(Precision precision) {
            return precision == Precision.BF16 ? 2 : Float.BYTES;
        }
    }
}
