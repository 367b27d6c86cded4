package dev.finetune4j.engine.launch;

import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import org.jspecify.annotations.Nullable;

/**
 * What it may cost at most to let a hosted model and its base model answer rows, for somebody to agree to.
 *
 * @param run whose model
 * @param place where it is hosted
 * @param model what answers
 * @param questions how many are asked of both models; answers that are there already are not asked for again
 * @param mostRead tokens that both can read at most, whoever counts them
 * @param mostWritten tokens that both can write at most
 * @param most what that costs at most, or null where a price is not known or nothing is charged
 * @param isKnown whether every price is known
 */
public record AnswerTerms(
        RunId run,
        ProviderId place,
        HostedModel model,
        long questions,
        long mostRead,
        long mostWritten,
        @Nullable Money most,
        boolean isKnown) {
    /** Why no count gives more. */
    public static final String BASIS = MostTokens.BASIS;
}
