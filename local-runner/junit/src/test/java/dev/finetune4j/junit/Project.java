package dev.finetune4j.junit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/**
 * A module of a team that guards a tiny model: two layers of random weights, one token a word, 160 tickets of two teams. It trains in
 * two seconds, on this machine and by the real worker.
 */
final class Project {
    /** Shared, so that the tests together train the tiny model once. */
    static final Path HOME = Path.of("target/test-home").toAbsolutePath();

    private static final Path TICKETS = Path.of("src/test/resources/tickets");

    /** Not copied, so that it is the same for every project. */
    static final Path MODEL = TICKETS.resolve("model").toAbsolutePath();

    private final Path folder;
    private final Map<String, String> switches = new TreeMap<>();

    /** Puts the job below the module's test resources. */
    Project(Path folder) {
        this.folder = folder;
        switches.put("finetune4j.folder", folder.toString());
        switches.put("finetune4j.home", HOME.toString());
        try {
            Files.createDirectories(resources());
            Files.copy(TICKETS.resolve("tickets.jsonl"), resources().resolve("tickets.jsonl"));
            String job = Files.readString(TICKETS.resolve("job.yaml"));
            Files.writeString(resources().resolve("job.yaml"), job.replace("model: model", "model: " + MODEL));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A home without runs. Not a temporary folder: the shell of a worker still notes its end there when the run has ended. */
    static Path emptyHome(String name) throws IOException {
        Path home = Path.of("target/test-homes", name).toAbsolutePath();
        if (Files.exists(home)) {
            try (Stream<Path> files = Files.walk(home)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        return Files.createDirectories(home);
    }

    /** From now on with a switch, as {@code -Dname=value}. */
    Project with(String name, String value) {
        switches.put(name, value);
        return this;
    }

    /** Executes a test class. */
    EngineExecutionResults run(Class<?> testClass) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(testClass))
                .configurationParameters(switches)
                .execute();
    }

    Path resources() {
        return folder.resolve("src/test/resources/tickets");
    }

    Path baseline() {
        return resources().resolve("job.baseline.jsonl");
    }

    /** What the summaries of a test class say: {@code .md} or {@code .xml}. */
    String summary(Class<?> testClass, String ending) throws IOException {
        String name = ending.equals(".xml") ? "TEST-finetune4j-" + testClass.getName() : testClass.getName();
        return Files.readString(folder.resolve("target/finetune4j").resolve(name + ending));
    }
}
