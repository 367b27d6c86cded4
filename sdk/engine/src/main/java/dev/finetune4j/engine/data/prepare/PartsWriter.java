package dev.finetune4j.engine.data.prepare;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.Shares;
import dev.finetune4j.engine.data.SplitRecord;
import dev.finetune4j.engine.data.query.SourceQuery;
import dev.finetune4j.engine.data.source.FileDigest;
import dev.finetune4j.engine.data.split.RowSplit;
import dev.finetune4j.engine.spec.YamlText;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.SplitSpec;
import dev.finetune4j.json.Json;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One preparation: from fetched inputs to the files of the parts. */
final class PartsWriter {
    private static final double USUAL_TEST_SHARE = 0.2;
    private static final int NAMED_ROWS = 5;

    private final FineTuneJob job;
    private final boolean speaks;
    private final Inputs inputs;
    private final String inputsDigest;
    private final Path work;
    private final Path folder;
    private final Map<Part, StagedRows> ownRows = new EnumMap<>(Part.class);
    private final Map<Part, RowSplit> ownSplits = new EnumMap<>(Part.class);

    PartsWriter(FineTuneJob job, boolean speaks, Inputs inputs, String inputsDigest, Path work, Path folder) {
        this.job = job;
        this.speaks = speaks;
        this.inputs = inputs;
        this.inputsDigest = inputsDigest;
        this.work = work;
        this.folder = folder;
    }

    PreparedData write() throws IOException {
        StagedRows main = readAll();
        List<Problem> warnings = refuseOrWarn();
        SplitSpec spec = job.data().split();
        RowSplit split = RowSplit.of(main.table(), spec);
        for (Part part : Part.values()) {
            if (part == Part.TRAIN || inputs.filesOf(part).isEmpty()) {
                ownRows.put(part, main);
                ownSplits.put(part, split);
            } else {
                ownSplits.put(part, RowSplit.allOf(part, rows(part).table(), spec));
            }
        }
        warnings.addAll(refuseEmptyParts(spec));
        List<String> labels = labels();
        Map<Part, SplitRecord.PartShare> parts = new EnumMap<>(Part.class);
        MessageDigest digest = FileDigest.sha256();
        for (Part part : Part.values()) {
            parts.put(part, writePart(part, labels, digest));
        }
        long rowsRead = 0;
        long leftOut = 0;
        for (StagedRows rows : Set.copyOf(ownRows.values())) {
            rowsRead += rows.rowsRead();
            leftOut += rows.problems().brokenRows();
        }
        SplitRecord record = new SplitRecord(
                inputsDigest,
                main.format(),
                main.formatNote(),
                labels,
                spec,
                rowsRead,
                leftOut,
                parts,
                inputs.digests(),
                FileDigest.hex(digest));
        return new PreparedData(folder, record, warnings);
    }

    private StagedRows rows(Part part) {
        StagedRows rows = ownRows.get(part);
        if (rows == null) {
            throw new IllegalStateException("rows of part " + part + " were not read");
        }
        return rows;
    }

    private RowSplit split(Part part) {
        RowSplit split = ownSplits.get(part);
        if (split == null) {
            throw new IllegalStateException("rows of part " + part + " were not dealt out");
        }
        return split;
    }

    /** Reads the rows of every input; what stops one input does not keep the others from being looked at. */
    private StagedRows readAll() throws IOException {
        List<Problem> fatal = new ArrayList<>();
        for (Part part : Part.values()) {
            boolean isMain = part == Part.TRAIN;
            if (!isMain && inputs.filesOf(part).isEmpty()) {
                continue;
            }
            try {
                Path target = work.resolve("rows-" + part.fileName());
                ownRows.put(
                        part,
                        isMain
                                ? readMain(target)
                                : StagedRows.read(inputs.filesOf(part), fileName(part), job, speaks, target));
            } catch (FineTuneException e) {
                fatal.addAll(e.problems());
            }
        }
        if (!fatal.isEmpty()) {
            ownRows.values().forEach(rows -> fatal.addAll(rows.problems().asErrors()));
            throw new FineTuneException(fatal, null);
        }
        return rows(Part.TRAIN);
    }

