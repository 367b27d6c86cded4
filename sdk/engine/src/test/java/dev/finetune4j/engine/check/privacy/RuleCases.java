package dev.finetune4j.engine.check.privacy;

import java.util.List;
import java.util.function.Function;

/**
 * Generators of what a rule must find and must not.
 *
 * @param rule the rule's id
 * @param carriers sentences with {@code %s} where the value goes
 * @param value draws a value that must be found
 * @param nearMiss draws a text in which no rule may find anything
 */
record RuleCases(String rule, List<String> carriers, Function<Draw, String> value, Function<Draw, String> nearMiss) {
    static final List<String> ANYWHERE = List.of(
            "%s",
            "We noted %s in the log.",
            "{\"field\": \"%s\", \"n\": 1}",
            "first line\n%s\nlast line",
            "(see %s) and go on",
            "It was <%s>, she said");

    /** A key made of a fixed prefix and random characters. Near misses are too short, not random, broken or spelled out. */
    static RuleCases key(String rule, String prefix, String alphabet, int length) {
        return key(rule, prefix, alphabet, length, "");
    }

    /** A key with a fixed end as well. */
    static RuleCases key(String rule, String prefix, String alphabet, int length, String suffix) {
        return new RuleCases(rule, ANYWHERE, draw -> prefix + draw.of(alphabet, length) + suffix, draw -> {
            String body = draw.of(alphabet, length);
            return switch (draw.any("short", "same", "broken", "words", "other")) {
                case "short" -> "too short " + prefix + body.substring(0, 6);
                case "same" -> "masked " + prefix + body.substring(0, 1).repeat(length) + suffix;
                case "broken" -> "broken " + prefix + body.substring(0, 5) + " " + body.substring(5, 9) + suffix;
                case "words" -> "written as " + prefix + "your-key-goes-here";
                default -> "another " + prefix.substring(0, 1) + "9" + body.substring(0, 7);
            };
        });
    }
}
