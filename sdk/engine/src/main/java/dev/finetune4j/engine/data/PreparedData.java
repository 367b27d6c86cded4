package dev.finetune4j.engine.data;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.data.format.RowFormat;
import dev.finetune4j.error.Problem;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Rows in the one shape that check, training and evaluation share, dealt out to their parts and lying in a folder of their own:
 * {@code train.jsonl}, {@code validation.jsonl}, {@code test.jsonl} and the record of how they came about, {@code split.json}.
 *
 * @param folder the folder
 * @param record how the rows came about
 * @param warnings what was odd but did not stop the preparation, such as broken rows that the job allows to be left out
 */
public record PreparedData(Path folder, SplitRecord record, List<Problem> warnings) {
    /** Copies the warnings. */
    public PreparedData {
        warnings = List.copyOf(warnings);
    }

    /** The file of a part; present even where the part is empty. */
    public Path file(Part part) {
        return folder.resolve(part.fileName());
    }

    /** The rows of a part. */
    public RowSource rows(Part part) {
        return RowSource.ofFile(file(part));
    }

    /** The closed list of answers in report order; empty where the task has no labels. */
    public List<String> labels() {
        return record.labels();
    }

    /** Whether models answer to the rows; false where these are passages, which are read, and continued if the job says so. */
    public boolean hasAnswers() {
        return !record.format().equals(RowFormat.TEXT.id());
    }

    /** Rows of each part. */
    public Map<Part, Long> rowsByPart() {
        Map<Part, Long> rows = new EnumMap<>(Part.class);
        record.parts().forEach((part, share) -> rows.put(part, share.rows()));
        return Collections.unmodifiableMap(rows);
    }

    /** SHA-256 over all parts' rows in order, lower-case hex. */
    public String digest() {
        return record.digest();
    }
}
