package dev.finetune4j.engine.report.view;

import dev.finetune4j.engine.report.SampleRun;
import java.nio.file.Path;

/** Writes sample reports below a folder, to be looked at in a browser: {@code RenderSamples FOLDER}. */
public final class RenderSamples {
    private RenderSamples() {}

    /** Writes the files. */
    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        ReportFiles.write(SampleRun.report(), folder.resolve("good"));
        ReportFiles.write(SampleRun.report(0.5, 0.75, 0.72), folder.resolve("lost"));
        ReportFiles.write(SampleRun.stopped(), folder.resolve("stopped"));
        ReportFiles.write(SampleRun.failed(), folder.resolve("failed"));
        ReportFiles.write(SampleRun.foreseenByPlan(), folder.resolve("gpu"));
    }
}
