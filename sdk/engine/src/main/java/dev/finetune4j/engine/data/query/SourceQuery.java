package dev.finetune4j.engine.data.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.data.table.DuckDb;
import dev.finetune4j.engine.data.table.DuckDbReason;
import dev.finetune4j.engine.data.table.TableFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Runs a job's query. The sources are loaded as tables of their names first; then the database is locked, so that the query sees
 * them and nothing else. The result is written as JSON Lines.
 *
 * <p>Rows come in the order of the query's own {@code ORDER BY}; without one they are sorted by all columns from left to right, so
 * that the same files give the same rows in the same order. {@code random()} starts from a fixed seed.
 */
public final class SourceQuery {
    private static final String INTO_RESULT = "CREATE TEMP TABLE result_of_query AS\n";

    /** A row of more bytes is no row of text; the readers of rows refuse it too. */
    private static final long MAX_ROW_BYTES = 16L << 20;

    /** Rows of text come within seconds; what takes longer never ends, such as a recursion without a bound. */
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final Path temporary;
    private final Duration limit;

    /**
     * Queries that may spill to a folder, and take a minute.
     *
     * @param temporary the folder, which exists
     */
    public SourceQuery(Path temporary) {
        this(temporary, LIMIT);
    }

    SourceQuery(Path temporary, Duration limit) {
        this.temporary = temporary;
        this.limit = limit;
    }

    /**
     * Runs a query and writes one JSON object a row.
     *
     * @param filesBySource the files of each source, by the name that the query uses; no list is empty
     * @param sql the query
     * @param target the file to write
     * @return rows written
     * @throws FineTuneException with FT0206 if a source does not load, FT0210 to FT0213 if the query fails, is not one SELECT,
     *     reaches outside or takes too long, FT0221 if a row is too long, FT0224 if it selects nothing, FT0243 if the result cannot be
     *     written
     */
    public long run(Map<String, List<Path>> filesBySource, SqlText sql, Path target) {
        try (Connection connection = DuckDb.open(temporary)) {
            JsonNode select = oneSelect(connection, sql);
            for (Map.Entry<String, List<Path>> source : filesBySource.entrySet()) {
                load(connection, source.getKey(), source.getValue());
            }
            DuckDb.lock(connection);
            return write(connection, sql, isOrdered(select), filesBySource.keySet(), target);
        } catch (SQLException e) {
            throw new QueryFailure(sql, 0).of(e, filesBySource.keySet());
        } catch (IOException e) {
            throw DataProblems.unwritable(target.toString(), e);
        }
    }

    /** DuckDB's own parser, which serializes nothing but SELECT statements, says what the text is. */
    private static JsonNode oneSelect(Connection connection, SqlText sql) throws SQLException, JsonProcessingException {
        JsonNode parsed;
        try (PreparedStatement parse = connection.prepareStatement("SELECT json_serialize_sql(CAST(? AS VARCHAR))")) {
            parse.setString(1, sql.text());
            try (ResultSet result = parse.executeQuery()) {
                result.next();
                parsed = new ObjectMapper().readTree(result.getString(1));
            }
        }
        if (parsed.path("error_type").asText().equals("parser")) {
            throw DataProblems.QUERY_FAILED
                    .error("the query is not SQL")
                    .at(sql.at(parsed.path("position").asInt()))
                    .because("DuckDB: " + parsed.path("error_message").asText())
                    .asException();
        }
        int statements = parsed.path("statements").size();
        if (parsed.path("error").asBoolean() || statements != 1) {
            throw DataProblems.QUERY_NOT_SELECT
                    .error("the query is not one SELECT statement")
                    .at(Location.of(sql.name()))
                    .because(
                            statements > 1
                                    ? "it has " + statements + " statements"
                                    : "it is empty or does something else")
                    .asException();
        }
        return parsed.path("statements").path(0);
    }

    private static boolean isOrdered(JsonNode select) {
        for (JsonNode modifier : select.path("node").path("modifiers")) {
            if (modifier.path("type").asText().equals("ORDER_MODIFIER")) {
                return true;
            }
        }
        return false;
    }

