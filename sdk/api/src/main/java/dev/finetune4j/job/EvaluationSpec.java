package dev.finetune4j.job;

import dev.finetune4j.value.Checks;
import dev.finetune4j.value.Describe;
import dev.finetune4j.value.LaterFlag;
import dev.finetune4j.value.Range;
import org.jspecify.annotations.Nullable;

/**
 * How base and tuned model are compared on held-out rows.
 *
 * @param fewShot training rows shown in the prompt of the few-shot base model; 0 leaves that variant out
 * @param labelScoring how a classification decides between labels
 * @param maxNewTokens longest generated answer in tokens
 * @param continuePassages whether models also continue the beginning of each held-out passage, for distinct-2; null where passages are read
 *     only, a {@link LaterFlag}
 * @param bootstrapSamples resamples of the 95 % intervals
 * @param seed of bootstrap and few-shot choice
 * @param gate when the tuned model is good enough
 */
@Describe("How base and tuned model are compared on held-out rows.")
public record EvaluationSpec(
        @Describe("Training rows shown in the prompt of the few-shot base model; 0 for no such comparison.")
        @Range(min = 0, max = 64)
        int fewShot,

        @Describe("How a classification decides between labels: likelihood, length-normalized or calibrated.")
        LabelScoring labelScoring,

        @Describe("Longest generated answer in tokens.") @Range(min = 1, max = 32768)
        int maxNewTokens,

        @Describe("Models also continue the beginning of each held-out passage, for distinct-2; not by default.")
        @Nullable
        Boolean continuePassages,

        @Describe("Resamples of the 95 % intervals.") @Range(min = 100, max = 100000)
        int bootstrapSamples,

        @Describe("Seed of bootstrap and few-shot choice.") long seed,
        @Describe("When the tuned model is good enough.") Gate gate) {
    /** Default number of examples in the few-shot prompt. */
    public static final int DEFAULT_FEW_SHOT = 8;

    /** Default length of a generated answer. */
    public static final int DEFAULT_MAX_NEW_TOKENS = 128;

    /** Most tokens that a generated answer may be allowed. */
    public static final int MOST_NEW_TOKENS = 32768;

    /** Default number of resamples: the interval's ends are steady to the third digit. */
    public static final int DEFAULT_BOOTSTRAP_SAMPLES = 2000;

    /** Default seed. */
    public static final long DEFAULT_SEED = 17;

    /** Checks every range. */
    public EvaluationSpec {
        continuePassages = LaterFlag.of(continuePassages);
        Checks.inRange("evaluation.few-shot", fewShot, 0, 64);
        Checks.inRange("evaluation.max-new-tokens", maxNewTokens, 1, MOST_NEW_TOKENS);
        Checks.inRange("evaluation.bootstrap-samples", bootstrapSamples, 100, 100000);
    }

    /** Every default. */
    public static EvaluationSpec defaults() {
        return new EvaluationSpec(
                DEFAULT_FEW_SHOT,
                LabelScoring.LIKELIHOOD,
                DEFAULT_MAX_NEW_TOKENS,
                null,
                DEFAULT_BOOTSTRAP_SAMPLES,
                DEFAULT_SEED,
                Gate.defaults());
    }

    /** Whether models also continue the beginning of each held-out passage. */
    public boolean continuesPassages() {
        return continuePassages != null;
    }

    /** The same evaluation with another gate. */
    public EvaluationSpec withGate(Gate otherGate) {
        return toBuilder().gate(otherGate).build();
    }

    /** Starts from every default. */
    public static Builder builder() {
        return new Builder(defaults());
    }

    /** Starts from this. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts that differ from where it started. */
    public static final class Builder {
        private int fewShot;
        private LabelScoring labelScoring;
        private int maxNewTokens;
        private @Nullable Boolean continuePassages;
        private int bootstrapSamples;
        private long seed;
        private Gate gate;

        Builder(EvaluationSpec spec) {
            fewShot = spec.fewShot;
            labelScoring = spec.labelScoring;
            maxNewTokens = spec.maxNewTokens;
            continuePassages = spec.continuePassages;
            bootstrapSamples = spec.bootstrapSamples;
            seed = spec.seed;
            gate = spec.gate;
        }

        /** See {@link EvaluationSpec#fewShot}. */
        public Builder fewShot(int value) {
            fewShot = value;
            return this;
        }

        /** See {@link EvaluationSpec#labelScoring}. */
        public Builder labelScoring(LabelScoring value) {
            labelScoring = value;
            return this;
        }

        /** See {@link EvaluationSpec#maxNewTokens}. */
        public Builder maxNewTokens(int value) {
            maxNewTokens = value;
            return this;
        }

        /** See {@link EvaluationSpec#continuePassages}. */
        public Builder continuePassages(boolean value) {
            continuePassages = value;
            return this;
        }

        /** See {@link EvaluationSpec#bootstrapSamples}. */
        public Builder bootstrapSamples(int value) {
            bootstrapSamples = value;
            return this;
        }

        /** See {@link EvaluationSpec#seed}. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** See {@link EvaluationSpec#gate}. */
        public Builder gate(Gate value) {
            gate = value;
            return this;
        }

        /** The finished settings. */
        public EvaluationSpec build() {
            return new EvaluationSpec(
                    fewShot, labelScoring, maxNewTokens, continuePassages, bootstrapSamples, seed, gate);
        }
    }
}
