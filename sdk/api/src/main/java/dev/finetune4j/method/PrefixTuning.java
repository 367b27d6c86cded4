package dev.finetune4j.method;

import dev.finetune4j.value.Checks;
import dev.finetune4j.value.Describe;
import dev.finetune4j.value.Kind;
import dev.finetune4j.value.Range;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Prefix tuning: the keys and values that some virtual tokens in front of every text have in each layer are trained, and the model
 * stays as it is (<a href="https://arxiv.org/abs/2101.00190">Li &amp; Liang 2021</a>). They are trained themselves, as with PEFT's
 * {@code prefix_projection: false}, and start as those that the model makes of real tokens, from which the paper's authors saw better
 * results than from random numbers.
 *
 * @param virtualTokens virtual tokens in front of every text
 * @param initText the keys and values start as those of the tokens of this text, repeated or cut to their number; null: of tokens of
 *     the vocabulary drawn at random
 */
@Kind("prefix-tuning")
@Describe(
        "Prefix tuning: only the keys and values of virtual tokens in front of every text are trained, in each layer.")
public record PrefixTuning(
        @Describe("Virtual tokens in front of every text.") @Range(min = 1, max = PromptTuning.MAX_VIRTUAL_TOKENS)
        int virtualTokens,

        @Describe(
                value =
                        "Text whose keys and values the virtual ones start as, repeated or cut; without it those of tokens drawn at random.",
                example = "Which team?")
        @Nullable
        String initText)
        implements TuningMethod {
    /** Default number of virtual tokens: as in PEFT's guides; the paper took 10 for tables and 200 for summaries. */
    public static final int DEFAULT_VIRTUAL_TOKENS = 20;

    /**
     * Peak learning rate where a job says none: 1e-2, as in PEFT's
     * <a href="https://huggingface.co/docs/peft/v0.6.0/en/task_guides/seq2seq-prefix-tuning">prefix tuning guide</a>.
     */
    public static final double DEFAULT_LEARNING_RATE = 1e-2;

    /** Checks the number, and that a text says something. */
    public PrefixTuning {
        Checks.inRange("method.virtual-tokens", virtualTokens, 1, PromptTuning.MAX_VIRTUAL_TOKENS);
        if (initText != null) {
            Checks.notBlank("method.init-text", initText);
        }
    }

    /** Twenty virtual tokens that start as random ones. */
    public static PrefixTuning defaults() {
        return new PrefixTuning(DEFAULT_VIRTUAL_TOKENS, null);
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
