package dev.finetune4j.junit.summary;

import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects what one test class says of its runs, and writes it down when JUnit closes it at the end of the class. Safe for tests that
 * run at the same time.
 */
public final class ClassSummary implements AutoCloseable {
    private final String testClass;
    private final Path folder;
    private final Map<RunId, SummarizedRun> runs = new LinkedHashMap<>();
    private final Map<RunId, SummarizedBaseline> baselines = new LinkedHashMap<>();
    private final List<Claim> claims = new ArrayList<>();
    private final Map<String, String> failures = new LinkedHashMap<>();

    /**
     * An empty summary.
     *
     * @param testClass the class' full name
     * @param folder where the files go
     */
    public ClassSummary(String testClass, Path folder) {
        this.testClass = testClass;
        this.folder = folder;
    }

    /** A run that a test was handed. */
    public synchronized void add(SummarizedRun run) {
        runs.put(run.id(), run);
    }

    /** What a run was compared with. */
    public synchronized void baseline(RunId run, SummarizedBaseline baseline) {
        baselines.put(run, baseline);
    }

    /** A claim, whether it holds or not. */
    public synchronized void add(Claim claim) {
        claims.add(claim);
    }

    /**
     * A job that gave no model, so that nothing could be claimed of it.
     *
     * @param job as the test names it
     * @param why every problem, in lines
     */
    public synchronized void failed(String job, String why) {
        failures.put(job, why);
    }

    /**
     * Writes {@code CLASS.md} and {@code TEST-finetune4j-CLASS.xml}, over those of an earlier execution.
     *
     * @throws FineTuneException with FT0721 if a file cannot be written
     */
    @Override
    public synchronized void close() {
        ReportFiles.write(
                folder.resolve(testClass + ".md"),
                MarkdownSummary.of(testClass, runs.values(), baselines, claims, failures));
        ReportFiles.write(
                folder.resolve("TEST-finetune4j-" + testClass + ".xml"),
                JunitXml.of(testClass, runs.values(), claims, failures));
    }
}
