package dev.finetune4j.training.model.encoder;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.training.model.ClassifierLoader;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.ModelProblems;
import dev.finetune4j.training.model.NumberFormats;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * How an encoder is held so that it fits the memory, decided before anything is allocated.
 *
 * @param precision the number format
 * @param recompute what the backward pass computes again; {@link Recompute#LAYER}, the smallest, where it does not reach the layers
 * @param peakBytes resident memory of the process foreseen at its peak, of training or of the answers after it
 */
record EncoderMemory(Precision precision, Recompute recompute, long peakBytes) {
    /** Levels from the fastest to the smallest, whose places are the numbers by which the script knows them. */
    private static final List<Recompute> FASTEST_FIRST =
            List.of(Recompute.NONE, Recompute.FEED_FORWARD, Recompute.LAYER);

    /** Of what answers need beside the runtime, the part that is added for what the steps left between the pieces. */
    private static final int LEFT_PART = 8;

    /**
     * Decides what the settings leave open.
     *
     * @throws FineTuneException with FT0601 if nothing that the settings allow fits
     */
    static EncoderMemory of(EncoderShape shape, EncoderMethod method, Settings settings, NumberFormats formats) {
        return new Choice(shape, method, settings, formats).memory();
    }

    /** The place of the level among the levels. */
    int recomputeLevel() {
        return FASTEST_FIRST.indexOf(recompute);
    }

    private record Choice(EncoderShape shape, EncoderMethod method, Settings settings, NumberFormats formats) {
        EncoderMemory memory() {
            return settings.purpose().trains()
                    ? training()
                    : answering(settings.maxBatchTokens(), EncoderForecast::answerBytes);
        }

        private EncoderMemory training() {
            Precision precision = formats.fastest(settings.precision());
            EncoderForecast steps = forecast(precision, settings.maxBatchTokens());
            List<Recompute> allowed;
            if (method.depth() == EncoderMethod.HEAD) {
                allowed = List.of(Recompute.LAYER);
            } else {
                allowed = settings.recompute() == Recompute.AUTO ? FASTEST_FIRST : List.of(settings.recompute());
            }
            Recompute level = allowed.stream()
                    .filter(each -> steps.peakBytes(each) <= settings.memoryBytes())
                    .findFirst()
                    .orElseThrow(() -> trainingTooLarge(steps, allowed.get(allowed.size() - 1)));
            int tokens = ClassifierLoader.answerTokens(shape.config().contextTokens());
            long answers = answering(tokens, after(steps)).peakBytes();
            return new EncoderMemory(precision, level, Math.max(steps.peakBytes(level), answers));
        }

        /** What the steps left compiled stays, whatever number format the answers take. */
        private static ToLongFunction<EncoderForecast> after(EncoderForecast steps) {
            return answers -> {
                long needed = answers.answerBytes() - answers.runtimeBytes();
                return Math.max(steps.runtimeBytes(), answers.runtimeBytes()) + needed + needed / LEFT_PART;
            };
        }

        private EncoderMemory answering(int tokens, ToLongFunction<EncoderForecast> bytes) {
            ToLongFunction<Precision> peaks = each -> bytes.applyAsLong(forecast(each, tokens));
            Precision precision = settings.purpose() == Purpose.ANSWER_EXACTLY
                    ? formats.exactWhereItFits(settings.precision(), settings.memoryBytes(), peaks)
                    : formats.fastestThatFits(
                            settings.precision(), each -> peaks.applyAsLong(each) <= settings.memoryBytes());
            EncoderForecast answers = forecast(precision, tokens);
            long peak = bytes.applyAsLong(answers);
            if (peak > settings.memoryBytes()) {
                throw answersTooLarge(answers, peak);
            }
            return new EncoderMemory(precision, Recompute.LAYER, peak);
        }

        private EncoderForecast forecast(Precision precision, int tokens) {
            return new EncoderForecast(shape, method, precision, formats.cpu(), tokens);
        }

        private FineTuneException trainingTooLarge(EncoderForecast forecast, Recompute level) {
            String tokens = "micro-batches of up to " + forecast.tokens() + " tokens, recompute "
                    + level.name().toLowerCase(Locale.ROOT).replace('_', '-');
            return tooLarge("the encoder", forecast, forecast.peakBytes(level), tokens)
                    .at(Location.ofKey("training.batch-size"))
                    .remedy("training.batch-size: 1")
                    .remedy("training.max-tokens: " + Math.max(1, forecast.tokens() / 2))
                    .asException();
        }

        private FineTuneException answersTooLarge(EncoderForecast answers, long peakBytes) {
            var problem = tooLarge(
                            "answering", answers, peakBytes, "texts of " + answers.tokens() + " tokens side by side")
                    .at(Location.ofKey("training.precision"));
            if (answers.precision() == Precision.FP32) {
                problem.remedy(formats.setting(Precision.BF16));
            }
            return problem.remedy("finetune plan JOB    # what each target has").asException();
        }

        private Problem.Builder tooLarge(String what, EncoderForecast forecast, long peakBytes, String tokens) {
            return ModelProblems.tooLarge(
                    what, peakBytes, settings.memoryBytes(), shape.parameters(), forecast.precision(), tokens);
        }
    }
}
