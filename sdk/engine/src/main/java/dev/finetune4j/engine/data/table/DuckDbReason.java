package dev.finetune4j.engine.data.table;

import java.sql.SQLException;
import java.util.regex.Pattern;

/** DuckDB's own words about a failure, cut to what helps. */
public final class DuckDbReason {
    private static final Pattern EXCERPT = Pattern.compile("\\n+LINE \\d+:.*", Pattern.DOTALL);
    private static final Pattern KIND =
            Pattern.compile("^(?:java\\.sql\\.SQLException: )?[A-Z][A-Za-z-]*(?: [A-Z][A-Za-z]*)* Error: ");
    private static final int LONGEST = 400;

    private DuckDbReason() {}

    /** The reason in one line, without the excerpt of the SQL. */
    public static String of(SQLException failure) {
        String message = String.valueOf(failure.getMessage());
        String plain = EXCERPT.matcher(message).replaceFirst("");
        String line = KIND.matcher(plain)
                .replaceFirst("")
                .replaceFirst("^[A-Z][A-Za-z]*Exception: ", "")
                .replaceFirst("(?s)\\s*Possible solutions:.*", "")
                .replaceAll("\\s+", " ")
                .strip();
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }
}
