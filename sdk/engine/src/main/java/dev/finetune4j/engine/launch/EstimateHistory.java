package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.report.ForeseenAndActual;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every estimate of this home that a run has put to the test; it outlives the runs, one line each. */
public final class EstimateHistory {
    private final Path file;

    /** The history of a home. */
    public EstimateHistory(Path home) {
        file = home.resolve("estimates.jsonl");
    }

    /** All of them, oldest first, each run once. A line that a dying process left half is passed over; none where the file cannot be opened. */
    public List<PastEstimate> read() {
        Map<String, PastEstimate> byRun = new LinkedHashMap<>();
        try {
            for (String line : lines()) {
                estimate(line).ifPresent(one -> byRun.put(one.run().value(), one));
            }
        } catch (IOException e) {
            return List.of(); // unread() tells of it
        }
        return new ArrayList<>(byRun.values());
    }

    /** What was foreseen of a run and what it took; empty where that was not written down. */
    Optional<ForeseenAndActual> figuresOf(RunId run) {
        return read().stream()
                .filter(past -> past.run().equals(run))
                .map(PastEstimate::figures)
                .findFirst();
    }

    /** Which lines are passed over, or why all are, with FT0539 as a warning; empty where none is. */
    public Optional<Problem> unread() {
        List<String> lines;
        try {
            lines = lines();
        } catch (IOException e) {
            return Optional.of(LaunchProblems.unreadEstimates(file, e));
        }
        List<Integer> unread = new ArrayList<>();
        List<Integer> damaged = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank() && estimate(lines.get(i)).isEmpty()) {
                unread.add(i + 1);
                if (!isJson(lines.get(i))) {
                    damaged.add(i + 1);
                }
            }
        }
        return unread.isEmpty() ? Optional.empty() : Optional.of(LaunchProblems.unreadEstimates(file, unread, damaged));
    }

    private static boolean isJson(String line) {
        try {
            Json.records().readTree(line);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<PastEstimate> estimate(String line) {
        try {
            PastEstimate estimate = Json.read(line, PastEstimate.class);
            boolean isWhole = estimate.figures().foreseen().time() != null && estimate.run() != null;
            return isWhole && !estimate.figures().took().isNegative() ? Optional.of(estimate) : Optional.empty();
        } catch (UncheckedIOException | NullPointerException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Adds one.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0501 if it cannot be written
     */
    void add(PastEstimate estimate) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(
                    file,
                    startOfLine() + Json.line(estimate) + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw RunProblems.unwritable(file, e);
        }
    }

    /** After a half line a new one begins, or both would be lost. */
    private String startOfLine() throws IOException {
        String before = Files.notExists(file) ? "" : text();
        return before.isEmpty() || before.endsWith("\n") ? "" : "\n";
    }

    /** Bytes that are no text lose their own line and no other. */
    private String text() throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /** Parted at line feeds alone, as the tools count lines that are told their numbers. */
    private List<String> lines() throws IOException {
        return Files.notExists(file) ? List.of() : List.of(text().split("\n", -1));
    }
}
