package dev.finetune4j.training.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.TokenBatch;
import dev.finetune4j.training.model.TorchEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Memory does not grow with the number of steps, though no two have the same shapes. Training happens in a process of its own, since
 * only a process that is started with {@link TorchEnvironment} has the memory of a worker.
 */
@Tag("long")
class ResidentMemoryTest {
    /** Steps after which caches have filled. */
    private static final int WARM = 60;

    private static final int STEPS = 240;

    /**
     * Of what lies outside of Java alone, since the process compiles nothing of it: that took 13 to 24 MiB at times of its own. Measured: 0 to
     * 4 MiB; 39 to 81 where torch's caches have their usual limits.
     */
    private static final long ALLOWED_MIB = 12;

    @TempDir
    Path folder;

    @Test
    void stepsOfVaryingShapesLeaveNothingBehind() throws Exception {
        Path output = folder.resolve("output");
        Path memory = folder.resolve("memory");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms48m",
                        "-Xmx48m",
                        "-XX:+AlwaysPreTouch",
                        "-XX:+UseSerialGC",
                        "-Xint",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TrainsOnVaryingShapes.class.getName(),
                        memory.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(TorchEnvironment.variables(1));
        Process process = builder.start();

        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        List<Long> mebibytes =
                Files.readAllLines(memory).stream().map(Long::valueOf).toList();
        assertThat(mebibytes.get(1) - mebibytes.get(0)).as("%s MiB", mebibytes).isLessThan(ALLOWED_MIB);
    }

    /** What a worker does, without rows. */
    static final class TrainsOnVaryingShapes {
        private TrainsOnVaryingShapes() {}

        /** Writes the resident memory after {@link #WARM} and after all steps, in MiB, to a file. */
        public static void main(String[] arguments) throws IOException {
            Random random = new Random(1);
            try (LanguageModel model =
                    Fixture.load("untied", Fixture.settings(Fixture.RANK_4, Precision.BF16, Recompute.NONE))) {
                for (int step = 1; step <= STEPS; step++) {
                    int[][] sequences = IntStream.range(0, 6)
                            .mapToObj(row ->
                                    random.ints(30 + random.nextInt(50), 3, 96).toArray())
                            .toArray(int[][]::new);
                    TokenBatch batch = Fixture.batch(0, sequences);
                    model.accumulateGradient(batch, 1.0 / batch.countedTargets(), step);
                    model.step(step, 1e-3, 0, 1);
                    if (step == WARM || step == STEPS) {
                        Files.writeString(
                                Path.of(arguments[0]),
                                residentMib() + "\n",
                                StandardOpenOption.CREATE,
                                StandardOpenOption.APPEND);
                    }
                }
            }
        }

        private static long residentMib() throws IOException {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .sum();
        }
    }
}
