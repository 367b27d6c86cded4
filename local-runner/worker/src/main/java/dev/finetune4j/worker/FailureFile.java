package dev.finetune4j.worker;

import dev.finetune4j.error.Problem;
import dev.finetune4j.training.durable.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Why a container failed, where SageMaker looks for it: {@code output/failure}. */
final class FailureFile {
    /** The service shows so many characters of a failure. */
    private static final int CHARACTERS = 1024;

    private final Path base;

    /** That of a container, by the folder of its inputs and results. */
    FailureFile(Path base) {
        this.base = base;
    }

    /** Leaves problems, each with what to do first. */
    void leave(List<Problem> problems) {
        StringBuilder text = new StringBuilder();
        for (Problem problem : problems) {
            text.append(text.isEmpty() ? "" : "\n")
                    .append(problem.code())
                    .append(": ")
                    .append(problem.summary());
            problem.causes().forEach(cause -> text.append("; ").append(cause));
            text.append("; try: ").append(problem.remedies().get(0));
        }
        leave(text.toString());
    }

    /** Leaves a text. */
    void leave(String text) {
        try {
            Path file = Files.createDirectories(base.resolve("output")).resolve("failure");
            DurableFiles.write(file, text.substring(0, Math.min(text.length(), CHARACTERS)));
        } catch (IOException e) {
            // The exit code and the log still tell.
            System.getLogger(FailureFile.class.getName())
                    .log(System.Logger.Level.ERROR, "the failure could not be written down", e);
        }
    }
}
