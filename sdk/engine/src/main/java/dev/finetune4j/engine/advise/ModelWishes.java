package dev.finetune4j.engine.advise;

import dev.finetune4j.job.TaskKind;
import dev.finetune4j.value.Checks;
import org.jspecify.annotations.Nullable;

/**
 * What a base model is wanted for; null where it is not known.
 *
 * @param task what it is to do
 * @param content what its texts are made of
 * @param language the languages of its texts
 * @param licence what its licence must allow
 * @param longestTokens tokens of the longest row, question and answer together
 */
public record ModelWishes(
        @Nullable TaskKind task,
        @Nullable Content content,
        @Nullable Language language,
        @Nullable Licence licence,
        @Nullable Integer longestTokens) {
    /** What texts are made of. */
    public enum Content {
        /** Language. */
        PROSE,
        /** Programs. */
        CODE,
        /** Calculations and proofs. */
        MATHS
    }

    /** Languages of texts. */
    public enum Language {
        /** English alone. */
        ENGLISH,
        /** Others of Europe. */
        EUROPEAN,
        /** Others. */
        OTHER
    }

    /** What a licence must allow. */
    public enum Licence {
        /** Research is enough. */
        RESEARCH,
        /** Use for money. */
        COMMERCIAL
    }

    /** Refuses a length that no row has. */
    public ModelWishes {
        if (longestTokens != null) {
            Checks.inRange("longestTokens", longestTokens, 1, 1 << 26);
        }
    }

    /** Nothing is known. */
    public static ModelWishes unknown() {
        return new ModelWishes(null, null, null, null, null);
    }

    /** This with what {@code other} knows besides or better. */
    public ModelWishes and(ModelWishes other) {
        return new ModelWishes(
                other.task != null ? other.task : task,
                other.content != null ? other.content : content,
                other.language != null ? other.language : language,
                other.licence != null ? other.licence : licence,
                other.longestTokens != null ? other.longestTokens : longestTokens);
    }
}
