package dev.finetune4j.engine.data.prepare;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.SplitRecord;
import dev.finetune4j.engine.data.source.FileTree;
import dev.finetune4j.engine.data.source.SourceCache;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.SplitSpec;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Prepares the rows of a job: fetches files, runs the query, makes examples of the rows, deals them out and writes one file a
 * part. Holds labels and group numbers in memory, never the rows. The same job and files give the same bytes.
 */
public final class DataPreparation {
    /** The file that tells how the rows of a folder came about, one {@link SplitRecord}; there once the folder is complete. */
    public static final String RECORD_FILE = "split.json";

    private static final String WORK_FOLDER = ".work";

    private final SourceCache sources;

    /**
     * A preparation.
     *
     * @param sources where files come from
     */
    public DataPreparation(SourceCache sources) {
        this.sources = sources;
    }

    /**
     * Prepares the rows of a job. A folder that already holds the rows of the same data section, task and file contents is left as
     * it is, unless it is damaged.
     *
     * @param job the job
     * @param speaks whether the model speaks: where the job gives no prompt, one that does gets the task in words around the text, and an
     *     encoder the text alone
     * @param baseFolder the folder of the job file, which its paths are relative to
     * @param folder where the parts are written; made if it is not there. {@code split.json} is written last, so that a folder
     *     without it is known to be incomplete
     * @throws FineTuneException with every problem of FT0201 to FT0249, FT0303 and FT0304 that was found
     */
    public PreparedData prepare(FineTuneJob job, boolean speaks, Path baseFolder, Path folder) {
        Inputs inputs = Inputs.fetch(job, baseFolder, sources);
        String digest = inputs.digest(job, speaks);
        Optional<PreparedData> before = undamaged(folder)
                .filter(data -> data.record().inputs().equals(digest) && wasWithoutWarning(data.record()));
        if (before.isPresent()) {
            return before.get();
        }
        Path work = folder.resolve(WORK_FOLDER);
        try {
            FileTree.remove(folder.resolve(RECORD_FILE));
            FileTree.remove(work);
            Files.createDirectories(work);
            PreparedData prepared = new PartsWriter(job, speaks, inputs, digest, work, folder).write();
            Path fresh = Files.writeString(work.resolve(RECORD_FILE), Json.pretty(prepared.record()) + "\n");
            Files.move(fresh, folder.resolve(RECORD_FILE));
            FileTree.remove(work);
            return prepared;
        } catch (IOException e) {
            throw abandoned(work, DataProblems.unwritable(folder.toString(), e));
        } catch (FineTuneException e) {
            throw abandoned(work, e);
        }
    }

    /** Warnings are not kept, since they may quote a path that came from a secret: what was odd is looked at again each time. */
    private static boolean wasWithoutWarning(SplitRecord record) {
        SplitSpec split = record.split();
        boolean isWanted = split.validation() > 0 || split.validationFile() != null;
        return record.rowsLeftOut() == 0
                && (!isWanted || record.share(Part.VALIDATION).rows() > 0);
    }

    /** The same where every part's file is as large as it was when it was written; empty where anything is damaged. */
    public static Optional<PreparedData> undamaged(Path folder) {
        try {
            return find(folder).filter(data -> Arrays.stream(Part.values()).allMatch(part -> isWhole(data, part)));
        } catch (FineTuneException e) {
            return Optional.empty(); // the record itself is damaged
        }
    }

    private static boolean isWhole(PreparedData data, Part part) {
        Long bytes = data.record().share(part).bytes();
        try {
            return bytes != null && Files.size(data.file(part)) == bytes;
        } catch (IOException e) {
            return false; // it is gone
        }
    }

    /** Rows that were prepared before, if the folder holds them complete. */
    public static Optional<PreparedData> find(Path folder) {
        Path file = folder.resolve(RECORD_FILE);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new PreparedData(folder, Json.read(Files.readString(file), SplitRecord.class), List.of()));
        } catch (IOException e) {
            throw DataProblems.unreadable(file.toString(), e);
        } catch (UncheckedIOException e) {
            throw DataProblems.unreadable(file.toString(), Objects.requireNonNull(e.getCause()));
        }
    }

    private static FineTuneException abandoned(Path work, FineTuneException because) {
        try {
            FileTree.remove(work);
        } catch (IOException e) {
            because.addSuppressed(e);
        }
        return because;
    }
}
