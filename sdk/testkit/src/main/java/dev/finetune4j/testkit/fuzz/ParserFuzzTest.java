package dev.finetune4j.testkit.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The parsers of a module under hostile input. Every build reads the seeds and the inputs that were found before, kept in {@code
 * src/test/resources/fuzz/NAME}; the profile {@code fuzz} looks for new ones, {@code -Dfuzz.seconds=60} for each parser or {@code
 * -Dfuzz.inputs=1000000}.
 */
public abstract class ParserFuzzTest {
    private static final Path KEPT = Path.of("src/test/resources/fuzz");
    private static final Path WORK = Path.of("target/fuzz");
    private static final int DEFAULT_SECONDS = 60;

    /** For subclasses. */
    protected ParserFuzzTest() {}

    /** The parsers. Each target's class has a constructor without arguments. */
    protected abstract List<ParserTarget> targets();

    @TestFactory
    Stream<DynamicTest> survivesWhatIsKnown(@TempDir Path scratch) {
        return targets().stream()
                .map(target -> dynamicTest(target.name(), () -> {
                    List<byte[]> inputs = known(target);

                    assertThat(inputs).as("inputs of " + target.name()).isNotEmpty();
                    for (byte[] input : inputs) {
                        ParserOracle.check(target, input, scratch, ParserOracle.ALLOWED_BYTES);
                    }
                }));
    }

    @Tag("fuzz")
    @TestFactory
    Stream<DynamicTest> survivesWhatJazzerFinds(@TempDir Path seeds, @TempDir Path scratch) {
        long inputs = Long.getLong("fuzz.inputs", -1);
        int seconds = Integer.getInteger("fuzz.seconds", inputs < 0 ? DEFAULT_SECONDS : 0);
        return targets().stream()
                .map(target -> dynamicTest(target.name(), () -> {
                    Path folder = Files.createDirectories(WORK.resolve(target.name()));
                    JazzerRun run = JazzerRun.of(target, folder, write(known(target), seeds), seconds, inputs);

                    assertThat(run.found())
                            .as("mend the parser and keep the input in " + KEPT.resolve(target.name()) + "\n"
                                    + run.output())
                            .isEmpty();
                    assertThat(run.exitCode()).as(run.output()).isZero();
                    assertThat(run.output()).contains("stat::number_of_executed_units");
                    for (Path input : run.learned()) {
                        ParserOracle.check(target, Files.readAllBytes(input), scratch, ParserOracle.ALLOWED_BYTES);
                    }
                }));
    }

    private static List<byte[]> known(ParserTarget target) throws IOException {
        List<byte[]> inputs = new ArrayList<>(target.seeds());
        Path folder = KEPT.resolve(target.name());
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.sorted().toList()) {
                    inputs.add(Files.readAllBytes(file));
                }
            }
        }
        return inputs;
    }

    private static Path write(List<byte[]> inputs, Path folder) throws IOException {
        Path target = Files.createTempDirectory(folder, "seeds");
        for (int i = 0; i < inputs.size(); i++) {
            Files.write(target.resolve(String.valueOf(i)), inputs.get(i));
        }
        return target;
    }
}
