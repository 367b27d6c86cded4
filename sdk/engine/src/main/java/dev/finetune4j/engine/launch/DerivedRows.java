package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.SplitRecord;
import dev.finetune4j.engine.data.prepare.DataPreparation;
import dev.finetune4j.engine.data.source.ExclusiveLock;
import dev.finetune4j.engine.data.source.FileDigest;
import dev.finetune4j.engine.journal.WholeFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Prepared rows dealt out anew, in a folder of their own. What lies there complete is used again; of several programs that ask at the same
 * time one writes.
 *
 * @param whole the rows as the job deals them out
 * @param parts what each part gets
 * @param content what writes a part
 */
public record DerivedRows(PreparedData whole, Map<Part, SplitRecord.PartShare> parts, Content content) {
    /** Copies the map. */
    public DerivedRows {
        parts = Map.copyOf(parts);
    }

    /** Writes parts. */
    public interface Content {
        /**
         * Writes a part.
         *
         * @throws IOException if its file cannot be written
         */
        void write(Part part, Path file) throws IOException;
    }

    /**
     * The rows.
     *
     * @param folder where the parts are written
     * @throws FineTuneException if the folder cannot be written
     */
    public PreparedData in(Path folder) {
        Path lock = folder.resolveSibling(folder.getFileName() + ".lock");
        try {
            ExclusiveLock mine = ExclusiveLock.acquire(lock, () -> {});
            try (mine) {
                Optional<PreparedData> before = DataPreparation.undamaged(folder);
                return before.isPresent() ? before.get() : write(folder);
            }
        } catch (IOException e) {
            throw DataProblems.unwritable(folder.toString(), e);
        }
    }

    private PreparedData write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Map<Part, SplitRecord.PartShare> written = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            Path file = folder.resolve(part.fileName());
            content.write(part, file);
            written.put(
                    part,
                    parts.getOrDefault(part, new SplitRecord.PartShare(0, 0, 0, Map.of()))
                            .withBytes(Files.size(file)));
        }
        SplitRecord of = whole.record();
        SplitRecord record = new SplitRecord(
                of.inputs(),
                of.format(),
                of.formatNote(),
                of.labels(),
                of.split(),
                of.rowsRead(),
                of.rowsLeftOut(),
                written,
                of.sources(),
                digest(folder));
        // The last, so that a folder without it is known to be incomplete.
        WholeFile.write(folder.resolve(DataPreparation.RECORD_FILE), Json.pretty(record) + "\n");
        return new PreparedData(folder, record, whole.warnings());
    }

    /** As the preparation of a job takes it. */
    private static String digest(Path folder) throws IOException {
        MessageDigest digest = FileDigest.sha256();
        for (Part part : Part.values()) {
            digest.update((part.fileName() + "\n").getBytes(StandardCharsets.UTF_8));
            try (Stream<String> lines = Files.lines(folder.resolve(part.fileName()))) {
                lines.forEach(line -> digest.update((line + "\n").getBytes(StandardCharsets.UTF_8)));
            }
        }
        return FileDigest.hex(digest);
    }
}
