package dev.finetune4j.engine.data;

import dev.finetune4j.data.Part;
import dev.finetune4j.job.SplitSpec;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How prepared rows came about; the content of {@code split.json}.
 *
 * @param inputs digest of what the rows were made from: data section, task and the contents of every file
 * @param format name of the row format that was read
 * @param formatNote why that format was taken, in a sentence
 * @param labels the closed list of answers in report order; empty where the task has no labels
 * @param split the settings of the split
 * @param rowsRead rows in the input, broken ones included
 * @param rowsLeftOut broken rows that the job allows to be left out
 * @param parts what each part got
 * @param sources SHA-256 of each file that was read, by the name the job gives it
 * @param digest SHA-256 over all parts' rows in order, lower-case hex
 */
public record SplitRecord(
        String inputs,
        String format,
        String formatNote,
        List<String> labels,
        SplitSpec split,
        long rowsRead,
        long rowsLeftOut,
        Map<Part, PartShare> parts,
        Map<String, String> sources,
        String digest) {
    /** Copies the collections in their order. */
    public SplitRecord {
        labels = List.copyOf(labels);
        Map<Part, PartShare> inOrder = new EnumMap<>(Part.class);
        inOrder.putAll(parts);
        parts = Collections.unmodifiableMap(inOrder);
        sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
    }

    /** What a part got; nothing where the record does not name it. */
    public PartShare share(Part part) {
        return parts.getOrDefault(part, new PartShare(0, 0, 0, Map.of()));
    }

    /**
     * What one part got.
     *
     * @param rows rows in the part's file
     * @param dealt rows dealt to the part before the cap of the job
     * @param groups groups dealt to the part; equal to {@code dealt} where rows are not grouped
     * @param rowsByLabel rows in the part's file by label, in label order; empty without labels
     * @param bytes size of the part's file, by which a damaged one is known; null where nobody wrote it down
     */
    public record PartShare(
            long rows,
            long dealt,
            long groups,
            Map<String, Long> rowsByLabel,
            @Nullable Long bytes) {
        /** Of a part whose file is not written yet. */
        public PartShare(long rows, long dealt, long groups, Map<String, Long> rowsByLabel) {
            this(rows, dealt, groups, rowsByLabel, null);
        }

        /** The same, of a file of that size. */
        public PartShare withBytes(long size) {
            return new PartShare(rows, dealt, groups, rowsByLabel, size);
        }

        /** Copies the map in its order. */
        public PartShare {
            rowsByLabel = Collections.unmodifiableMap(new LinkedHashMap<>(rowsByLabel));
        }
    }
}
