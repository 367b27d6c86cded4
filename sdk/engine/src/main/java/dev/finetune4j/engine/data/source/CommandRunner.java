package dev.finetune4j.engine.data.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Runs another program; tests give programs of their own. */
@FunctionalInterface
public interface CommandRunner {
    /**
     * How a program ended.
     *
     * @param exitCode its exit code
     * @param lastLines the end of what it wrote, without credentials in addresses
     */
    record Ended(int exitCode, List<String> lastLines) {
        /** Copies the lines. */
        public Ended {
            lastLines = List.copyOf(lastLines);
        }
    }

    /**
     * Runs a program to its end.
     *
     * @param command program and arguments, never through a shell
     * @param folder its working folder
     * @param everySecond called about once a second meanwhile
     * @throws IOException if there is no such program
     */
    Ended run(List<String> command, Path folder, Runnable everySecond) throws IOException;
}