    private StagedRows readMain(Path target) throws IOException {
        DataSpec data = job.data();
        if (inputs.sql() == null) {
            return StagedRows.read(inputs.filesOf(Part.TRAIN), fileName(Part.TRAIN), job, speaks, target);
        }
        Path temporary = Files.createDirectories(work.resolve("duckdb"));
        Path result = work.resolve("query.jsonl");
        new SourceQuery(temporary).run(inputs.filesBySource(data), inputs.sql(), result);
        return StagedRows.read(List.of(result), inputs.sql().name(), job, speaks, target);
    }

    private String fileName(Part part) {
        SplitSpec split = job.data().split();
        String name = switch (part) {
            case TRAIN -> job.data().file();
            case VALIDATION -> split.validationFile();
            case TEST -> split.testFile();
        };
        return String.valueOf(name);
    }

    /** Broken rows stop the job, or are left out as far as it allows. */
    private List<Problem> refuseOrWarn() {
        long read = 0;
        long broken = 0;
        List<Problem> errors = new ArrayList<>();
        List<Problem> warnings = new ArrayList<>();
        for (StagedRows rows : ownRows.values()) {
            read += rows.rowsRead();
            broken += rows.problems().brokenRows();
            errors.addAll(rows.problems().asErrors());
            warnings.addAll(rows.problems().asWarnings());
        }
        if (broken > job.check().maxInvalid() * read) {
            throw new FineTuneException(broken < read ? withLeave(errors, broken, read) : errors, null);
        }
        return warnings;
    }

    /** What the job must say for the broken rows to be left out. */
    private static List<Problem> withLeave(List<Problem> errors, long broken, long read) {
        String leave = String.format(
                Locale.ROOT,
                "check.max-invalid: %s    # leaves out %,d of %,d rows",
                Shares.allowing(broken, read),
                broken,
                read);
        return errors.stream()
                .map(problem -> problem.withRemedies(Stream.concat(problem.remedies().stream(), Stream.of(leave))
                        .toList()))
                .toList();
    }

    private List<Problem> refuseEmptyParts(SplitSpec spec) {
        List<Problem> problems = new ArrayList<>();
        for (Part part : Part.values()) {
            boolean isWanted = switch (part) {
                case TRAIN -> true;
                case VALIDATION -> spec.validation() > 0 || spec.validationFile() != null;
                case TEST -> spec.test() > 0 || spec.testFile() != null;
            };
            if (isWanted && split(part).dealt(part) == 0) {
                problems.add(empty(part));
            }
        }
        if (problems.stream().anyMatch(Problem::isError)) {
            throw new FineTuneException(problems, null);
        }
        return problems;
    }

    /** A run without validation rows only lacks a curve; without the others it makes no sense. */
    private Problem empty(Part part) {
        StagedRows rows = rows(part);
        String name = part.name().toLowerCase(Locale.ROOT);
        String summary = "the " + name + " part has no rows";
        Problem.Builder problem = part == Part.VALIDATION
                ? DataProblems.PART_EMPTY.warning(summary)
                : DataProblems.PART_EMPTY.error(summary);
        SplitSpec spec = job.data().split();
        String groupBy = spec.groupBy();
        long size = rows.table().size();
        problem.at(Location.ofKey("data.split")).because(size + (size == 1 ? " row" : " rows") + " to deal out");
        if (groupBy != null) {
            problem.because("grouped by " + groupBy + ", whose values must not straddle the split")
                    .remedy("data.split.group-by: COLUMN    (one with more different values than " + groupBy
                            + "; without the key rows are dealt out one by one)");
        }
        switch (part) {
            case VALIDATION -> problem.remedy("data.split.validation: 0");
            case TEST -> {
                if (groupBy != null
                        && spec.validation() > 0
                        && spec.test() > 0
                        && rows.table().groupCount() > 1) {
                    problem.remedy("data.split.validation: 0");
                } else if (groupBy == null && size > 1 && job.task().kind().hasLabels()) {
                    problem.because("a row of each label is left for training, and no label has another one");
                }
                problem.remedy("add rows");
            }
            case TRAIN -> {
                if (spec.validation() > 0 || spec.test() > USUAL_TEST_SHARE) {
                    problem.remedy("data.split: {validation: 0, test: " + USUAL_TEST_SHARE + "}");
                }
                problem.remedy("add rows");
            }
        }
        return problem.build();
    }

