package dev.finetune4j.modelfiles;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A script of src/test/python that needs nothing but Python and pip. */
public final class PythonScript {
    private static final Path FOLDER = Path.of("src/test/python");

    private PythonScript() {}

    /** Runs it to its good end and gives what it writes. */
    public static String run(String script, String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("python3", "-B", FOLDER.resolve(script).toString()));
        command.addAll(Arrays.asList(arguments));
        Path output = Files.createTempFile(Files.createDirectories(Path.of("target")), script, ".out");
        Path errors = Files.createTempFile(Path.of("target"), script, ".err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        int exit = process.waitFor();
        assertThat(exit).as(Files.readString(errors)).isZero();
        return Files.readString(output, StandardCharsets.UTF_8);
    }
}
