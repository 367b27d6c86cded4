package dev.finetune4j.training.model;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Precision;
import dev.finetune4j.training.model.internal.CpuFeatures;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * In which number format a processor holds a model where its job leaves that open, and what another would cost.
 *
 * @param cpu the processor
 */
public record NumberFormats(CpuFeatures cpu) {
    /** Those of the processor that this runs on. */
    public static NumberFormats here() {
        return new NumberFormats(CpuFeatures.read(CpuFeatures.CPUINFO));
    }

    /** The fastest. A plan of the memory takes fp32 where that alone fits. */
    public Precision fastest(Precision asked) {
        if (asked != Precision.AUTO) {
            return asked;
        }
        return cpu.multipliesBfloat16() ? Precision.BF16 : Precision.FP32;
    }

    /**
     * The fastest, or fp32 where that alone fits: weights in codes of a byte take less than in bf16.
     *
     * @param asked what the job says
     * @param fits whether the memory holds the model in a format
     */
    public Precision fastestThatFits(Precision asked, Predicate<Precision> fits) {
        Precision fastest = fastest(asked);
        return asked == Precision.AUTO && !fits.test(fastest) && fits.test(Precision.FP32) ? Precision.FP32 : fastest;
    }

    /**
     * An exact one where the memory holds that.
     *
     * @param asked what the job says
     * @param memoryBytes that there is
     * @param peakBytes resident memory of the process at its peak, in a format
     */
    public Precision exactWhereItFits(Precision asked, long memoryBytes, ToLongFunction<Precision> peakBytes) {
        if (asked != Precision.AUTO) {
            return asked;
        }
        long exact = peakBytes.applyAsLong(Precision.FP32);
        boolean helps = exact > memoryBytes
                && cpu.multipliesBfloat16()
                && peakBytes.applyAsLong(Precision.BF16) < exact; // what is compiled for bf16 takes memory, too
        return helps ? Precision.BF16 : Precision.FP32;
    }

    /** The setting of a number format, with what it costs here. */
    public String setting(Precision precision) {
        return "training.precision: " + precision.name().toLowerCase(Locale.ROOT)
                + (isSlow(precision) ? "    # many times as slow: no AVX-512 here" : "");
    }

    /** A warning, FT0476, where a format is many times as slow here as another. */
    public Optional<Problem> slowness(Precision precision) {
        return isSlow(precision)
                ? Optional.of(ModelProblems.SLOW_PRECISION
                        .warning("bf16 takes many times as long as fp32 on this processor")
                        .at(Location.ofKey("training.precision"))
                        .because("it has no AVX-512, without which nothing is compiled for bf16")
                        .build())
                : Optional.empty();
    }

    private boolean isSlow(Precision precision) {
        return precision == Precision.BF16 && !cpu.compilesBfloat16();
    }
}
