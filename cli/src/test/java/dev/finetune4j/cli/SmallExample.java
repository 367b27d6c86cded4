package dev.finetune4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An example of the repository with fewer rows, shorter answers and no gate, so that it runs in about a minute. */
final class SmallExample {
    static final Path EXAMPLES = Path.of("../examples");
    /** Shared by the tests that run examples, so that the model is fetched once. */
    static final Path HOME = Path.of("target/examples-home");

    private SmallExample() {}

    /** Writes {@code job.yaml} and the query that it names into {@code folder}. */
    static Path write(String name, Path folder) throws IOException {
        Path example = EXAMPLES.resolve(name);
        Files.copy(example.resolve(name + ".sql"), folder.resolve(name + ".sql"));
        String job = Files.readString(example.resolve("job.yaml"))
                .replaceAll("train-rows: \\d+", "train-rows: 16")
                .replaceAll("validation-rows: \\d+", "validation-rows: 6")
                .replaceAll("test-rows: \\d+", "test-rows: 9")
                .replaceAll("(?m)^  epochs: .*$", "  epochs: 1")
                .replaceAll("(?m)^  max-new-tokens: .*$", "  max-new-tokens: 8")
                .replaceAll("(?s)\\n  gate:.*?(?=\\n\\S|$)", "\n  gate: {better-than-base: false}\n");
        return Files.writeString(folder.resolve("job.yaml"), job);
    }
}
