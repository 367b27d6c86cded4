package dev.finetune4j.offlinecloud.iam;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Patterns of policies: {@code *} for any characters, {@code ?} for one, <code>${*}</code>, <code>${?}</code> and <code>${$}</code> for themselves. */
final class Wildcard {
    private static final Pattern SPECIAL = Pattern.compile("\\$\\{([^}]*)}|\\*|\\?");

    private Wildcard() {}

    /** @throws IllegalArgumentException if it has a variable */
    static Pattern pattern(String text, int flags) {
        StringBuilder regex = new StringBuilder();
        Matcher special = SPECIAL.matcher(text);
        int from = 0;
        while (special.find()) {
            regex.append(Pattern.quote(text.substring(from, special.start())));
            regex.append(
                    switch (special.group()) {
                        case "*" -> ".*";
                        case "?" -> ".";
                        case "${*}", "${?}", "${$}" -> Pattern.quote(special.group(1));
                        default ->
                            throw new IllegalArgumentException(
                                    "the offline cloud knows no variables of policies, was " + text);
                    });
            from = special.end();
        }
        return Pattern.compile(regex + Pattern.quote(text.substring(from)), flags | Pattern.DOTALL);
    }
}
