package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.report.Figures;
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

    /** Whether nothing is billed for it. */
    boolean isFree() {
        return questions == 0 || (isKnown && (most == null || most.amount().signum() == 0));
    }

    /** Whether the same model is asked, and for no more, in numbers and in money. */
    boolean isWithin(AnswerTerms agreed) {
        return model.reference().equals(agreed.model.reference())
                && model.way().equals(agreed.model.way())
                && questions <= agreed.questions
                && mostRead <= agreed.mostRead
                && mostWritten <= agreed.mostWritten
                && isKnown == agreed.isKnown
                && (most == null || isAtMost(most, agreed.most));
    }

    private static boolean isAtMost(Money cost, @Nullable Money limit) {
        return limit != null
                && cost.currency().equals(limit.currency())
                && cost.amount().compareTo(limit.amount()) <= 0;
    }

    /** In words, such as {@code 80 questions, at most 9.1k tokens read and 1,680 written, at most 0.42 USD}. */
    String words() {
        return Figures.count(questions) + (questions == 1 ? " question" : " questions") + ", at most "
                + Figures.large(mostRead) + " tokens read and " + Figures.large(mostWritten) + " written, "
                + (!isKnown
                        ? "at prices of which one is not known here"
                        : most == null ? "for nothing beyond the hour" : "at most " + most);
    }
}
