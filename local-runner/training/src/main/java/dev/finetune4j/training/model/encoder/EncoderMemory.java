package dev.finetune4j.training.model.encoder;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.training.model.ClassifierLoader;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.ModelProblems;
import dev.finetune4j.training.model.internal.CpuFeatures;
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
    static EncoderMemory of(EncoderShape shape, EncoderMethod method, Settings settings, CpuFeatures cpu) {
        return new Choice(shape, method, settings, cpu).memory();
    }

    /** The place of the level among the levels. */
    int recomputeLevel() {
        return FASTEST_FIRST.indexOf(recompute);
    }

    private record Choice(EncoderShape shape, EncoderMethod method, Settings settings, CpuFeatures cpu) {
        EncoderMemory memory() {
            return settings.purpose() == Purpose.ANSWER
                    ? answering(settings.maxBatchTokens(), EncoderForecast::answerBytes)
                    : training();
        }

        private EncoderMemory training() {
            Precision precision = isOpen() && cpu.multipliesBfloat16() ? Precision.BF16 : exact();
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

        /** Exact where the memory holds that, or the settings say so. */
        private EncoderMemory answering(int tokens, ToLongFunction<EncoderForecast> bytes) {
            EncoderForecast answers = forecast(exact(), tokens);
            long peak = bytes.applyAsLong(answers);
            if (peak > settings.memoryBytes() && isOpen() && cpu.multipliesBfloat16()) {
                EncoderForecast narrow = forecast(Precision.BF16, tokens);
                answers = bytes.applyAsLong(narrow) < peak
                        ? narrow
                        : answers; // what is compiled for bf16 takes memory, too
                peak = bytes.applyAsLong(answers);
            }
            if (peak > settings.memoryBytes()) {
                throw answersTooLarge(answers, peak);
            }
            return new EncoderMemory(answers.precision(), Recompute.LAYER, peak);
        }

        private boolean isOpen() {
            return settings.precision() == Precision.AUTO;
        }

        private Precision exact() {
            return isOpen() ? Precision.FP32 : settings.precision();
        }

        private EncoderForecast forecast(Precision precision, int tokens) {
            return new EncoderForecast(shape, method, precision, cpu, tokens);
        }

        private FineTuneException trainingTooLarge(EncoderForecast forecast, Recompute level) {
            return ModelProblems.TOO_LARGE
                    .error("the encoder needs about " + gigabytes(forecast.peakBytes(level)) + ", there are "
                            + gigabytes(settings.memoryBytes()))
                    .at(Location.ofKey("training.batch-size"))
                    .because(weights(forecast) + ", micro-batches of up to "
                            + forecast.tokens() + " tokens, recompute "
                            + level.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .remedy("training.batch-size: 1")
                    .remedy("training.max-tokens: " + Math.max(1, forecast.tokens() / 2))
                    .asException();
        }

        private FineTuneException answersTooLarge(EncoderForecast answers, long peakBytes) {
            var problem = ModelProblems.TOO_LARGE
                    .error("answering needs about " + gigabytes(peakBytes) + ", there are "
                            + gigabytes(settings.memoryBytes()))
                    .at(Location.ofKey("training.precision"))
                    .because(weights(answers) + ", texts of " + answers.tokens() + " tokens side by side");
            if (answers.precision() == Precision.FP32) {
                problem.remedy(cpu.narrowSetting());
            }
            return problem.remedy("finetune plan JOB    # what each target has").asException();
        }

        private static String weights(EncoderForecast forecast) {
            return forecast.shape().parameters() / 1_000_000 + "M parameters in "
                    + forecast.precision().name().toLowerCase(Locale.ROOT);
        }

        private static String gigabytes(long bytes) {
            return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
        }
    }
}
