package dev.finetune4j.engine.store;

import dev.finetune4j.engine.data.source.FileDigest;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.List;

/**
 * SHA-256 over the names and contents of a model's files. Remembered by path, size and time of change, so that gigabytes are not
 * read again for each run.
 */
final class ModelDigest {
    private final Path memory;

    ModelDigest(Path memory) {
        this.memory = memory;
    }

    /** The digest of files in their order, lower-case hex. */
    String of(List<Path> files) throws IOException {
        Path known = memory.resolve(Json.sha256(fingerprint(files).getBytes(StandardCharsets.UTF_8)));
        if (Files.isRegularFile(known)) {
            return Files.readString(known).strip();
        }
        MessageDigest digest = FileDigest.sha256();
        for (Path file : files) {
            digest.update((file.getFileName() + "\0" + FileDigest.of(file) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        String hex = FileDigest.hex(digest);
        Files.createDirectories(memory);
        Path fresh = Files.createTempFile(memory, "new", ".digest");
        Files.writeString(fresh, hex + "\n");
        Files.move(fresh, known, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return hex;
    }

    private static String fingerprint(List<Path> files) throws IOException {
        StringBuilder fingerprint = new StringBuilder();
        for (Path file : files) {
            Path real = file.toRealPath();
            fingerprint.append(file.getFileName()).append('\0').append(real).append('\0');
            fingerprint.append(Files.size(real)).append('\0');
            fingerprint.append(Files.getLastModifiedTime(real)).append('\n');
        }
        return fingerprint.toString();
    }
}
