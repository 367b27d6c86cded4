package dev.finetune4j.engine.examples;

import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.engine.spec.Profile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The examples of this repository. */
final class Examples {
    private Examples() {}

    /** The folder with all of them, found from the module's folder upwards. */
    static Path folder() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve("examples")) && Files.isDirectory(at.resolve("sdk"))) {
                return at.resolve("examples");
            }
        }
        throw new AssertionError("no folder examples above " + Path.of("").toAbsolutePath());
    }

    /** Every job file, however deep. */
    static List<Path> jobFiles() {
        try (Stream<Path> all = Files.walk(folder())) {
            return all.filter(file -> file.endsWith("job.yaml")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The job of an example. */
    static JobFile job(String name) {
        return JobFile.read(folder().resolve(name).resolve("job.yaml"), Map.of(), Profile.NONE);
    }

    /** A file of an example. */
    static String text(String name, String file) throws IOException {
        return Files.readString(folder().resolve(name).resolve(file));
    }
}
