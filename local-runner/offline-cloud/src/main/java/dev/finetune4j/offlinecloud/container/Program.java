package dev.finetune4j.offlinecloud.container;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** What an image does around the process that computes: before it, to what it prints, and after it. */
public interface Program {
    /**
     * Prepares for the process, once all inputs are there.
     *
     * @param base the machine's folder
     * @throws ProgramFailure if the program ends here
     */
    default void prepare(Path base) throws IOException {}

    /** What is printed of a line of the process; empty for nothing. */
    default Optional<String> told(String line) {
        return Optional.of(line);
    }

    /**
     * Brings what the process left to where the service takes it from.
     *
     * @param base the machine's folder
     * @param exitCode of the process
     */
    default void finish(Path base, int exitCode) throws IOException {}

    /** A program that ends by itself before anything is computed, with exit code 1. */
    final class ProgramFailure extends IOException {
        private static final long serialVersionUID = 1L;

        /** @param message what it says of it */
        public ProgramFailure(String message) {
            super(message);
        }
    }
}
