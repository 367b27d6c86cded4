package dev.finetune4j.training.rows;

import dev.finetune4j.data.Example;
import dev.finetune4j.error.Location;
import dev.finetune4j.json.Json;
import dev.finetune4j.training.problem.LoopProblems;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads a file of the data channel row by row, one {@link Example} a line, without holding more than one line. */
public final class ExampleReader implements AutoCloseable {
    /** Longest line in bytes; a longer one is no row of text that a model could be shown. */
    public static final int MAX_LINE_BYTES = 32 << 20;

    private final Path file;
    private final InputStream input;
    private long line;

    private ExampleReader(Path file, InputStream input) {
        this.file = file;
        this.input = input;
    }

    /**
     * Opens a file.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0630 if there is no such file or it cannot be read
     */
    public static ExampleReader open(Path file) {
        try {
            return new ExampleReader(file, new BufferedInputStream(Files.newInputStream(file), 1 << 16));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * The next row, or null after the last. Blank lines are skipped.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0631 if the line is not an example in UTF-8 JSON
     */
    public @Nullable Example next() {
        try {
            String text;
            do {
                text = nextLine();
            } while (text != null && text.isBlank());
            return text == null ? null : Json.read(text, Example.class);
        } catch (UncheckedIOException e) {
            throw badLine("it is not an example in JSON", e);
        } catch (CharacterCodingException e) {
            throw badLine("it is not UTF-8", e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private @Nullable String nextLine() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int next = input.read();
        if (next < 0) {
            return null;
        }
        line++;
        for (; next >= 0 && next != '\n'; next = input.read()) {
            if (bytes.size() == MAX_LINE_BYTES) {
                throw badLine("it is longer than " + MAX_LINE_BYTES + " bytes", null);
            }
            bytes.write(next);
        }
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes.toByteArray()))
                .toString();
    }

    private RuntimeException badLine(String why, @Nullable Throwable cause) {
        var problem = LoopProblems.BAD_ROW
                .error("line " + line + " of " + file.getFileName() + " cannot be used: " + why)
                .at(new Location.InFile(file.toString(), line, 0, null))
                .build();
        return cause == null ? problem.asException() : problem.asException(cause);
    }

    private static RuntimeException unreadable(Path file, IOException cause) {
        return LoopProblems.ROWS_UNREADABLE
                .error("the rows in " + file.getFileName() + " cannot be read")
                .at(Location.of(file.toString()))
                .because(cause.getClass().getSimpleName().replace("Exception", "") + ": " + cause.getMessage())
                .asException(cause);
    }

    @Override
    public void close() {
        try {
            input.close();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }
}
