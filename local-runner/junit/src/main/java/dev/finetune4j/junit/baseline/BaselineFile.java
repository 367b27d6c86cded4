package dev.finetune4j.junit.baseline;

import dev.finetune4j.engine.journal.WholeFile;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A baseline as a file to commit: a line with the metrics, then a line for each held-out row, so that a difference between two
 * versions shows the rows that changed. It holds the right answers and the model's answers, but not what was asked.
 */
public final class BaselineFile {
    /** The line of the first row, from 1. */
    static final int FIRST_CASE = 2;

    private static final int FORMAT = 1;
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final Pattern CONFLICT = Pattern.compile("<{7}|={7}|>{7}");

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

    /**
     * What is recorded; empty without a file.
     *
     * @throws AssertionError that names file, line and damage, where what lies there is no baseline of this format
     */
    public Optional<Baseline> read() {
        List<String> lines;
        try {
            lines = Files.readAllLines(path);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (CharacterCodingException e) {
            throw damaged("it is not UTF-8", e);
        } catch (IOException e) {
            if (Files.isDirectory(path)) {
                throw damaged("it is a folder", e);
            }
            throw new UncheckedIOException(e);
        }
        if (lines.isEmpty()) {
            throw damaged("it is empty", null);
        }
        Head head = parsed(lines, 1, Head.class, "is not how a baseline begins");
        if (head.format() > FORMAT) {
            throw new AssertionError("the baseline " + path + " is of format " + head.format()
                    + ", which a later version of finetune4j writes; this one reads format " + FORMAT);
        }
        if (head.format() < FORMAT) {
            throw damaged("its first line says format " + head.format() + ", the first is " + FORMAT, null);
        }
        List<BaselineCase> cases = new ArrayList<>();
        for (int line = FIRST_CASE; line <= lines.size(); line++) {
            cases.add(parsed(lines, line, BaselineCase.class, "is not a whole recorded answer"));
        }
        if (head.rows() != cases.size()) {
            throw damaged(
                    "it has " + Figures.rows(cases.size()) + ", its first line promises " + Figures.rows(head.rows()),
                    null);
        }
        return Optional.of(new Baseline(head.job(), head.metrics(), cases));
    }

    /** What a line holds, by its number; version control may have left what is no JSON. */
    private <T> T parsed(List<String> lines, int number, Class<T> type, String otherwise) {
        String line = lines.get(number - 1);
        String name = "line " + number + " ";
        if (line.isBlank()) {
            throw damaged(name + "is empty", null);
        }
        if (line.startsWith(BYTE_ORDER_MARK)) {
            throw damaged(name + "begins with a byte order mark", null);
        }
        if (CONFLICT.matcher(line).lookingAt()) {
            throw damaged(name + "is the mark of a merge conflict", null);
        }
        try {
            return Json.read(line, type);
        } catch (UncheckedIOException e) {
            throw damaged(name + otherwise, e);
        }
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
        return new AssertionError("the baseline " + path + " is damaged: " + why, cause);
    }
}
