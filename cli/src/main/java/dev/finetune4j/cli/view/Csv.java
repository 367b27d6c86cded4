package dev.finetune4j.cli.view;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Lines of CSV, quoted as RFC 4180 wants it. */
final class Csv {
    private Csv() {}

    /** Prints cells; null is an empty cell. */
    static void line(Screen screen, List<? extends @Nullable Object> cells) {
        screen.line(cells.stream()
                .map(cell -> cell == null ? "" : quoted(cell.toString()))
                .collect(Collectors.joining(",")));
    }

    private static String quoted(String cell) {
        return cell.matches("(?s).*[\",\\r\\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
    }
}
