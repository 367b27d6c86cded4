package dev.finetune4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program that runs beside the test, its two streams kept apart in files so that neither can fill up.
 *
 * @param process the process
 * @param out where its stdout goes
 * @param err where its stderr goes
 */
record ChildProcess(Process process, Path out, Path err) {
    /** Far more than any of them needs, so that a hang fails the test rather than the build's time limit. */
    private static final long PATIENCE_SECONDS = 300;

    /** What it left. */
    record Ended(int exitCode, String out, String err) {}

    /** Starts it with this process' environment and more. */
    static ChildProcess start(Path folder, Map<String, String> environment, String... command) throws IOException {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        return new ChildProcess(builder.start(), out, err);
    }

    /** Waits for its end; a program that does not end is killed with its children. */
    Ended await() throws IOException, InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError("it did not end: " + Files.readString(out) + Files.readString(err));
        }
        return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
