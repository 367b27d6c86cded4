package dev.finetune4j.engine.data.format;

import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.data.table.DuckDb;
import dev.finetune4j.engine.data.table.DuckDbReason;
import dev.finetune4j.engine.data.table.TableFile;
import dev.finetune4j.engine.spec.ShellWord;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of a Parquet file; values keep their types. */
final class ParquetReader implements RowReader {
    private final ObjectReader json = RowJson.reader();
    private final String name;
    private final String shown;
    private final Connection connection;
    private final Statement statement;
    private final ResultSet rows;
    private long row;

    ParquetReader(Path file, String name) throws IOException {
        this.name = name;
        this.shown = ShellWord.of(file);
        if (Files.size(file) == 0) {
            throw DataProblems.NO_ROWS
                    .error(name + " is empty")
                    .at(Location.of(name))
                    .remedy("ls -l " + shown)
                    .asException();
        }
        try {
            this.connection = DuckDb.open(null);
            this.statement = connection.createStatement();
            this.rows =
                    statement.executeQuery("SELECT to_json(r) FROM " + TableFile.PARQUET.read(List.of(file)) + " r");
        } catch (SQLException e) {
            throw broken(e);
        }
    }

    @Override
    public @Nullable RawRow next() throws IOException {
        try {
            if (!rows.next()) {
                return null;
            }
            return new RawRow.Read(++row, (ObjectNode) json.readTree(rows.getString(1)));
        } catch (SQLException e) {
            throw broken(e);
        }
    }

    private FineTuneException broken(SQLException cause) {
        return DataProblems.TABLE_BROKEN
                .error(name + " cannot be read")
                .at(Location.of(name))
                .because("DuckDB: " + DuckDbReason.of(cause))
                .remedy("ls -l " + shown + "    # compare its size with the original's; it may be cut short")
                .asException(cause);
    }

    @Override
    public void close() throws IOException {
        try {
            rows.close();
            statement.close();
            connection.close();
        } catch (SQLException e) {
            throw new IOException("cannot close " + name, e);
        }
    }
}
