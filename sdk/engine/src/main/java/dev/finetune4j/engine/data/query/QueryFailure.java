package dev.finetune4j.engine.data.query;

import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.data.table.DuckDb;
import dev.finetune4j.engine.data.table.DuckDbReason;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns DuckDB's message about a query into a problem at the line and column of the user's SQL. */
final class QueryFailure {
    private static final Pattern EXCERPT =
            Pattern.compile("LINE (?<line>\\d+): (?<excerpt>.*)\\n(?<pointer> *)\\^", Pattern.MULTILINE);
    private static final String CUT = "...";

    private final SqlText sql;
    private final int linesBefore;

    /**
     * For one query.
     *
     * @param sql the user's SQL
     * @param linesBefore lines that were put before it
     */
    QueryFailure(SqlText sql, int linesBefore) {
        this.sql = sql;
        this.linesBefore = linesBefore;
    }

    FineTuneException of(SQLException failure, Collection<String> sourceNames) {
        String message = String.valueOf(failure.getMessage());
        Location place = place(message);
        if (reachesOut(message)) {
            return DataProblems.QUERY_REACHES_OUT
                    .error("the query reaches outside its sources")
                    .at(place)
                    .because("DuckDB: " + DuckDbReason.of(failure))
                    .because("it sees " + String.join(", ", sourceNames))
                    .asException(failure);
        }
        if (message.contains("Out of Memory")) {
            return DataProblems.QUERY_FAILED
                    .error("the query needs more memory than the " + DuckDb.MEMORY_LIMIT + " that it has")
                    .at(place)
                    .because("DuckDB: " + DuckDbReason.of(failure))
                    .remedy("LIMIT 100000    (at the end of the query), or select fewer columns")
                    .asException(failure);
        }
        return DataProblems.QUERY_FAILED
                .error("the query fails")
                .at(place)
                .because("DuckDB: " + DuckDbReason.of(failure))
                .because("it sees " + String.join(", ", sourceNames))
                .asException(failure);
    }

    private static boolean reachesOut(String message) {
        String lower = message.toLowerCase(Locale.ROOT);
        return lower.contains("permission error")
                || lower.contains("disabled by configuration")
                || lower.contains("disabled through configuration")
                || lower.contains("configuration has been locked")
                || lower.contains("extension");
    }

    private Location place(String message) {
        Matcher match = EXCERPT.matcher(message);
        if (!match.find()) {
            return Location.of(sql.name());
        }
        int line = Integer.parseInt(match.group("line")) - linesBefore;
        String prefix = "LINE " + match.group("line") + ": ";
        int inExcerpt = match.group("pointer").length() - prefix.length();
        return sql.at(line, column(line, match.group("excerpt"), inExcerpt));
    }

    /** DuckDB cuts long lines at either end; where the rest stands in the whole line gives the column. */
    private int column(int line, String excerpt, int inExcerpt) {
        if (!excerpt.startsWith(CUT)) {
            return inExcerpt + 1;
        }
        String rest = excerpt.substring(CUT.length());
        String visible = rest.endsWith(CUT) ? rest.substring(0, rest.length() - CUT.length()) : rest;
        int start = sql.line(line).indexOf(visible);
        return start < 0 ? 0 : start + inExcerpt - CUT.length() + 1;
    }
}
