package dev.finetune4j.engine.report.view;

import java.util.List;
import java.util.stream.Stream;

/**
 * A piece of HTML that is safe to put into a page. Text becomes Html only through {@link #of}, which escapes it.
 *
 * @param markup well-formed HTML
 */
record Html(String markup) {
    /** Nothing. */
    static final Html NONE = new Html("");

    private static final String HOLE = "{}";
    private static final int LONGEST_LABEL = 60;

    /**
     * A constant template whose holes {@code {}} are filled in order: {@link Html} as it is, everything else escaped.
     *
     * @throws IllegalArgumentException if there are more or fewer values than holes
     */
    static Html of(String template, Object... values) {
        StringBuilder filled = new StringBuilder(template.length() + 16 * values.length);
        int from = 0;
        for (Object value : values) {
            int hole = template.indexOf(HOLE, from);
            if (hole < 0) {
                throw new IllegalArgumentException("template must have " + values.length + " holes: " + template);
            }
            filled.append(template, from, hole);
            if (value instanceof Html html) {
                filled.append(html.markup);
            } else {
                escape(filled, String.valueOf(value));
            }
            from = hole + HOLE.length();
        }
        if (template.indexOf(HOLE, from) >= 0) {
            throw new IllegalArgumentException("template must have " + values.length + " holes: " + template);
        }
        return new Html(filled.append(template, from, template.length()).toString());
    }

    /** The pieces one after the other. */
    static Html join(List<Html> pieces) {
        return join(pieces.stream());
    }

    /** The pieces one after the other. */
    static Html join(Stream<Html> pieces) {
        StringBuilder joined = new StringBuilder();
        pieces.forEach(piece -> joined.append(piece.markup));
        return new Html(joined.toString());
    }

    /** Text from a row: escaped, in its own direction, so that right-to-left marks in it move nothing around it. */
    static Html foreign(String text) {
        return of("<bdi class=\"foreign\" dir=\"auto\">{}</bdi>", text);
    }

    /** A label as the head of a row or column: like {@link #foreign}, cut where it is so long that a table would burst. */
    static Html label(String text) {
        if (text.length() <= LONGEST_LABEL) {
            return foreign(text);
        }
        return foreign(text.substring(0, LONGEST_LABEL - 1) + "…");
    }

    private static void escape(StringBuilder into, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> into.append("&amp;");
                case '<' -> into.append("&lt;");
                case '>' -> into.append("&gt;");
                case '"' -> into.append("&quot;");
                case '\'' -> into.append("&#39;");
                default -> into.append(isControl(c) || isHalf(text, i) ? '\uFFFD' : c);
            }
        }
    }

    /** Characters that HTML forbids even as references. */
    private static boolean isControl(char c) {
        return Character.isISOControl(c) && c != '\n' && c != '\t' && c != '\r';
    }

    /** Half a surrogate pair, which cannot be written as UTF-8. */
    private static boolean isHalf(String text, int at) {
        if (!Character.isSurrogate(text.charAt(at))) {
            return false;
        }
        boolean withNext = at + 1 < text.length() && Character.isSurrogatePair(text.charAt(at), text.charAt(at + 1));
        boolean withPrevious = at > 0 && Character.isSurrogatePair(text.charAt(at - 1), text.charAt(at));
        return !withNext && !withPrevious;
    }
}
