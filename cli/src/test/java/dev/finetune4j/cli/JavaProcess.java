package dev.finetune4j.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program on the class path of this test, in a process of its own, with the first compiler alone, by which it starts faster. */
final class JavaProcess {
    private JavaProcess() {}

    /** Runs it to its end and gives what it printed, both streams together. */
    static String run(Class<?> main, Path folder, Path home, List<String> arguments)
            throws IOException, InterruptedException {
        return run(List.of(), main, folder, home, arguments);
    }

    /** The same with options for the virtual machine. */
    static String run(List<String> options, Class<?> main, Path folder, Path home, List<String> arguments)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command(options, main, arguments))
                .directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().put("FINETUNE_HOME", home.toAbsolutePath().toString());
        builder.environment().put("COLUMNS", "80");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    /** What the launcher executes for commands that neither send nor fetch files, with the class path of this test. */
    static List<String> command(List<String> options, Class<?> main, List<String> arguments) {
        List<String> program = List.of("-cp", System.getProperty("java.class.path"), main.getName());
        return words(options, program, arguments);
    }

    /** The same, with a jar that {@link Checkout} has built. */
    static List<String> command(List<String> options, Path jar, List<String> arguments) {
        return words(options, List.of("-jar", jar.toString()), arguments);
    }

    private static List<String> words(List<String> options, List<String> program, List<String> arguments) {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED")); // as the product's jar says in its manifest
        words.addAll(options);
        words.addAll(program);
        words.addAll(arguments);
        return words;
    }
}
