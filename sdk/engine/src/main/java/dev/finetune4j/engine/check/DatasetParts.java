package dev.finetune4j.engine.check;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.RowSource;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * A split data set as the check takes it.
 *
 * @param rows the rows of each part; a part may be absent
 * @param format the row format's name, for the profile
 * @param digest SHA-256 over all parts' rows in order, for the profile
 */
public record DatasetParts(Map<Part, RowSource> rows, String format, String digest) {
    /** Copies the map in the order of the parts. */
    public DatasetParts {
        EnumMap<Part, RowSource> ordered = new EnumMap<>(Part.class);
        ordered.putAll(rows);
        rows = Collections.unmodifiableMap(ordered);
    }

    /** The parts of prepared data. */
    public static DatasetParts of(PreparedData data) {
        EnumMap<Part, RowSource> rows = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            rows.put(part, data.rows(part));
        }
        return new DatasetParts(rows, data.record().format(), data.digest());
    }
}
