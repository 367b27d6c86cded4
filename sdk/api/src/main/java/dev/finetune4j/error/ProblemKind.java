package dev.finetune4j.error;

import java.util.List;
import java.util.regex.Pattern;

/**
 * One entry of an error catalogue: what is the same each time this problem occurs.
 *
 * @param code stable code, {@code FT} and four digits
 * @param title the problem in a few words, without values
 * @param exitCode what the process ends with when this problem is an error
 * @param explanation the page that {@code finetune explain CODE} prints: when it arises, why it matters, how to mend it
 * @param remedy what to do, in general words; a concrete {@link Problem} may carry a better one
 */
public record ProblemKind(String code, String title, ExitCode exitCode, String explanation, String remedy) {
    private static final Pattern CODE = Pattern.compile("FT\\d{4}");

    /** Refuses a code of another shape and empty texts. */
    public ProblemKind {
        if (!CODE.matcher(code).matches()) {
            throw new IllegalArgumentException("code must be FT and four digits, was " + code);
        }
        for (String text : List.of(title, explanation, remedy)) {
            if (text.isBlank()) {
                throw new IllegalArgumentException(code + " has an empty title, explanation or remedy");
            }
        }
    }

    /** Starts an error of this kind whose summary is {@code summary}, with the user's own words and values in it. */
    public Problem.Builder error(String summary) {
        return new Problem.Builder(this, Severity.ERROR, summary);
    }

    /** Starts a warning of this kind. */
    public Problem.Builder warning(String summary) {
        return new Problem.Builder(this, Severity.WARNING, summary);
    }

    /** Starts a note of this kind. */
    public Problem.Builder note(String summary) {
        return new Problem.Builder(this, Severity.NOTE, summary);
    }
}
