package dev.finetune4j.junit.baseline;

import dev.finetune4j.engine.journal.WholeFile;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A baseline as a file to commit: a line with the metrics, then a line for each held-out row, so that a difference between two
 * versions shows the rows that changed. It holds the right answers and the model's answers, but not what was asked.
 */
public final class BaselineFile {
    private static final int FORMAT = 1;

    private final Path path;

    /** The file at a path, which need not exist. */
    public BaselineFile(Path path) {
        this.path = path;
    }

    /** Where it lies. */
    public Path path() {
        return path;
    }

    private record Head(int format, String job, int rows, Map<MetricName, Interval> metrics) {
        private Head {
            Objects.requireNonNull(job, "job");
            Objects.requireNonNull(metrics, "metrics");
        }
    }

    /** What is recorded; empty without a file. */
    public Optional<Baseline> read() {
        List<String> lines;
        try {
            lines = Files.readAllLines(path);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (CharacterCodingException e) {
            throw damaged("it is not UTF-8", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            Head head = parsed(lines.get(0), Head.class);
            List<BaselineCase> cases = lines.stream()
                    .skip(1)
                    .map(line -> parsed(line, BaselineCase.class))
                    .toList();
            if (head.format() != FORMAT || head.rows() != cases.size()) {
                throw damaged("its first line promises format " + FORMAT + " and " + head.rows() + " rows", null);
            }
            return Optional.of(new Baseline(head.job(), head.metrics(), cases));
        } catch (UncheckedIOException | IndexOutOfBoundsException e) {
            throw damaged("a line is not what a baseline has", e);
        }
    }

    /** What a line holds, which may be null in JSON. */
    private <T> T parsed(String line, Class<T> type) {
        return Optional.ofNullable(Json.read(line, type)).orElseThrow(() -> damaged("a line is null", null));
    }

    /** Writes it whole, over an older one. */
    public void write(Baseline baseline) {
        Head head = new Head(FORMAT, baseline.job(), baseline.cases().size(), baseline.metrics());
        WholeFile.write(
                path,
                Stream.concat(Stream.of(head), baseline.cases().stream())
                        .map(Json::line)
                        .collect(Collectors.joining("\n", "", "\n")));
    }

    private AssertionError damaged(String why, @Nullable Throwable cause) {
        return new AssertionError(
                "the baseline " + path + " is damaged: " + why
                        + "; take it from version control again, or record it anew",
                cause);
    }
}
