package dev.finetune4j.modelfiles.template;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into tokens and applies white-space control: {@code trim_blocks} removes the newline after a block or comment,
 * {@code lstrip_blocks} the blanks before one at the start of a line; {@code -} strips everything, {@code +} nothing.
 */
final class Lexer {
    private static final Pattern OPERATOR = Pattern.compile("\\*\\*|//|==|!=|>=|<=|[-+*/%~\\[\\](){}<>=.:|,;]");
    private static final Pattern NUMBER = Pattern.compile("\\d+(?:_\\d+)*(\\.\\d+(?:_\\d+)*)?([eE][+-]?\\d+)?");
    private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}\\p{M}_]*");
    private static final Pattern RAW_START = Pattern.compile("\\{%[-+]?\\s*raw\\s*(-%}\\s*|%})");
    private static final Pattern RAW_END = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*(\\+%}|-%}\\s*|%}\\n?)");
    private static final String OPENING = "([{";
    private static final String CLOSING = ")]}";

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int position;

    private Lexer(String source) {
        this.source = source;
    }

    /**
     * The tokens of a template, the last of which is {@link Token.Kind#END}.
     *
     * @param source the template, normalized by {@link #normalize}
     */
    static List<Token> tokens(String source) {
        Lexer lexer = new Lexer(source);
        while (lexer.position < source.length()) {
            lexer.next();
        }
        lexer.add(Token.Kind.END, "", source.length());
        return lexer.tokens;
    }

    /** The template with Unix line ends and without its last newline, as Jinja reads it. */
    static String normalize(String template) {
        String unix = template.replace("\r\n", "\n").replace('\r', '\n');
        return unix.endsWith("\n") ? unix.substring(0, unix.length() - 1) : unix;
    }

    private void next() {
        int tag = nextTag(position);
        String text = source.substring(position, tag);
        if (tag == source.length()) {
            addData(text, position);
            position = tag;
            return;
        }
        char kind = source.charAt(tag + 1);
        char sign = charAt(tag + 2);
        addData(stripBefore(text, sign, kind == '{', startsLine(position)), position);
        int content = tag + (sign == '-' || sign == '+' ? 3 : 2);
        Matcher raw = RAW_START.matcher(source).region(tag, source.length());
        if (kind == '#') {
            comment(tag, content);
        } else if (kind == '%' && raw.lookingAt()) {
            raw(raw.end(), tag);
        } else {
            expression(tag, content, kind == '{');
        }
    }

    private int nextTag(int from) {
        int tag = source.indexOf('{', from);
        while (tag >= 0 && "{%#".indexOf(charAt(tag + 1)) < 0) {
            tag = source.indexOf('{', tag + 1);
        }
        return tag < 0 ? source.length() : tag;
    }

    private void comment(int tag, int content) {
        int end = source.indexOf("#}", content);
        if (end < 0) {
            throw TemplateFault.syntax("the comment does not end", tag);
        }
        char sign = end > content ? source.charAt(end - 1) : ' ';
        position = end + 2;
        stripAfter(sign == '-', sign == '+');
    }

    private void raw(int bodyStart, int tag) {
        Matcher end = RAW_END.matcher(source);
        if (!end.find(bodyStart)) {
            throw TemplateFault.syntax("the raw block does not end", tag);
        }
        char sign = end.group(1).isEmpty() ? ' ' : end.group(1).charAt(0);
        addData(stripBefore(source.substring(bodyStart, end.start()), sign, false, startsLine(bodyStart)), bodyStart);
        position = end.end();
    }

    /** Tokens up to the closing of the tag; a closing inside brackets belongs to the expression. */
    private void expression(int tag, int content, boolean print) {
        String closing = print ? "}}" : "%}";
        add(print ? Token.Kind.PRINT_START : Token.Kind.BLOCK_START, "", tag);
        Deque<Character> brackets = new ArrayDeque<>();
        position = content;
        while (true) {
            if (position >= source.length()) {
                throw TemplateFault.syntax("the tag does not end", tag);
            }
            char c = source.charAt(position);
            boolean signed = (c == '-' || (c == '+' && !print)) && source.startsWith(closing, position + 1);
            if (brackets.isEmpty() && (signed || source.startsWith(closing, position))) {
                add(print ? Token.Kind.PRINT_END : Token.Kind.BLOCK_END, "", position);
                position += signed ? 3 : 2;
                stripAfter(signed && c == '-', print || (signed && c == '+'));
                return;
            }
            if (PythonText.isSpace(c)) {
                position++;
            } else {
                expressionToken(brackets);
            }
        }
    }

    private void expressionToken(Deque<Character> brackets) {
        char c = source.charAt(position);
        if (c == '\'' || c == '"') {
            string(c);
        } else if (!matched(NAME, Token.Kind.NAME) && !number() && !matched(OPERATOR, Token.Kind.OPERATOR)) {
            throw TemplateFault.syntax("unexpected character '" + c + "'", position);
        } else if (OPENING.indexOf(c) >= 0) {
            brackets.push(c);
        } else if (CLOSING.indexOf(c) >= 0
                && (brackets.isEmpty() || brackets.pop() != OPENING.charAt(CLOSING.indexOf(c)))) {
            throw TemplateFault.syntax("unexpected '" + c + "'", position - 1);
        }
    }

    private boolean matched(Pattern pattern, Token.Kind kind) {
        Matcher matcher = pattern.matcher(source).region(position, source.length());
        if (!matcher.lookingAt()) {
            return false;
        }
        add(kind, matcher.group(), position);
        position = matcher.end();
        return true;
    }

    private boolean number() {
        Matcher matcher = NUMBER.matcher(source).region(position, source.length());
        if (!matcher.lookingAt()) {
            return false;
        }
        boolean whole = matcher.group(1) == null && matcher.group(2) == null;
        add(whole ? Token.Kind.INTEGER : Token.Kind.FLOAT, matcher.group().replace("_", ""), position);
        position = matcher.end();
        return true;
    }

    private void string(char quote) {
        int start = position;
        int end = start + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw TemplateFault.syntax("the string does not end", start);
        }
        add(Token.Kind.STRING, StringEscapes.unescape(source.substring(start + 1, end), start), start);
        position = end + 1;
    }

    private void stripAfter(boolean strip, boolean keep) {
        if (strip) {
            while (position < source.length() && PythonText.isSpace(source.charAt(position))) {
                position++;
            }
        } else if (!keep && charAt(position) == '\n') {
            position++;
        }
    }

    private static String stripBefore(String text, char sign, boolean print, boolean startsLine) {
        if (sign == '-') {
            return PythonText.stripRight(text);
        }
        int line = text.lastIndexOf('\n') + 1;
        boolean onlyBlanks = text.substring(line).chars().allMatch(PythonText::isSpace);
        boolean atLineStart = line > 0 || startsLine;
        return sign == '+' || print || !onlyBlanks || !atLineStart ? text : text.substring(0, line);
    }

    private boolean startsLine(int from) {
        return from == 0 || source.charAt(from - 1) == '\n';
    }

    private char charAt(int index) {
        return index < source.length() ? source.charAt(index) : ' ';
    }

    private void addData(String text, int offset) {
        if (!text.isEmpty()) {
            add(Token.Kind.DATA, text, offset);
        }
    }

    private void add(Token.Kind kind, String text, int offset) {
        tokens.add(new Token(kind, text, offset));
    }
}
