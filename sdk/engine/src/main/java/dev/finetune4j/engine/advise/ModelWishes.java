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
 * @param longestTokens tokens of the longest row as the job cuts it, question and answer together
 * @param contextTokens tokens that the model's context must hold: those of nearly all rows, where the few that are longer may be cut;
 *     null for {@code longestTokens}
 */
public record ModelWishes(
        @Nullable TaskKind task,
        @Nullable Content content,
        @Nullable Language language,
        @Nullable Licence licence,
        @Nullable Integer longestTokens,
        @Nullable Integer contextTokens) {
    /** No row has more tokens. */
    static final int MOST_TOKENS = 1 << 26;

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
            Checks.inRange("longestTokens", longestTokens, 1, MOST_TOKENS);
        }
        if (contextTokens == null) {
            contextTokens = longestTokens;
        } else {
            Checks.inRange("contextTokens", contextTokens, 1, MOST_TOKENS);
        }
    }

    /** Where the context must hold the longest row, too. */
    public ModelWishes(
            @Nullable TaskKind task,
            @Nullable Content content,
            @Nullable Language language,
            @Nullable Licence licence,
            @Nullable Integer longestTokens) {
        this(task, content, language, licence, longestTokens, null);
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
                other.longestTokens != null ? other.longestTokens : longestTokens,
                other.contextTokens != null ? other.contextTokens : contextTokens);
    }
}
