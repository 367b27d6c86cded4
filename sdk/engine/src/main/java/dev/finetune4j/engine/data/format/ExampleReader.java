package dev.finetune4j.engine.data.format;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.spec.ShellWord;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.TaskSpec;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the examples of one file, one at a time; broken rows are collected and passed over. */
public final class ExampleReader implements Closeable {
    /**
     * A row that became an example.
     *
     * @param example the example
     * @param fields the row as it was in the file, for the column that groups the split
     */
    public record ReadRow(Example example, ObjectNode fields) {}

    /** Rows that are looked at before the format is chosen. */
    private static final int FIRST_ROWS = 20;
    /** Broken rows that are passed over in search of rows to tell the format by. */
    private static final int BROKEN_AHEAD = 100;

    private final RowReader rows;
    private final String name;
    private final String shown;
    private final RowProblems problems;
    private final Deque<RowReader.RawRow> ahead = new ArrayDeque<>();
    private final FormatChoice choice;
    private long rowsRead;

    private ExampleReader(
            RowReader rows, Path file, String name, String format, TaskSpec task, boolean speaks, RowProblems problems)
            throws IOException {
        this.rows = rows;
        this.name = name;
        this.shown = ShellWord.of(file);
        this.problems = problems;
        this.choice = choose(file, format, task, speaks);
    }

    /**
     * Opens a file and chooses its format.
     *
     * @param file the file
     * @param name what problems and row references call it
     * @param format name of the row format, or {@code auto}
     * @param task what the rows are for
     * @param speaks whether the model speaks; an encoder reads the text alone where the task gives no prompt
     * @param problems takes the problems of broken rows
     * @throws FineTuneException with FT0224 if there are no rows, FT0225, FT0227 or FT0232 if they do not fit the task, FT0230 if
     *     the file cannot be read; with the problems of the rows if none can be read
     */
    public static ExampleReader open(
            Path file, String name, String format, TaskSpec task, boolean speaks, RowProblems problems) {
        RowReader rows = RowReader.open(file, name);
        try {
            return new ExampleReader(rows, file, name, format, task, speaks, problems);
        } catch (IOException e) {
            closeQuietly(rows, e);
            throw DataProblems.unreadable(name, ShellWord.of(file), e);
        } catch (FineTuneException e) {
            closeQuietly(rows, e);
            throw e;
        }
    }

    private static void closeQuietly(RowReader rows, Exception because) {
        try {
            rows.close();
        } catch (IOException e) {
            because.addSuppressed(e);
        }
    }

    private FormatChoice choose(Path file, String format, TaskSpec task, boolean speaks) throws IOException {
        List<ObjectNode> first = new ArrayList<>();
        RowReader.RawRow row = rows.next();
        while (row != null) {
            ahead.add(row);
            if (row instanceof RowReader.RawRow.Read read) {
                first.add(read.fields());
            }
            if (first.size() == FIRST_ROWS || ahead.size() > FIRST_ROWS + BROKEN_AHEAD) {
                break;
            }
            row = rows.next();
        }
        if (ahead.isEmpty()) {
            Problem.Builder none =
                    DataProblems.NO_ROWS.error(name + " has no rows").at(Location.of(name));
            boolean isEmpty = Files.size(file) == 0;
            throw none.because(isEmpty ? "it is empty" : "there is no row in it, as below a header alone")
                    .remedy((isEmpty ? "ls -l " : "head -n 3 ") + shown)
                    .asException();
        }
        if (first.isEmpty()) {
            for (RowReader.RawRow broken : ahead) {
                problems.add(List.of(((RowReader.RawRow.Broken) broken).problem()));
            }
            throw new FineTuneException(problems.asErrors(), null);
        }
        return FormatChoice.of(format, first, task, speaks, file, name);
    }

    /** The format that was named or detected. */
    public RowFormat format() {
        return choice.format();
    }

    /** Why that format was taken, in a sentence. */
    public String formatNote() {
        return choice.note();
    }

    /** Rows so far, broken ones included. */
    public long rowsRead() {
        return rowsRead;
    }

    /**
     * The next row that is not broken, or null after the last.
     *
     * @throws FineTuneException with FT0230 if the file breaks off, FT0220, FT0223 or FT0231 if the rest of it is unfit
     */
    public @Nullable ReadRow next() {
        try {
            while (true) {
                RowReader.RawRow raw = ahead.isEmpty() ? rows.next() : ahead.poll();
                if (raw == null) {
                    return null;
                }
                rowsRead++;
                if (raw instanceof RowReader.RawRow.Read read) {
                    Optional<String> halved = LoneSurrogates.fieldOf(read.fields());
                    if (halved.isPresent()) {
                        problems.add(List.of(halfCharacter(read.number(), halved.get())));
                        continue;
                    }
                    ExampleMapper.Mapped mapped = choice.mapper().map(new RowRef(name, read.number()), read.fields());
                    if (mapped instanceof ExampleMapper.Mapped.Good good) {
                        return new ReadRow(good.example(), read.fields());
                    }
                    refuse(mapped);
                } else {
                    problems.add(List.of(((RowReader.RawRow.Broken) raw).problem()));
                }
            }
        } catch (IOException e) {
            throw DataProblems.unreadable(name, shown, e);
        }
    }

    private void refuse(ExampleMapper.Mapped refused) {
        if (refused instanceof ExampleMapper.Mapped.Unlisted unlisted) {
            problems.addUnlisted(unlisted.label(), unlisted.problem());
        } else {
            problems.add(((ExampleMapper.Mapped.Broken) refused).problems());
        }
    }

    private Problem halfCharacter(long row, String field) {
        return DataProblems.NOT_UTF8
                .error(name + " row " + row + " has half a character")
                .at(new Location.InRow(name, row, field))
                .because("an escape from \\ud800 to \\udfff stands without its other half, which UTF-8 cannot write")
                .remedy("grep -nE '\\\\u[dD][89a-fA-F]' " + shown + "    # shows such escapes; take the lone ones out")
                .build();
    }

    @Override
    public void close() {
        try {
            rows.close();
        } catch (IOException e) {
            throw DataProblems.unreadable(name, shown, e);
        }
    }
}
