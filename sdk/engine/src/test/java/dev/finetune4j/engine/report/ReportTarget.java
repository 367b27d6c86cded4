package dev.finetune4j.engine.report;

import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.testkit.fuzz.ParserTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The report of a run as JSON, which {@code compare} and {@code report} read back. */
public final class ReportTarget implements ParserTarget {
    @Override
    public String name() {
        return "report";
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(
                ReportJson.write(SampleRun.report()).getBytes(StandardCharsets.UTF_8),
                ReportJson.write(SampleRun.failed()).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void read(byte[] input, Path scratch) throws IOException {
        Files.write(scratch.resolve("report.json"), input);
        ReportFiles.read(scratch);
    }
}
