package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.data.source.FileDigest;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.report.Provenance;
import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.Host;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.value.ProviderId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gathers where the figures of a run come from: its files, this program, and what its workers told of themselves. */
final class RunProvenance {
    private static final String ADAPTER = "adapter";
    private static final String TUNED_MODEL = "tuned model";
    private static final String ADAPTER_WEIGHTS = "adapter_model.safetensors";
    private static final String MODEL_WEIGHTS = "model.safetensors";
    private static final long MOST_BYTES_OF_A_MODEL = 1L << 30;

    private final LaunchContext context;
    private final RunFolder folder;

    RunProvenance(LaunchContext context, RunFolder folder) {
        this.context = context;
        this.folder = folder;
    }

    /**
     * Gathers.
     *
     * @param output folder with the worker's output, or null where it has none yet
     */
    Provenance of(RunView view, ProviderId provider, @Nullable Path output, List<RunEvent> events) {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("finetune4j", context.version());
        versions.put("Java", Runtime.version().toString());
        Host host = null;
        for (RunEvent event : events) {
            if (event instanceof RunEvent.WorkerStarted worker) {
                versions.putAll(worker.versions());
                host = worker.host();
            }
        }
        return new Provenance(
                provider,
                view.attempt(),
                digests(view, output),
                versions,
                host,
                context.clock().instant(),
                Provenance.answersIn(events));
    }

    /**
     * Refuses weights that are not those of the run's report: an adapter's, or those of a whole model up to 1 GiB, since more take longer to
     * read than most questions to answer. Where there is no report, none that can be read, or none that tells of them, nothing is read.
     *
     * @param result folder with what the training left
     * @throws FineTuneException with FT0540
     */
    static void refuseChangedWeights(RunFolder folder, Path result) {
        boolean isWhole = result.endsWith(WorkOrder.MODEL_FOLDER);
        String name = isWhole ? TUNED_MODEL : ADAPTER;
        Path weights = result.resolve(isWhole ? MODEL_WEIGHTS : ADAPTER_WEIGHTS);
        String reported = reported(folder.path().resolve(ReportFiles.JSON), name);
        if (reported.isEmpty() || Files.notExists(weights) || (isWhole && bytes(weights) > MOST_BYTES_OF_A_MODEL)) {
            return;
        }
        String found = digest(weights);
        if (!reported.equals(found)) {
            throw RunProblems.changedWeights(folder.id(), name, weights, reported, found);
        }
    }

    private static long bytes(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw RunProblems.unreadable(file, e);
        }
    }

    private static String reported(Path report, String name) {
        try {
            return Json.records()
                    .readTree(report.toFile())
                    .at("/provenance/digests/" + name)
                    .asText();
        } catch (IOException e) {
            return ""; // whoever asks for the report is told of it
        }
    }

    private Map<String, String> digests(RunView view, @Nullable Path output) {
        Map<String, String> digests = new LinkedHashMap<>();
        // The digest of the job as it was given: the journal keeps the job itself without its secrets.
        folder.read().last(JournalEntry.Created.class).ifPresent(created -> digests.put("job", created.jobDigest()));
        if (view.prepared() != null) {
            digests.put("data", view.prepared().dataDigest());
            for (Part part : Part.values()) {
                Path rows = folder.data().resolve(part.fileName());
                put(digests, part.name().toLowerCase(Locale.ROOT) + " rows", rows);
            }
            digests.put("model", view.prepared().modelDigest());
        }
        if (output != null) {
            put(digests, ADAPTER, output.resolve(WorkOrder.ADAPTER_FOLDER).resolve(ADAPTER_WEIGHTS));
            put(digests, TUNED_MODEL, output.resolve(WorkOrder.MODEL_FOLDER).resolve(MODEL_WEIGHTS));
        }
        return digests;
    }

    private static void put(Map<String, String> digests, String name, Path file) {
        try {
            if (Files.exists(file) && Files.size(file) > 0) {
                digests.put(name, digest(file));
            }
        } catch (IOException e) {
            throw RunProblems.unreadable(file, e);
        }
    }

    private static String digest(Path file) {
        try {
            return FileDigest.of(file);
        } catch (IOException e) {
            throw RunProblems.unreadable(file, e);
        }
    }
}
