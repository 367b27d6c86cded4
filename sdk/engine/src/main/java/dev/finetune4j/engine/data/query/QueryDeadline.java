package dev.finetune4j.engine.data.query;

import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** Cancels a statement that takes longer than it may. Its thread keeps no program alive, unlike that of JDBC's query timeout in DuckDB. */
final class QueryDeadline implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(QueryDeadline.class.getName());

    private final Thread thread;
    private volatile boolean passed;

    private QueryDeadline(Statement statement, Duration limit) {
        thread = new Thread(() -> cancelAfter(statement, limit), "query-deadline");
        thread.setDaemon(true);
    }

    /** Begins to count; {@link #close} ends it. */
    static QueryDeadline start(Statement statement, Duration limit) {
        QueryDeadline deadline = new QueryDeadline(statement, limit);
        deadline.thread.start();
        return deadline;
    }

    /** Whether the statement was cancelled. */
    boolean hasPassed() {
        return passed;
    }

    private void cancelAfter(Statement statement, Duration limit) {
        try {
            Thread.sleep(limit.toMillis());
            passed = true;
            statement.cancel();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the statement was faster
        } catch (SQLException e) {
            LOG.log(System.Logger.Level.DEBUG, "the query cannot be cancelled", e);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
