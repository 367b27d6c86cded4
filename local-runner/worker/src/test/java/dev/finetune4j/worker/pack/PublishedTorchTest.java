package dev.finetune4j.worker.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.training.durable.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The archive trains on torch as PyPI has it, which is what vendors' images have, and comes to the losses that DJL's own gives, but for rounding. Each torch is
 * fetched by pip, 3 GB with the CUDA libraries that it needs even on a machine without a GPU, and deleted afterwards.
 */
@Tag("slow")
class PublishedTorchTest {
    /** Packages without which libtorch does not load; the others are for compilers, and for linear algebra that nobody calls. */
    private static final Set<String> NEEDED = Set.of(
            "cublas",
            "cuda-cupti",
            "cuda-runtime",
            "cudnn",
            "cufft",
            "cufile",
            "curand",
            "cusparse",
            "cusparselt",
            "nccl",
            "nvjitlink");

    private static final Pattern REQUIREMENT = Pattern.compile("Requires-Dist: (nvidia-([a-z-]+)-cu12==[0-9.]+);.*");

    /** Builds of torch add in another order; it grows from step to step. */
    private static final double LARGEST_DIFFERENCE = 1e-5;

    @TempDir
    private Path root;

    @ParameterizedTest
    @ValueSource(strings = {"2.7.0", "2.7.1", "2.8.0"})
    void trainsAsOnTheTorchOfDjl(String version) throws Exception {
        UnpackedWorker reference = run(root.resolve("reference"), StandInTorch.ofDjl(root.resolve("djl")));
        Path packages = Path.of("target/torch-" + version);
        UnpackedWorker published;
        try {
            install(packages, version);

            published = run(root.resolve("published"), packages);
        } finally {
            DurableFiles.deleteTree(packages);
        }

        List<Double> losses = losses(published);
        assertThat(losses).hasSize(48);
        for (int step = 0; step < losses.size(); step++) {
            assertThat(losses.get(step))
                    .as("step %d", step + 1)
                    .isCloseTo(losses(reference).get(step), within(LARGEST_DIFFERENCE));
        }
    }

    private static UnpackedWorker run(Path base, Path packages) throws IOException, InterruptedException {
        UnpackedWorker worker = UnpackedWorker.in(base);
        TicketJob.layOut(base);
        assertThat(worker.run(packages)).as(worker.log()).isEqualTo(ExitCode.OK.number());
        return worker;
    }

    private static List<Double> losses(UnpackedWorker worker) throws IOException {
        return worker.told().stream()
                .filter(RunEvent.StepCompleted.class::isInstance)
                .map(event -> ((RunEvent.StepCompleted) event).loss())
                .toList();
    }

    private static void install(Path packages, String version) throws IOException, InterruptedException {
        DurableFiles.deleteTree(packages); // of a test that was ended
        pip(packages, "torch==" + version);
        pip(packages, requirements(packages).toArray(String[]::new));
    }

    /** The versions that this torch was built with. */
    private static List<String> requirements(Path packages) throws IOException {
        List<String> requirements = new ArrayList<>();
        Path metadata;
        try (Stream<Path> found = Files.list(packages)) {
            metadata = found.filter(folder -> folder.getFileName().toString().matches("torch-.*\\.dist-info"))
                    .findFirst()
                    .orElseThrow()
                    .resolve("METADATA");
        }
        for (String line : Files.readAllLines(metadata)) {
            Matcher requirement = REQUIREMENT.matcher(line);
            if (requirement.matches() && NEEDED.contains(requirement.group(2))) {
                requirements.add(requirement.group(1));
            }
        }
        assertThat(requirements).hasSameSizeAs(NEEDED);
        return requirements;
    }

    private static void pip(Path packages, String... requirements) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "python3",
                "-m",
                "pip",
                "install",
                "-q",
                "--no-deps",
                "--no-cache-dir",
                "--target",
                packages.toString()));
        command.addAll(Arrays.asList(requirements));
        Path log = Path.of("target/pip.log");
        Process pip = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        int exit = pip.waitFor();
        assertThat(exit).as(Files.readString(log)).isZero();
    }
}
