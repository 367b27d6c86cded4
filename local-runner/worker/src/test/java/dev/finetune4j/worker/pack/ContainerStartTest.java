package dev.finetune4j.worker.pack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.worker.local.LocalProviderFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The archive, unpacked and started in a container's folder beside a torch, trains as the local worker does, or says why it cannot. */
@Tag("long")
class ContainerStartTest {
    private static final int PATIENCE = 2400;

    @TempDir
    private Path root;

    private UnpackedWorker worker;
    private Path packages;

    @BeforeEach
    void unpack() throws Exception {
        worker = UnpackedWorker.in(root.resolve("ml"));
        packages = root.resolve("packages");
    }

    @Test
    void trainsOnTheImagesTorchAsTheLocalWorkerDoes() throws Exception {
        TicketJob.layOut(worker.base());
        StandInTorch.ofDjl(packages);

        int exit = worker.run(packages);

        assertThat(exit).as(worker.log()).isEqualTo(ExitCode.OK.number());
        assertThat(worker.adapterSha()).isEqualTo(localAdapterSha(root.resolve("local")));
        assertThat(worker.told())
                .filteredOn(RunEvent.WorkerStarted.class::isInstance)
                .singleElement()
                .satisfies(event ->
                        assertThat(((RunEvent.WorkerStarted) event).versions()).containsEntry("libtorch", "2.7.1"));
        assertThat(root.resolve("ml/home")).as("nothing is unpacked or cached").isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.5.1+cu124", "2.6.0", "2.9.0+cu130", "2.7.0a0+ecf3bae40a.nv25.02", "2.10.0"})
    void refusesATorchThatItWasNotTriedOn(String version) throws Exception {
        StandInTorch.ofVersion(packages, version);

        assertThat(worker.run(packages)).as(worker.log()).isEqualTo(ExitCode.INVALID.number());

        assertThat(worker.failure())
                .startsWith(
                        "FT0671: the image has torch " + version + ", and the worker runs on 2.7 and 2.8; it lies in ")
                .contains("; try: ");
    }

    @Test
    void saysThatThereIsNoTorch() throws Exception {
        assertThat(worker.run(packages)).as(worker.log()).isEqualTo(ExitCode.INVALID.number());

        assertThat(worker.failure())
                .startsWith("FT0671: the image has no torch; looked with ")
                .contains("/bin/python3");
    }

    @Test
    void saysWhatOfTorchIsMissing() throws Exception {
        StandInTorch.ofVersion(packages, "2.8.0+cpu");

        assertThat(worker.run(packages)).as(worker.log()).isEqualTo(ExitCode.INVALID.number());

        assertThat(worker.failure()).startsWith("FT0671: the image's torch has no libtorch.so; there is none in ");
    }

    @Test
    void saysThatATorchDoesNotTellItsVersion() throws Exception {
        StandInTorch.ofVersion(packages, "2.8.0");
        Files.writeString(packages.resolve("torch/version.py"), "version = (2, 8)\n");

        assertThat(worker.run(packages)).as(worker.log()).isEqualTo(ExitCode.INVALID.number());

        assertThat(worker.failure()).startsWith("FT0671: the image's torch does not tell its version; ");
    }

    @Test
    void saysWhichLibraryOfTorchDoesNotLoad() throws Exception {
        TicketJob.layOut(worker.base());
        StandInTorch.ofDjl(packages);
        Path library = packages.resolve("torch/lib/libtorch.so");
        Files.delete(library);
        Files.writeString(library, "no library");

        assertThat(worker.run(packages)).as(worker.log()).isEqualTo(ExitCode.INVALID.number());

        assertThat(worker.failure())
                .startsWith("FT0605: libtorch cannot be loaded; ")
                .contains("libtorch.so");
    }

    /** The loader's own words on a system whose C library is older than that of the Java runtime. */
    @Test
    void saysThatTheRuntimeDoesNotRun() throws Exception {
        Path java = worker.base().resolve("code/runtime/bin/java");
        Files.write(
                java,
                List.of(
                        "#!/bin/sh",
                        "echo \"$0: /lib/x86_64-linux-gnu/libc.so.6: version \\`GLIBC_2.34' not found\" >&2",
                        "exit 1"));
        StandInTorch.ofVersion(packages, "2.7.1");

        assertThat(worker.run(packages)).isEqualTo(ExitCode.INVALID.number());

        assertThat(worker.failure())
                .startsWith("FT0672: the packed Java runtime does not run in the image; " + java)
                .contains("GLIBC_2.34' not found; the image has glibc 2.", "; try: ");
    }

    private static String localAdapterSha(Path folder) throws Exception {
        Map<String, String> environment =
                Map.of("PATH", System.getenv("PATH"), "HOME", System.getProperty("user.home"));
        ProviderContext context = new ProviderContext(folder.resolve("home"), environment, Clock.systemUTC());
        Submission submission = TicketJob.submission(folder.resolve("rows"));
        try (Provider local = new LocalProviderFactory().open(context, Map.of())) {
            local.submit(submission);
            for (int i = 0;
                    i < PATIENCE
                            && !local.find(submission.id())
                                    .orElseThrow()
                                    .state()
                                    .isTerminal();
                    i++) {
                Thread.sleep(50);
            }
            Path results = local.fetch(submission.id(), Files.createDirectories(folder.resolve("fetched")));
            return sha(results.resolve("adapter/adapter_model.safetensors"));
        }
    }

    private static String sha(Path file) throws IOException {
        return Json.sha256(Files.readAllBytes(file));
    }
}
