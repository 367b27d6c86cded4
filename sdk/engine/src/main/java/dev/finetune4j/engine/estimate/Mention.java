package dev.finetune4j.engine.estimate;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Something that a text mentions, and whether it says it of the run, denies it, or does neither.
 *
 * @param before the text up to it, in lower case
 * @param after the text behind it, in lower case
 */
record Mention(String before, String after) {
    private static final Pattern DENIAL_BEFORE = Pattern.compile(
            "\\b(?:no|not|without|w/o|non|never|neither|nor|disabl(?:e|es|ed|ing)|lack(?:s|ing)?)[ _-](?:of |us(?:e|es|ed|ing) )?"
                    + "(?:the |any |a )?$|\\b(?:no|not|without|w/o|neither) [^.;,()]{1,30} n?or $");

    /** A "not" that denies what stands before it: not that of "full length not packed". */
    private static final Pattern DENIAL_AFTER =
            Pattern.compile("[\"']?[ ]?[=:][ ]?[\"']?(?:no|off|false|disabled|none)\\b"
                    + "|[ ](?:off|false|disabled|none)\\b|[ ]no(?=[ ]?(?:[,.;)/]|$))|[=:][ ]?0(?![\\d.])"
                    + "|[ ]?\\((?:no|off|false|disabled|none|unused|not (?:used|enabled))(?=[,;)])"
                    + "|[ ](?:is |are |was |were )?(?:un(?:used|supported|available)|(?:turned |switched |set to )?(?:off|false)|disabled|inactive|fail(?:s|ed)?)\\b"
                    + "|[ ](?:is|are|was|were|do|does|did|could|can)(?:[ ]?not|n't)\\b"
                    + "|:?[ ]not(?: yet)? (?:used|set|on|enabled|supported|available|applied|active|installed|possible)\\b"
                    + "|[ ]not(?=[ ]?(?:[,.;)]|$))");

    /** What stands behind what another run has: "slower than NVIDIA Transformer Engine". */
    private static final Pattern COMPARISON_BEFORE = Pattern.compile(
            "\\b(?:than|beside|against|vs\\.?|versus|unlike|(?:instead|in place) of|rather than|compared (?:with|to|against)|relative to)"
                    + "[ ](?:(?:with|using|under|by|in|on|that of) )?(?:the |a |an )?(?:[a-z]+'s )?"
                    + "(?:(?:run|row|setup|version)s? (?:with|of|under|on|in) )?(?:(?!(?:no|not|with|without|under|by|in|on|at|and|but|for)\\b)[\\w.+-]+ ){0,2}$");

    /** What is asked, is there where nothing else is said, or is what a figure would go with. */
    private static final Pattern CONDITION_BEFORE = Pattern.compile("\\b(?:if|whether|unless)[ ](?:[\\w-]+ ){0,2}$"
            + "|\\b(?:agree(?:s|d|ing)?|consistent|compatible|in line) with [^.;()]{0,20}$");

    private static final Pattern CONDITION_AFTER =
            Pattern.compile("[ ](?:would|might|should|unless|could(?! ?n[o']t))\\b");

    /** What does not run without it has it. */
    private static final Pattern NEEDED_BEFORE =
            Pattern.compile("(?:\\bnot|n't|never) (?:fit|run|work)s? without (?:the |any )?$");

    /** Behind a "no": what is not said to be on or off. */
    private static final Pattern OPTION_AFTER = Pattern.compile("[ ](?:flags?|options?|arguments?|mention(?:ed)?)\\b");

    private static final Pattern DISABLE_BEFORE = Pattern.compile("\\bdisable[ _-]$");

    private static final Pattern FALSE_AFTER =
            Pattern.compile("[\"']?[ ]?(?:[=:]|is|defaults to)?[ ]?[\"']?(?:no|off|false|0)\\b");

    /** Rows of both kinds. */
    private static final Pattern BOTH_BEFORE =
            Pattern.compile("\\b(?:with|w/) ?(?:and|or|/|&) ?(?:without|w/o)[ ](?:the |any |a )?$");

    private static final String ON = "(?:on|enabled|active|true|yes)";
    private static final String OFF = "(?:off|disabled|inactive|false|none|no)";

    /** What holds for a part of the rows alone: "on for 7B, off for 1B". */
    private static final Pattern BOTH_AFTER =
            Pattern.compile("[ ]?[=:]?[ ]?(?:is |was )?(?:" + either(ON, OFF) + '|' + either(OFF, ON) + ')');

    private static final Pattern UNSAID_AFTER = Pattern.compile(
            "[ ](?:is |are |was |were )?unknown\\b"
                    + "|:?[ ](?:is |are |was |were )?not(?: yet)? (?:given|said|stated|told|known|printed|in (?:the|this|that))\\b");

    static Mention in(String text, MatchResult found) {
        return new Mention(text.substring(0, found.start()), text.substring(found.end()));
    }

    /** Whether the text neither says nor denies it of the run: what that is compared with, what is asked, what is not known. */
    boolean isUntold() {
        return isOfOthers()
                || UNSAID_AFTER.matcher(after).lookingAt()
                || CONDITION_AFTER.matcher(after).lookingAt()
                || (isDeniedBefore() && OPTION_AFTER.matcher(after).lookingAt())
                || (DISABLE_BEFORE.matcher(before).find()
                        && FALSE_AFTER.matcher(after).lookingAt());
    }

    private boolean isOfOthers() {
        return COMPARISON_BEFORE.matcher(before).find()
                || CONDITION_BEFORE.matcher(before).find()
                || NEEDED_BEFORE.matcher(before).find();
    }

    /** Whether it holds for a part of the rows alone. */
    boolean isOfSome() {
        return BOTH_BEFORE.matcher(before).find() || BOTH_AFTER.matcher(after).lookingAt();
    }

    /** Whether the text says no to it. */
    boolean isDenied() {
        return isDeniedBefore() || DENIAL_AFTER.matcher(after).lookingAt();
    }

    /** Whether a number is one of the run: none that it is compared with or that is denied. */
    boolean isOfRun() {
        return !isOfOthers() && !isDeniedBefore();
    }

    private boolean isDeniedBefore() {
        return DENIAL_BEFORE.matcher(before).find();
    }

    private static String either(String state, String other) {
        String where = "[ ]\\(?(?:for|with|in|at|below|above|up to)\\b";
        return "(?:" + state + "\\b)?" + where + "[^.;]{1,40}?(?:[,/]|[ ](?:and|but))[ ](?:and |but )?" + other + "\\b"
                + where;
    }
}