    /** The job's labels, or those of the training rows; a held-out row with another one is an error. */
    private List<String> labels() throws IOException {
        if (!job.task().kind().hasLabels()) {
            return List.of();
        }
        if (!job.task().labels().isEmpty()) {
            return job.task().labels();
        }
        Set<String> trained = labelsIn(Part.TRAIN);
        List<Problem> problems = new ArrayList<>();
        for (Part part : List.of(Part.VALIDATION, Part.TEST)) {
            Set<String> unseen = labelsIn(part);
            unseen.removeAll(trained);
            if (!unseen.isEmpty()) {
                List<RowRef> found = rowsWith(part, unseen);
                problems.add(DataProblems.LABEL_UNSEEN
                        .error("the " + part.name().toLowerCase(Locale.ROOT)
                                + " part has labels that no training row has: " + String.join(", ", unseen))
                        .at(new Location.InRow(
                                found.get(0).source(), found.get(0).row(), null))
                        .because("training rows have " + String.join(", ", trained))
                        .remedy("add training rows of " + String.join(", ", unseen) + ", or leave out " + named(found))
                        .remedy("task.labels: " + YamlText.list(allLabels())
                                + "    # to be asked for what was never trained")
                        .build());
            }
        }
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
        return List.copyOf(trained);
    }

    /** The labels of every part, so that a list of them serves all. */
    private Set<String> allLabels() {
        Set<String> all = new TreeSet<>();
        ownRows.values().forEach(rows -> all.addAll(rows.labels()));
        return all;
    }

    /** Where the rows of a part come from that have one of these labels. */
    private List<RowRef> rowsWith(Part part, Set<String> labels) throws IOException {
        StagedRows rows = rows(part);
        RowSplit split = split(part);
        List<RowRef> found = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(rows.file(), StandardCharsets.UTF_8)) {
            for (int row = 0; row < rows.table().size(); row++) {
                String line = String.valueOf(reader.readLine());
                if (split.part(row) == part
                        && split.isKept(row)
                        && rows.label(row).filter(labels::contains).isPresent()) {
                    found.add(Json.read(line, Example.class).row());
                }
            }
        }
        return found;
    }

    private static String named(List<RowRef> rows) {
        String first = rows.stream().limit(NAMED_ROWS).map(RowRef::toString).collect(Collectors.joining(", "));
        return first + (rows.size() > NAMED_ROWS ? " and " + (rows.size() - NAMED_ROWS) + " more" : "");
    }

    private Set<String> labelsIn(Part part) {
        StagedRows rows = rows(part);
        RowSplit split = split(part);
        Set<String> labels = new TreeSet<>();
        for (int row = 0; row < rows.table().size(); row++) {
            if (split.part(row) == part && split.isKept(row)) {
                rows.label(row).ifPresent(labels::add);
            }
        }
        return labels;
    }

    private SplitRecord.PartShare writePart(Part part, List<String> labels, MessageDigest digest) throws IOException {
        StagedRows rows = rows(part);
        RowSplit split = split(part);
        Map<String, Long> rowsByLabel = new LinkedHashMap<>();
        labels.forEach(label -> rowsByLabel.put(label, 0L));
        Path fresh = work.resolve(part.fileName());
        long written = 0;
        digest.update((part.fileName() + "\n").getBytes(StandardCharsets.UTF_8));
        try (BufferedReader reader = Files.newBufferedReader(rows.file(), StandardCharsets.UTF_8);
                BufferedWriter writer = Files.newBufferedWriter(fresh, StandardCharsets.UTF_8)) {
            for (int row = 0; row < rows.table().size(); row++) {
                String line = reader.readLine() + "\n";
                if (split.part(row) == part && split.isKept(row)) {
                    writer.write(line);
                    digest.update(line.getBytes(StandardCharsets.UTF_8));
                    rows.label(row).ifPresent(label -> rowsByLabel.merge(label, 1L, Long::sum));
                    written++;
                }
            }
        }
        long bytes = Files.size(fresh);
        Files.move(fresh, folder.resolve(part.fileName()), StandardCopyOption.REPLACE_EXISTING);
        return new SplitRecord.PartShare(
                written, split.dealt(part), split.groups(part, rows.table()), rowsByLabel, bytes);
    }
}
