package dev.finetune4j.engine.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A text with {@code {{column}}} where the text of a column goes. There is nothing else: no conditions, no filters; a row's text
 * is put in as it stands and never read as a template itself.
 */
final class Template {
    /** A piece of a template. */
    private sealed interface Piece {
        /** Text as it stands. */
        record Text(String text) implements Piece {}

        /** The text of a column. */
        record Column(String name) implements Piece {}
    }

    private final String source;
    private final List<Piece> pieces;

    private Template(String source, List<Piece> pieces) {
        this.source = source;
        this.pieces = pieces;
    }

    /**
     * Reads a template.
     *
     * @throws IllegalArgumentException if braces are not closed or name nothing
     */
    static Template parse(String source) {
        List<Piece> pieces = new ArrayList<>();
        int at = 0;
        while (at < source.length()) {
            int open = source.indexOf("{{", at);
            if (open < 0) {
                break;
            }
            int close = source.indexOf("}}", open);
            String name = close < 0 ? "" : source.substring(open + 2, close).strip();
            if (name.isEmpty()) {
                throw new IllegalArgumentException(
                        close < 0 ? "{{ is not closed by }}" : "there is no column name between {{ and }}");
            }
            if (open > at) {
                pieces.add(new Piece.Text(source.substring(at, open)));
            }
            pieces.add(new Piece.Column(name));
            at = close + 2;
        }
        if (at < source.length()) {
            pieces.add(new Piece.Text(source.substring(at)));
        }
        return new Template(source, pieces);
    }

    /** The columns that the template names, in order, without repetition. */
    List<String> columns() {
        return pieces.stream()
                .filter(Piece.Column.class::isInstance)
                .map(piece -> ((Piece.Column) piece).name())
                .distinct()
                .toList();
    }

    /** The text for a row, all of whose columns hold a {@link #isText text, number or boolean}. */
    String fill(ObjectNode row) {
        StringBuilder text = new StringBuilder();
        for (Piece piece : pieces) {
            if (piece instanceof Piece.Text plain) {
                text.append(plain.text());
            } else if (piece instanceof Piece.Column column) {
                text.append(row.path(column.name()).asText());
            }
        }
        return text.toString();
    }

    /** Whether a value can stand in a text. */
    static boolean isText(JsonNode value) {
        return value.isTextual() || value.isNumber() || value.isBoolean();
    }

    @Override
    public String toString() {
        return source;
    }
}
