package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.ProviderFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Executes every command that README shows, in order, and compares what it prints with what README shows. */
class ReadmeTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String LAUNCHER = "./finetune";
    private static final Pattern JAVA = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern XML = Pattern.compile("```xml\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern ARTIFACT = Pattern.compile("<artifactId>[^<]*</artifactId>");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|\\S+");

    @Test
    @Tag("long")
    void everyCommandPrintsWhatReadmeShows() throws Exception {
        Path home = Path.of("target/readme-home").toAbsolutePath();
        deleteFolder(home.resolve("runs"));
        deleteFolder(home.resolve("jobs"));
        List<Transcript> transcripts = Transcript.of(ROOT.resolve("README.md"));

        assertThat(transcripts).hasSizeGreaterThanOrEqualTo(5);
        for (Transcript transcript : transcripts) {
            List<String> words = words(transcript.command());
            if (!words.get(0).equals(LAUNCHER)) {
                assertThat(transcript.command())
                        .as("a command that no test runs")
                        .isIn("mvn verify");
                continue;
            }
            String real = JavaProcess.run(Main.class, ROOT, home, words.subList(1, words.size()));
            assertThat(transcript.matches(real))
                    .as(() -> "README shows for: " + transcript.command() + "\n"
                            + String.join("\n", transcript.output()) + "\n--- but it printed\n" + real)
                    .isTrue();
        }
    }

    @Test
    void theJavaShownIsTheJavaThatIsRun() throws IOException {
        Path program = Path.of("src/test/java/dev/finetune4j/cli/JavaSnippet.java");

        assertThat(program).content().contains(javaShown().get(0).indent(8));
        Path launch = Path.of("src/test/java/dev/finetune4j/cli/LaunchSnippet.java");
        assertThat(launch).content().contains(javaShown().get(1).indent(8));
        Path offline = Path.of("src/test/java/dev/finetune4j/cli/OfflineLaunchTest.java");
        assertThat(offline)
                .content()
                .contains(javaShown().get(2).indent(4))
                .contains(javaShown().get(3).indent(4));
    }

    @Test
    void theArtifactsShownAreThoseOfTheBom() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        String bom = Files.readString(ROOT.resolve("sdk/bom/pom.xml"));
        String shown =
                XML.matcher(readme).results().map(block -> block.group(1)).collect(Collectors.joining());

        List<String> artifacts = ARTIFACT.matcher(shown)
                .results()
                .map(artifact -> artifact.group())
                .toList();
        assertThat(artifacts).hasSize(3).allSatisfy(artifact -> assertThat(bom).contains(artifact));
        assertThat(bom).contains(artifacts.get(0) + "\n  <version>0.1.0-SNAPSHOT</version>");
        assertThat(shown).contains(artifacts.get(0) + "<version>0.1.0-SNAPSHOT</version>");
    }

    @Test
    void theTestShownIsTheTestOfTheExample() throws IOException {
        Path test = ROOT.resolve("examples/guarded-model/src/test/java/com/example/mood/MoodModelTest.java");

        assertThat(javaShown()).hasSize(5);
        assertThat(test).content().endsWith(javaShown().get(4));
    }

    private static List<String> javaShown() throws IOException {
        return JAVA.matcher(Files.readString(ROOT.resolve("README.md")))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    @Test
    void theTableOfTargetsIsWhatTheProvidersClaim() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));

        List<String> rows = ServiceLoader.load(ProviderFactory.class).stream()
                .map(factory -> row(factory.get()))
                .toList();

        assertThat(rows).hasSize(6).allSatisfy(row -> assertThat(readme).contains(row));
    }

    private static String row(ProviderFactory factory) {
        ProviderContext context = new ProviderContext(Path.of("target/no-home"), Map.of(), Clock.systemUTC());
        try (Provider provider = factory.open(context, Map.of())) {
            Capabilities can = provider.capabilities();
            return Stream.of(
                            can.supportsCustomWork(),
                            can.supportsStepEvents(),
                            can.supportsStop(),
                            can.supportsResume(),
                            can.supportsTimeLimit(),
                            can.givesModel(),
                            can.bills())
                    .map(yes -> yes ? "yes" : "no")
                    .collect(Collectors.joining(
                            " | ",
                            "| " + provider.id() + " | ",
                            can.launchesOnce() ? " | yes |\n" : " | no, but one stays |\n"));
        }
    }

    /** The words of a command as a shell sees them, double quotes included. */
    private static List<String> words(String command) {
        return WORD.matcher(command)
                .results()
                .map(word -> word.group(1) != null ? word.group(1) : word.group())
                .toList();
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
