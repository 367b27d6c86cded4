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

    /** Of what answers need beside the runtime, the part that is added for what the steps left between the pieces: measured to a tenth. */
    private static final int LEFT_PART = 8;

    /**
     * Decides what the settings leave open.
     *
     * @throws FineTuneException with FT0601 if nothing that the settings allow fits
     */
    static EncoderMemory of(EncoderShape shape, EncoderMethod method, Settings settings, CpuFeatures cpu) {
        Precision precision = precision(settings, cpu);
        EncoderForecast forecast = new EncoderForecast(shape, method, precision, cpu, settings.maxBatchTokens());
        if (settings.purpose() == Purpose.ANSWER) {
            return answering(forecast, forecast.answerBytes(), settings);
        }
        List<Recompute> allowed;
        if (method.depth() == EncoderMethod.HEAD) {
            allowed = List.of(Recompute.LAYER);
        } else {
            allowed = settings.recompute() == Recompute.AUTO ? FASTEST_FIRST : List.of(settings.recompute());
        }
        Recompute smallest = allowed.get(allowed.size() - 1);
        Recompute level = allowed.stream()
                .filter(each -> forecast.peakBytes(each) <= settings.memoryBytes())
                .findFirst()
                .orElseThrow(() -> tooLarge(forecast, smallest, settings));
        long answers = answersAfterTraining(forecast, settings).peakBytes();
        return new EncoderMemory(precision, level, Math.max(forecast.peakBytes(level), answers));
    }

    /** What the steps left compiled stays, whatever number format the answers take. */
    private static EncoderMemory answersAfterTraining(EncoderForecast steps, Settings settings) {
        EncoderShape shape = steps.shape();
        Precision precision = settings.precision() == Precision.AUTO ? Precision.FP32 : settings.precision();
        EncoderForecast answers = new EncoderForecast(
                shape,
                steps.method(),
                precision,
                steps.cpu(),
                ClassifierLoader.answerTokens(shape.config().contextTokens()));
        long needed = answers.answerBytes() - answers.runtimeBytes();
        long peak = Math.max(steps.runtimeBytes(), answers.runtimeBytes()) + needed + needed / LEFT_PART;
        return answering(answers, peak, settings);
    }

    private static EncoderMemory answering(EncoderForecast answers, long peakBytes, Settings settings) {
        if (peakBytes > settings.memoryBytes()) {
            throw answersTooLarge(answers, peakBytes, settings);
        }
        return new EncoderMemory(answers.precision(), Recompute.LAYER, peakBytes);
    }

    /** The place of the level among the levels. */
    int recomputeLevel() {
        return FASTEST_FIRST.indexOf(recompute);
    }

    private static Precision precision(Settings settings, CpuFeatures cpu) {
        if (settings.precision() != Precision.AUTO) {
            return settings.precision();
        }
        boolean isFast = settings.purpose() == Purpose.TRAIN && cpu.multipliesBfloat16();
        return isFast ? Precision.BF16 : Precision.FP32;
    }

    private static FineTuneException tooLarge(EncoderForecast forecast, Recompute level, Settings settings) {
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

    private static FineTuneException answersTooLarge(EncoderForecast answers, long peakBytes, Settings settings) {
        var problem = ModelProblems.TOO_LARGE
                .error("answering needs about " + gigabytes(peakBytes) + ", there are "
                        + gigabytes(settings.memoryBytes()))
                .at(Location.ofKey("training.precision"))
                .because(weights(answers) + ", texts of " + answers.tokens() + " tokens side by side");
        if (answers.precision() == Precision.FP32) {
            problem.remedy("training.precision: bf16");
        }
        return problem.remedy("finetune plan    # what each target has").asException();
    }

    private static String weights(EncoderForecast forecast) {
        return forecast.shape().parameters() / 1_000_000 + "M parameters in "
                + forecast.precision().name().toLowerCase(Locale.ROOT);
    }

    private static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
}
