package dev.finetune4j.worker.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.RecipeWriter;
import dev.finetune4j.spi.WorkerEngine;
import dev.finetune4j.spi.WorkerPackage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerArchiveTest {
    private static final long LARGEST_BYTES = 40_000_000;

    @TempDir
    private Path folder;

    /** One test, since packing takes seconds. */
    @Test
    void hasTheSameBytesEachTimeAndIsPackedAgainOnlyWhereItWasDamaged() throws IOException {
        WorkerPackage found = packageOf(WorkerEngine.CORE);

        Path archive = found.archive(folder);

        assertThat(archive).hasFileName(WorkerPackage.FILE).hasParent(folder.resolve(found.digest()));
        assertThat(found.digest()).matches("[0-9a-f]{64}").isEqualTo(new WorkerArchive().digest());
        assertThat(Files.size(archive)).isLessThan(LARGEST_BYTES);

        FileTime made = Files.getLastModifiedTime(archive);

        new WorkerArchive().archive(folder);
        assertThat(Files.getLastModifiedTime(archive)).isEqualTo(made);

        byte[] bytes = Files.readAllBytes(archive);
        bytes[bytes.length / 2] ^= 1;
        Files.write(archive, bytes);
        new WorkerArchive().archive(folder);
        assertThat(archive).hasSameBinaryContentAs(UnpackedWorker.archive());
        try (var left = Files.list(folder)) {
            assertThat(left).as("nothing half-made stays").hasSize(2);
        }
    }

    @Test
    void packsTheEngineOnPeftWhole() throws Exception {
        WorkerPackage peft = packageOf(
                ServiceLoader.load(RecipeWriter.class).findFirst().orElseThrow().engine());
        Path unpacked = Files.createDirectories(folder.resolve("unpacked"));

        Path archive = peft.archive(folder.resolve("cache"));

        Process tar = new ProcessBuilder("tar", "-xzf", archive.toString(), "-C", unpacked.toString()).start();
        assertThat(tar.waitFor()).isZero();
        assertThat(filesIn(unpacked)).isEqualTo(filesIn(Path.of("src/main/resources/dev/finetune4j/worker/peft")));
        assertThat(unpacked.resolve(WorkerPackage.START)).isExecutable();
        assertThat(new PeftArchive().digest()).isEqualTo(peft.digest()).isNotEqualTo(new WorkerArchive().digest());
    }

    private static WorkerPackage packageOf(String engine) {
        return ServiceLoader.load(WorkerPackage.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.engine().equals(engine))
                .findFirst()
                .orElseThrow();
    }

    /** Digest by path. */
    private static Map<String, String> filesIn(Path root) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(root)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                files.put(root.relativize(file).toString(), Json.sha256(Files.readAllBytes(file)));
            }
        }
        return files;
    }

    @Test
    void holdsNoTorchAndNothingOfOtherSystems() throws Exception {
        ProcessBuilder list =
                new ProcessBuilder("tar", "-tzvf", UnpackedWorker.archive().toString());
        list.environment().put("TZ", "UTC");
        Process tar = list.start();
        List<String> lines;
        try (InputStream out = tar.getInputStream()) {
            lines = new String(out.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }

        assertThat(lines)
                .allMatch(line -> line.matches("-rw-r--r-- 0/0 .* 1970-01-01 .*|-rwxr-xr-x 0/0 .* 1970-01-01 .*"));
        assertThat(lines)
                .filteredOn(line -> line.endsWith(" start"))
                .singleElement()
                .asString()
                .startsWith("-rwx");
        assertThat(lines)
                .filteredOn(line -> line.endsWith("runtime/bin/java"))
                .singleElement()
                .asString()
                .startsWith("-rwx");
        assertThat(lines)
                .extracting(line -> line.substring(line.lastIndexOf(' ') + 1))
                .isSorted()
                .filteredOn(name -> name.startsWith("natives/") || name.startsWith("djl/"))
                .containsExactly(
                        "djl/pytorch/2.7.1-cpu-linux-x86_64/0.36.0-libdjl_torch.so",
                        "natives/libjnidispatch.so",
                        "natives/libtokenizers.so");
    }

    @Test
    void saysThatAJavaWithoutJlinkIsNotEnough() {
        WorkerArchive archive = new WorkerArchive(new TrimmedRuntime(folder, "Linux amd64"));

        assertThat(problem(() -> archive.archive(folder)))
                .contains(
                        "FT0673",
                        "there is no " + folder.resolve("bin/jlink"),
                        "apt-get install openjdk-17-jdk-headless");
    }

    @Test
    void saysThatAnotherSystemIsNotThatOfContainers() {
        WorkerArchive archive =
                new WorkerArchive(new TrimmedRuntime(Path.of(System.getProperty("java.home")), "Mac OS X aarch64"));

        assertThat(problem(archive::digest)).contains("FT0673", "this is Mac OS X aarch64", "infra/training-image");
    }

    @Test
    void passesOnWhatJlinkSays() throws IOException {
        Path jlink = Files.createDirectories(folder.resolve("bin")).resolve("jlink");
        Files.write(jlink, List.of("#!/bin/sh", "echo 'Error: Module java.base not found'", "exit 1"));
        assertThat(jlink.toFile().setExecutable(true)).isTrue();

        assertThat(problem(() -> new WorkerArchive(new TrimmedRuntime(folder, "Linux amd64")).archive(folder)))
                .contains("FT0673", "Error: Module java.base not found");
    }

    private static String problem(ThrowingCallable call) {
        return catchThrowableOfType(FineTuneException.class, call).problems().toString();
    }
}
