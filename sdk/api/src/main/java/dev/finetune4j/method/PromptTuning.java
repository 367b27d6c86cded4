package dev.finetune4j.method;

import dev.finetune4j.value.Checks;
import dev.finetune4j.value.Describe;
import dev.finetune4j.value.Kind;
import dev.finetune4j.value.Range;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Prompt tuning: the embeddings of some virtual tokens in front of every text are trained, and the model stays as it is
 * (<a href="https://arxiv.org/abs/2104.08691">Lester et al. 2021</a>).
 *
 * @param virtualTokens virtual tokens in front of every text
 * @param initText the virtual tokens start as the tokens of this text, repeated or cut to their number, as PEFT's {@code TEXT}
 *     does; null: as tokens of the vocabulary drawn at random, {@code SAMPLE_VOCAB}
 */
@Kind("prompt-tuning")
@Describe("Prompt tuning: only the embeddings of virtual tokens in front of every text are trained.")
public record PromptTuning(
        @Describe("Virtual tokens in front of every text.") @Range(min = 1, max = PromptTuning.MAX_VIRTUAL_TOKENS)
        int virtualTokens,

        @Describe(
                value =
                        "Text whose tokens the virtual ones start as, repeated or cut; without it tokens drawn at random.",
                example = "Which team?")
        @Nullable
        String initText)
        implements TuningMethod {
    /** Default number of virtual tokens: beyond 20 Lester et al. 2021 saw only marginal gains. */
    public static final int DEFAULT_VIRTUAL_TOKENS = 20;

    /**
     * Peak learning rate where a job says none: 3e-2, as in PEFT's
     * <a href="https://huggingface.co/docs/peft/task_guides/clm-prompt-tuning">prompt tuning guide</a>.
     */
    public static final double DEFAULT_LEARNING_RATE = 3e-2;

    static final int MAX_VIRTUAL_TOKENS = 1000;

    /** Checks the number, and that a text says something. */
    public PromptTuning {
        Checks.inRange("method.virtual-tokens", virtualTokens, 1, MAX_VIRTUAL_TOKENS);
        if (initText != null) {
            Checks.notBlank("method.init-text", initText);
        }
    }

    /** Twenty virtual tokens that start as random ones. */
    public static PromptTuning defaults() {
        return new PromptTuning(DEFAULT_VIRTUAL_TOKENS, null);
    }

    @Override
    public Optional<String> initTextIfAny() {
        return Optional.ofNullable(initText);
    }

    @Override
    public double defaultLearningRate() {
        return DEFAULT_LEARNING_RATE;
    }
}
