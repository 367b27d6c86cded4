package dev.finetune4j.plan;

import org.jspecify.annotations.Nullable;

/**
 * What a service asks for a tuned model, from its training on. Null: not known. An amount of zero: not charged.
 *
 * @param training one million tokens that are trained on, each epoch counted; one hour of training where the method is reinforcement
 * @param hosting one hour in which the tuned model is held ready, whether it is asked or not
 * @param storage one month in which the tuned model is kept
 * @param input one million tokens that the tuned model reads
 * @param output one million tokens that the tuned model writes
 */
public record TokenRates(
        @Nullable PriceFact training,
        @Nullable PriceFact hosting,
        @Nullable PriceFact storage,
        @Nullable PriceFact input,
        @Nullable PriceFact output) {
    /** Refuses a rate that is for another unit than its name says. */
    public TokenRates {
        refuseOther("hosting", hosting, PriceUnit.HOUR);
        refuseOther("storage", storage, PriceUnit.MODEL_MONTH);
        refuseOther("input", input, PriceUnit.MILLION_TOKENS);
        refuseOther("output", output, PriceUnit.MILLION_TOKENS);
    }

    private static void refuseOther(String name, @Nullable PriceFact rate, PriceUnit unit) {
        if (rate != null && rate.unit() != unit) {
            throw new IllegalArgumentException(name + " must be for one " + unit + ", was for one " + rate.unit());
        }
    }

    /** The same rates with another one for training. */
    TokenRates withTraining(PriceFact rate) {
        return new TokenRates(rate, hosting, storage, input, output);
    }
}
