package dev.finetune4j.engine.data.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.Example;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.data.format.ExampleReader;
import dev.finetune4j.engine.data.format.RowFormat;
import dev.finetune4j.engine.data.format.RowProblems;
import dev.finetune4j.engine.data.split.RowTable;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Spelling;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Json;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Examples of one input, written one a line in their order, with what the split needs to know of each. */
final class StagedRows {
    private final Path file;
    private final RowTable table = new RowTable();
    private final List<String> labelOfRow = new ArrayList<>();
    private final RowProblems problems;
    private final @Nullable String groupBy;
    private @Nullable RowFormat format;
    private String formatNote = "";
    private long rowsRead;

    private StagedRows(Path file, List<String> labels, @Nullable String groupBy) {
        this.file = file;
        this.problems = new RowProblems(labels);
        this.groupBy = groupBy;
    }

    /**
     * Reads files one after the other.
     *
     * @param files the files
     * @param source what row references and problems call the input
     * @param job format, task and grouping
     * @param speaks whether the model speaks; an encoder reads the text alone where the job gives no prompt
     * @param target where the examples are written
     */
    static StagedRows read(List<Path> files, String source, FineTuneJob job, boolean speaks, Path target)
            throws IOException {
        StagedRows rows =
                new StagedRows(target, job.task().labels(), job.data().split().groupBy());
        try (BufferedWriter writer = Files.newBufferedWriter(target, StandardCharsets.UTF_8)) {
            for (Path input : files) {
                String name = files.size() == 1 ? source : source + "/" + input.getFileName();
                rows.readFile(input, name, job, speaks, writer);
            }
        }
        return rows;
    }

    private void readFile(Path input, String name, FineTuneJob job, boolean speaks, BufferedWriter writer)
            throws IOException {
        String formatName = job.data().format();
        try (ExampleReader reader = ExampleReader.open(input, name, formatName, job.task(), speaks, problems)) {
            format = reader.format();
            formatNote = reader.formatNote();
            for (ExampleReader.ReadRow row = reader.next(); row != null; row = reader.next()) {
                add(row, writer);
            }
            rowsRead += reader.rowsRead();
        }
    }

    private void add(ExampleReader.ReadRow row, BufferedWriter writer) throws IOException {
        String group = null;
        if (groupBy != null) {
            JsonNode value = row.fields().path(groupBy);
            if (!(value.isTextual() || value.isNumber()) || value.asText().isBlank()) {
                problems.add(List.of(noGroup(row.example(), row.fields())));
                return;
            }
            group = value.asText();
        }
        String label = row.example() instanceof Example.Conversation conversation ? conversation.label() : null;
        table.add(label, group);
        if (label != null) {
            labelOfRow.add(label.intern());
        }
        writer.write(Json.line(row.example()));
        writer.write('\n');
    }

    private Problem noGroup(Example example, ObjectNode fields) {
        List<String> columns = new ArrayList<>();
        fields.fieldNames().forEachRemaining(columns::add);
        return DataProblems.GROUP_MISSING
                .error(example.row() + " has no value in " + groupBy + ", which groups the split")
                .at(new Location.InRow(example.row().source(), example.row().row(), groupBy))
                .because("its fields are " + String.join(", ", columns))
                .remedy(
                        columns.contains(String.valueOf(groupBy))
                                ? "WHERE " + groupBy + " IS NOT NULL    (in data.query), or fill the empty values"
                                : "data.split.group-by: "
                                        + Spelling.nearest(String.valueOf(groupBy), columns)
                                                .orElse("COLUMN    # without the key rows are dealt out one by one"))
                .build();
    }

    /** The file with one example a line. */
    Path file() {
        return file;
    }

    /** What the split needs to know. */
    RowTable table() {
        return table;
    }

    /** The label of a row, if rows have labels. */
    Optional<String> label(int row) {
        return labelOfRow.isEmpty() ? Optional.empty() : Optional.of(labelOfRow.get(row));
    }

    /** All labels, sorted. */
    Set<String> labels() {
        return new TreeSet<>(labelOfRow);
    }

    /** What is wrong with rows. */
    RowProblems problems() {
        return problems;
    }

    /** Rows read, broken ones included. */
    long rowsRead() {
        return rowsRead;
    }

    /** Name of the format. */
    String format() {
        return format == null ? "" : format.id();
    }

    /** Why that format. */
    String formatNote() {
        return formatNote;
    }
}