    private static void load(Connection connection, String name, List<Path> files) {
        List<Optional<TableFile>> kinds =
                files.stream().map(TableFile::of).distinct().toList();
        if (kinds.size() != 1 || kinds.get(0).isEmpty()) {
            throw DataProblems.SOURCE_TABLE
                    .error("source " + name + " is of no kind that can be read as a table")
                    .at(Location.ofKey("data.sources." + name))
                    .because(files.stream()
                            .limit(5)
                            .map(file -> String.valueOf(file.getFileName()))
                            .collect(Collectors.joining(", ", "files: ", files.size() > 5 ? ", ..." : "")))
                    .asException();
        }
        try {
            DuckDb.execute(
                    connection,
                    "CREATE TABLE " + DuckDb.name(name) + " AS SELECT * FROM "
                            + kinds.get(0).get().read(files));
        } catch (SQLException e) {
            throw DataProblems.SOURCE_TABLE
                    .error("source " + name + " does not load as a table")
                    .at(Location.ofKey("data.sources." + name))
                    .because("DuckDB: " + DuckDbReason.of(e))
                    .asException(e);
        }
    }

    private long write(Connection connection, SqlText sql, boolean isOrdered, Set<String> sourceNames, Path target)
            throws IOException, SQLException {
        try (Statement statement = connection.createStatement();
                QueryDeadline deadline = QueryDeadline.start(statement, limit)) {
            try {
                statement.execute("SELECT setseed(0.5)");
                statement.execute(INTO_RESULT + sql.text());
                return copy(statement, sql, isOrdered, target);
            } catch (SQLException e) {
                throw deadline.hasPassed() ? tooSlow(sql, sourceNames, e) : new QueryFailure(sql, 1).of(e, sourceNames);
            }
        }
    }

    private static long copy(Statement statement, SqlText sql, boolean isOrdered, Path target)
            throws IOException, SQLException {
        String order = isOrdered ? "" : " ORDER BY ALL";
        String rows = "SELECT CASE WHEN strlen(j) <= " + MAX_ROW_BYTES + " THEN j END, strlen(j) FROM"
                + " (SELECT CAST(to_json(r) AS VARCHAR) AS j FROM (SELECT * FROM result_of_query" + order + ") r)";
        long count = 0;
        try (ResultSet result = statement.executeQuery(rows);
                BufferedWriter writer = Files.newBufferedWriter(target, StandardCharsets.UTF_8)) {
            while (result.next()) {
                count++;
                String row = result.getString(1);
                if (row == null) {
                    throw tooLong(sql, count, result.getLong(2));
                }
                writer.write(row);
                writer.write('\n');
            }
        }
        if (count == 0) {
            throw DataProblems.NO_ROWS
                    .error("the query selects no rows")
                    .at(Location.of(sql.name()))
                    .remedy("SELECT count(*) FROM (...)    -- on the query's inner parts, to see where rows are lost")
                    .asException();
        }
        return count;
    }

    private static FineTuneException tooLong(SqlText sql, long row, long bytes) {
        return DataProblems.LINE_TOO_LONG
                .error("row " + row + " of the query is too long")
                .at(Location.of(sql.name()))
                .because(String.format(Locale.ROOT, "%,d bytes; at most %,d are read", bytes, MAX_ROW_BYTES))
                .remedy("SELECT left(COLUMN, 20000) AS COLUMN    -- for the column that is so long")
                .asException();
    }

    private FineTuneException tooSlow(SqlText sql, Set<String> sourceNames, SQLException cause) {
        return DataProblems.QUERY_TOO_SLOW
                .error("the query was ended after " + limit.toSeconds() + " seconds")
                .at(Location.of(sql.name()))
                .because("it sees " + String.join(", ", sourceNames))
                .remedy("LIMIT 100000    -- at the end of the query, to see whether it comes to an end at all")
                .remedy("put a condition on each JOIN, and one on the recursive part of WITH RECURSIVE")
                .asException(cause);
    }
}
