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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
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
    private static final int ROWS = 5;
    private static final int LENGTH = 100;
    private static final int BETWEEN_LOOKS = 30;

    /**
     * Beside the largest growth between two looks, since the C library takes some MiB at once at times of its own; and outside of Java alone, since
     * the process compiles nothing of it. Measured on a processor without products of bf16: 0 to 6 MiB, and where torch's caches have their usual
     * limits, 6 and 18.
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
        List<Long> growth = IntStream.range(1, mebibytes.size())
                .mapToObj(look -> mebibytes.get(look) - mebibytes.get(look - 1))
                .sorted()
                .toList();
        assertThat(growth).hasSize((STEPS - WARM) / BETWEEN_LOOKS);
        assertThat(growth.stream()
                        .limit(growth.size() - 1)
                        .mapToLong(grown -> grown)
                        .sum())
                .as("%s MiB", mebibytes)
                .isLessThan(ALLOWED_MIB);
    }

    /** What a worker does, without rows. */
    static final class TrainsOnVaryingShapes {
        private TrainsOnVaryingShapes() {}

        /** Writes the resident memory after {@link #WARM} steps and each {@link #BETWEEN_LOOKS} later ones, in MiB, to a file. */
        public static void main(String[] arguments) throws IOException {
            Random random = new Random(1);
            List<int[]> shapes = IntStream.range(0, STEPS)
                    .mapToObj(step -> new int[] {ROWS - step % ROWS, LENGTH - step / ROWS})
                    .collect(Collectors.toCollection(ArrayList::new));
            Collections.shuffle(shapes.subList(1, STEPS), random); // behind the largest one
            try (LanguageModel model =
                    Fixture.load("untied", Fixture.settings(Fixture.RANK_4, Precision.BF16, Recompute.NONE))) {
                for (int step = 1; step <= STEPS; step++) {
                    int[] shape = shapes.get(step - 1);
                    int[][] sequences = IntStream.range(0, shape[0])
                            .mapToObj(row -> random.ints(shape[1], 3, 96).toArray())
                            .toArray(int[][]::new);
                    TokenBatch batch = Fixture.batch(0, sequences);
                    model.accumulateGradient(batch, 1.0 / batch.countedTargets(), step);
                    model.step(step, 1e-3, 0, 1);
                    if (step >= WARM && step % BETWEEN_LOOKS == 0) {
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
