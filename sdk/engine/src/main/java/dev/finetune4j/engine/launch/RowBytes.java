package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.data.PreparedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How large prepared rows are. */
final class RowBytes {
    private RowBytes() {}

    static long of(PreparedData data) {
        long bytes = 0;
        for (Part part : Part.values()) {
            Path file = data.file(part);
            try {
                bytes += Files.exists(file) ? Files.size(file) : 0;
            } catch (IOException e) {
                throw DataProblems.unreadable(file.toString(), e);
            }
        }
        return bytes;
    }
}
