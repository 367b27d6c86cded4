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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a model is held so that it fits the memory, decided before anything is allocated.
 *
 * @param precision the number format
 * @param recompute what the backward pass computes again; {@link Recompute#LAYER}, the smallest, where nothing is learned
 * @param logits numbers of logits at a time while training
 * @param peakBytes resident memory of the process foreseen at its peak, of training or of the answers after it
 * @param largestPart what takes most of it, in words; empty where nothing is learned
 * @param smaller the number format in which the steps would take less, or null where there is none, and where nothing is learned
 */
record MemoryPlan(
        Precision precision,
        Recompute recompute,
        int logits,
        long peakBytes,
        String largestPart,
        @Nullable Precision smaller) {
    /** Levels from the fastest to the smallest, whose places are the numbers by which the script knows them. */
    static final List<Recompute> FASTEST_FIRST = List.of(Recompute.NONE, Recompute.FEED_FORWARD, Recompute.LAYER);

    private static final String NEW_TOKENS = "evaluation.max-new-tokens";

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
            return settings.purpose().trains() ? training() : answering();
        }

        private MemoryPlan answering() {
            Precision precision = answerPrecision();
            long peak = answers(precision).peakBytes();
            if (peak > settings.memoryBytes()) {
                throw answersTooLarge(precision, peak);
            }
            return new MemoryPlan(precision, Recompute.LAYER, steps(precision).logits(), peak, "", null);
        }

        private MemoryPlan training() {
            Precision precision = stepPrecision();
            MemoryForecast steps = steps(precision);
            Recompute level =
                    fastestLevel(precision).orElseThrow(() -> trainingTooLarge(steps, smallestLevel(), precision));
            return new MemoryPlan(
                    precision,
                    level,
                    steps.logits(),
                    Math.max(steps.peakBytes(level), answersAfterTraining(precision)),
                    steps.largestPart(level),
                    smaller(precision, level).orElse(null));
        }

        /** The other number format, where the steps take less in it: that depends on how the weights are held. */
        private Optional<Precision> smaller(Precision precision, Recompute level) {
            Precision other = other(precision);
            return !trained.isWhole()
                            && steps(other).peakBytes(level) < steps(precision).peakBytes(level)
                    ? Optional.of(other)
                    : Optional.empty();
        }

        private Precision stepPrecision() {
            return formats.fastestThatFits(
                    settings.precision(), each -> fastestLevel(each).isPresent());
        }

        private List<Recompute> allowed() {
            return settings.recompute() == Recompute.AUTO ? FASTEST_FIRST : List.of(settings.recompute());
        }

        private Recompute smallestLevel() {
            return allowed().get(allowed().size() - 1);
        }

        /** Empty where none fits the memory. */
        private Optional<Recompute> fastestLevel(Precision precision) {
            return allowed().stream()
                    .filter(each -> steps(precision).peakBytes(each) <= settings.memoryBytes())
                    .findFirst();
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
            return settings.purpose() == Purpose.ANSWER_EXACTLY
                    ? formats.exactWhereItFits(
                            settings.precision(),
                            settings.memoryBytes(),
                            each -> answers(each).peakBytes())
                    : formats.fastestThatFits(
                            settings.precision(), each -> answers(each).peakBytes() <= settings.memoryBytes());
        }

        private MemoryForecast steps(Precision precision) {
            return new MemoryForecast(
                    shape, trained, packed.in(precision), bytes(precision), formats.cpu(), settings.maxBatchTokens());
        }

        private AnswerForecast answers(Precision precision) {
            return answers(precision, settings.textTokens(), settings.writtenTokens());
        }

        /** Where passages are not continued. */
        private AnswerForecast reading(Precision precision) {
            return answers(precision, 0, 0);
        }

        private AnswerForecast answers(Precision precision, int textTokens, int writtenTokens) {
            return new AnswerForecast(
                    shape,
                    trained.isWhole() ? TrainedSizes.NOTHING : trained.withGradients(1),
                    packed.in(precision),
                    bytes(precision),
                    formats.cpu(),
                    Math.max(1, settings.passageTokens()),
                    textTokens,
                    writtenTokens);
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
            } else {
                smaller(precision, level).ifPresent(other -> problem.remedy(formats.setting(other)));
            }
            if (trained.isWhole()) {
                problem.remedy("method: lora");
            }
            return problem.asException();
        }

        private FineTuneException answersTooLarge(Precision precision, long peakBytes) {
            boolean isOfContinuations = settings.passageTokens() > 0
                    && settings.writtenTokens() > 0
                    && reading(precision).peakBytes() <= settings.memoryBytes();
            boolean isOfPassages = settings.textTokens() == 0;
            int longest = isOfPassages ? settings.passageTokens() : settings.textTokens();
            String read = (isOfPassages ? "passages" : "texts") + " of up to " + longest + " tokens";
            var problem = tooLarge("answering", peakBytes, precision, read)
                    .at(Location.ofKey(isOfContinuations ? NEW_TOKENS : "training.max-tokens"));
            if (answers(other(precision)).peakBytes() < peakBytes) {
                problem.remedy(formats.setting(other(precision)));
            }
            if (isOfContinuations) {
                return problem.remedy(NEW_TOKENS + ": " + Math.max(1, settings.newTokens() / 2))
                        .remedy("delete evaluation.continue-passages")
                        .asException();
            }
            return problem.remedy("training.max-tokens: " + Math.max(1, longest / 2))
                    .asException();
        }

        private static Precision other(Precision precision) {
            return precision == Precision.BF16 ? Precision.FP32 : Precision.BF16;
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
