package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Executes every command that README shows, in order, and compares what it prints with what README shows. */
class ReadmeTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String LAUNCHER = "./finetune";

    @Test
    void everyCommandPrintsWhatReadmeShows() throws Exception {
        Path home = Path.of("target/readme-home").toAbsolutePath();
        deleteFolder(home.resolve("runs"));
        deleteFolder(home.resolve("jobs"));
        List<Transcript> transcripts = Transcript.of(ROOT.resolve("README.md"));

        assertThat(transcripts).hasSizeGreaterThanOrEqualTo(5);
        for (Transcript transcript : transcripts) {
            String[] words = transcript.command().split(" ", -1);
            if (!words[0].equals(LAUNCHER)) {
                assertThat(transcript.command())
                        .as("a command that no test runs")
                        .isIn("mvn verify");
                continue;
            }
            String real = run(home, List.of(words).subList(1, words.length));
            assertThat(transcript.matches(real))
                    .as(() -> "README shows for: " + transcript.command() + "\n"
                            + String.join("\n", transcript.output()) + "\n--- but it printed\n" + real)
                    .isTrue();
        }
    }

    /** As the launcher does, in a process of its own from the root, on the class path of this test. */
    private static String run(Path home, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(ROOT.toFile()).redirectErrorStream(true);
        builder.environment().put("FINETUNE_HOME", home.toString());
        builder.environment().put("COLUMNS", "80");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    private static void deleteFolder(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
