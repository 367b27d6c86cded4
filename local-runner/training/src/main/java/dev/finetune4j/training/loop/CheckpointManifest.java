package dev.finetune4j.training.loop;

import dev.finetune4j.json.Json;
import dev.finetune4j.training.durable.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The SHA-256 of every file of a checkpoint. Written last, so a folder without it is no checkpoint.
 *
 * @param version of the checkpoint's layout
 * @param sha256ByFile lower-case hex by file name, {@code /} between folders
 */
record CheckpointManifest(int version, Map<String, String> sha256ByFile) {
    static final String FILE = "manifest.json";
    static final int VERSION = 1;

    /** Copies the map, sorted. */
    CheckpointManifest {
        sha256ByFile = Collections.unmodifiableMap(new TreeMap<>(sha256ByFile));
    }

    /** Describes a folder as it is now. */
    static CheckpointManifest of(Path folder) throws IOException {
        return new CheckpointManifest(VERSION, digests(folder));
    }

    /** Writes and forces this into its folder. */
    void writeInto(Path folder) throws IOException {
        DurableFiles.write(folder.resolve(FILE), Json.pretty(this));
    }

    /** What is wrong with a folder, or empty where every byte is as its manifest says. */
    static Optional<String> damageOf(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            if (!Files.exists(file)) {
                return Optional.of("it has no " + FILE);
            }
            CheckpointManifest stated = Json.read(Files.readString(file), CheckpointManifest.class);
            if (stated.version() != VERSION) {
                return Optional.of("its layout has version " + stated.version() + ", this program reads " + VERSION);
            }
            Map<String, String> found = digests(folder);
            for (Map.Entry<String, String> entry : stated.sha256ByFile().entrySet()) {
                if (!entry.getValue().equals(found.get(entry.getKey()))) {
                    return Optional.of(
                            entry.getKey() + (found.containsKey(entry.getKey()) ? " was changed" : " is missing"));
                }
            }
            return found.keySet().equals(stated.sha256ByFile().keySet())
                    ? Optional.empty()
                    : Optional.of("it holds files that its manifest does not name");
        } catch (IOException | UncheckedIOException | NullPointerException e) {
            return Optional.of(FILE + " cannot be read");
        }
    }

    private static Map<String, String> digests(Path folder) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                String name = folder.relativize(path).toString().replace('\\', '/');
                if (!name.equals(FILE)) {
                    digests.put(name, DurableFiles.sha256(path));
                }
            }
        }
        return digests;
    }
}
