package dev.finetune4j.worker.pack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.json.Json;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.RunEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A container's folder with the archive unpacked in it, and nothing of this test's own Java or class path.
 *
 * @param base what {@code SAGEMAKER_BASE_DIR} names
 */
record UnpackedWorker(Path base) {
    /** Where this module's tests keep the archive; packing takes some seconds. */
    private static final Path CACHE = Path.of("target/worker-package");

    /** The archive of the worker as it is built now. */
    static Path archive() {
        return new WorkerArchive().archive(CACHE);
    }

    /** Unpacks it as a container does, with the tar of the system. */
    static UnpackedWorker in(Path base) throws IOException, InterruptedException {
        Path code = Files.createDirectories(base.resolve("code"));
        Process tar = new ProcessBuilder(
                        "tar", "-xzf", archive().toAbsolutePath().toString(), "-C", code.toString())
                .inheritIO()
                .start();
        assertThat(tar.waitFor()).isZero();
        return new UnpackedWorker(base);
    }

    /** Runs it to its end beside the Python packages of a folder; the exit status. */
    int run(Path packages) throws IOException, InterruptedException {
        ProcessBuilder start =
                new ProcessBuilder("/bin/sh", base.resolve("code/start").toString());
        start.environment().clear();
        start.environment().put("PATH", StandInTorch.python(base.resolve("bin")) + ":/usr/bin:/bin");
        start.environment().put("PYTHONPATH", packages.toAbsolutePath().toString());
        start.environment()
                .put("HOME", Files.createDirectories(base.resolve("home")).toString());
        start.environment().put("SAGEMAKER_BASE_DIR", base.toString());
        Process container = start.redirectOutput(base.resolve("stdout").toFile())
                .redirectError(base.resolve("stderr").toFile())
                .start();
        if (!container.waitFor(5, TimeUnit.MINUTES)) {
            container.destroyForcibly();
            throw new AssertionError("the container goes on for ever");
        }
        return container.exitValue();
    }

    String failure() throws IOException {
        return Files.readString(base.resolve("output/failure"));
    }

    /** What it printed, for a test that fails. */
    String log() throws IOException {
        return Files.readString(base.resolve("stdout")) + Files.readString(base.resolve("stderr"));
    }

    String adapterSha() throws IOException {
        return Json.sha256(Files.readAllBytes(base.resolve("model/adapter/adapter_model.safetensors")));
    }

    List<RunEvent> told() throws IOException {
        return Files.readAllLines(base.resolve("stdout")).stream()
                .filter(line -> line.startsWith(ContainerOrder.EVENT_MARK))
                .map(line -> Json.read(line.substring(ContainerOrder.EVENT_MARK.length()), RunEvent.class))
                .toList();
    }
}
