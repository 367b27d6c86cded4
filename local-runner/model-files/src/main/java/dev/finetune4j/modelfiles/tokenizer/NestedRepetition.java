package dev.finetune4j.modelfiles.tokenizer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks in a regular expression, as the library's engine (Oniguruma) reads it, for a repetition without bound within another: {@code
 * (a+)+}. There are as many ways to match a text as to cut it into pieces, and where none leads on, all of them are gone through. An
 * absence, {@code (?~a)}, is a repetition, too: of characters up to where its part would match.
 */
final class NestedRepetition {
    /** A word of EXAONE: no piece of it begins with what the one before may go on with, so that there is one way to cut it. */
    private static final List<String> HARMLESS = List.of("(?:\\p{L}\\p{M}*(?: \\p{L}\\p{M}*)*)+");

    private static final Pattern COUNT = Pattern.compile("\\{(?:\\d+(,?)(\\d*)|,\\d+)\\}");

    private final String expression;
    private int at;

    private NestedRepetition(String expression) {
        this.expression = expression;
    }

    static boolean isIn(String expression) {
        String looked = expression;
        for (String harmless : HARMLESS) {
            looked = looked.replace(harmless, "");
        }
        return new NestedRepetition(looked).isThere();
    }

    /**
     * A group that is open.
     *
     * @param hasRepetition whether there is one before it in the group around it
     * @param isAbsence whether it is repeated without a quantifier
     */
    private record Group(boolean hasRepetition, boolean isAbsence) {}

    private boolean isThere() {
        Deque<Group> around = new ArrayDeque<>();
        boolean hasRepetition = false; // in the group so far
        while (at < expression.length()) {
            if (expression.charAt(at) == '(') {
                around.push(new Group(hasRepetition, expression.startsWith("(?~", at)));
                hasRepetition = false;
                skipOpening();
                continue;
            }
            boolean inPart;
            int repetitions = 0;
            if (expression.charAt(at) == ')') {
                at++;
                inPart = hasRepetition;
                Group group = around.isEmpty() ? new Group(false, false) : around.pop();
                hasRepetition = group.hasRepetition();
                repetitions = group.isAbsence() ? 1 : 0;
            } else {
                inPart = skipCharacter();
            }
            repetitions += skipQuantifiers();
            if (repetitions > 1 || (repetitions == 1 && inPart)) {
                return true;
            }
            hasRepetition |= inPart || repetitions == 1;
        }
        return false;
    }

    /** A comment is skipped as a whole but for its end, since what is in it repeats nothing. */
    private void skipOpening() {
        if (expression.startsWith("(?#", at)) {
            int end = expression.indexOf(')', at);
            at = end < 0 ? expression.length() : end;
        } else {
            at += expression.startsWith("(?", at) ? 2 : 1;
        }
    }

    /** Skips a character, an escape or a class; says whether it stands for a group, which may hold anything. */
    private boolean skipCharacter() {
        char sign = expression.charAt(at);
        if (sign == '[') {
            skipClass();
            return false;
        }
        if (sign != '\\') {
            at++;
            return false;
        }
        char escaped = at + 1 < expression.length() ? expression.charAt(at + 1) : ' ';
        at += 2;
        if (escaped == 'p' || escaped == 'P' || escaped == 'x') {
            skipThrough('{', '}');
        } else if (escaped == 'k' || escaped == 'g') {
            skipThrough('<', '>');
        }
        return escaped == 'g';
    }

    private void skipThrough(char open, char close) {
        int end = expression.indexOf(close, at);
        at = end >= 0 && expression.charAt(at) == open ? end + 1 : at;
    }

    /** Classes hold classes; a bracket that closes is one of the characters where it stands first. */
    private void skipClass() {
        int depth = 0;
        do {
            char sign = expression.charAt(at);
            int name = expression.startsWith("[:", at) ? expression.indexOf(":]", at + 2) : -1;
            if (sign == '\\') {
                at += 2;
            } else if (depth > 0 && name >= 0) {
                at = name + 2;
            } else if (sign == '[') {
                depth++;
                at += expression.startsWith("^", at + 1) ? 2 : 1;
                at += expression.startsWith("]", at) ? 1 : 0;
            } else {
                depth -= sign == ']' ? 1 : 0;
                at++;
            }
        } while (depth > 0 && at < expression.length());
    }

    /** Skips all that stand behind one part; how many of them have no bound. */
    private int skipQuantifiers() {
        int unbounded = 0;
        while (at < expression.length()) {
            char sign = expression.charAt(at);
            Matcher count = COUNT.matcher(expression).region(at, expression.length());
            if (sign == '*' || sign == '+' || sign == '?') {
                unbounded += sign == '?' ? 0 : 1;
                at++;
                skipOneOf("?+");
            } else if (count.lookingAt()) {
                unbounded += ",".equals(count.group(1)) && "".equals(count.group(2)) ? 1 : 0;
                at = count.end();
                skipOneOf("?"); // a plus would repeat the count
            } else {
                return unbounded;
            }
        }
        return unbounded;
    }

    private void skipOneOf(String signs) {
        if (at < expression.length() && signs.indexOf(expression.charAt(at)) >= 0) {
            at++;
        }
    }
}
