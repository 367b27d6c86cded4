package dev.finetune4j.worker.recipe;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The engine's Python files, run by the Python of this machine, which need not have torch. */
final class PeftPython {
    static final Path PACKAGE =
            Path.of("src/main/resources/dev/finetune4j/worker/peft").toAbsolutePath();

    private PeftPython() {}

    /** What a Python program ended with, and what it printed. */
    record Ended(int exit, String output) {}

    /** Runs {@code python3} with some arguments, the engine's modules at hand. */
    static Ended run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("python3", "-B"));
        command.addAll(Arrays.asList(arguments));
        Path output = Files.createTempFile("python", ".out");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("PYTHONPATH", PACKAGE.toString());
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int exit = process.waitFor();
        String printed = Files.readString(output, StandardCharsets.UTF_8);
        Files.delete(output);
        return new Ended(exit, printed);
    }
}
