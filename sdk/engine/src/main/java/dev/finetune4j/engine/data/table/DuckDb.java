package dev.finetune4j.engine.data.table;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.duckdb.DuckDBDriver;
import org.jspecify.annotations.Nullable;

/** Opens DuckDB in memory so that it never fetches an extension, and locks it once its tables are loaded. */
public final class DuckDb {
    /** Memory of the database before it spills to its folder for temporary files. */
    public static final String MEMORY_LIMIT = "1GB";

    /** Disk that the database may spill to: a join without a condition must not fill it. */
    private static final String SPILL_LIMIT = "16GB";

    private static final int LOADING_THREADS = 2;

    private DuckDb() {}

    /**
     * A database that may read files, but neither looks for extensions nor keeps anything on disk.
     *
     * @param temporary where it may spill to, or null for nowhere
     */
    public static Connection open(@Nullable Path temporary) throws SQLException {
        Properties settings = new Properties();
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        settings.setProperty("allow_community_extensions", "false");
        settings.setProperty("allow_persistent_secrets", "false");
        settings.setProperty("memory_limit", MEMORY_LIMIT);
        settings.setProperty("max_temp_directory_size", SPILL_LIMIT);
        settings.setProperty("threads", Integer.toString(LOADING_THREADS));
        // Rows come out as they are computed, so that a large result is never held as a whole.
        settings.setProperty("jdbc_stream_results", "true");
        Connection connection = new DuckDBDriver().connect("jdbc:duckdb:", settings);
        execute(connection, "SET temp_directory = " + text(temporary == null ? "" : temporary.toString()));
        return connection;
    }

    /**
     * Closes every way out: no file, no network, no extension, no change of settings. One thread from here on, so that the order
     * of rows and the last digits of sums do not depend on the machine.
     */
    public static void lock(Connection connection) throws SQLException {
        execute(connection, "SET threads = 1");
        execute(connection, "SET enable_external_access = false");
        execute(connection, "SET lock_configuration = true");
    }

    /** Runs one statement that returns nothing. */
    public static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A text as an SQL literal. */
    public static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    /** A name as an SQL identifier. */
    public static String name(String value) {
        return '"' + value.replace("\"", "\"\"") + '"';
    }
}
