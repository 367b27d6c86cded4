package dev.finetune4j.engine.launch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
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
    private static final String SETTINGS = " config"; // of either, as its digest is named
    private static final String ADAPTER_WEIGHTS = "adapter_model.safetensors";
    private static final String MODEL_WEIGHTS = "model.safetensors";
    private static final String ADAPTER_SETTINGS = "adapter_config.json";
    private static final String MODEL_SETTINGS = "config.json";
    private static final long MOST_BYTES_OF_A_MODEL = 1L << 30;

    private final LaunchContext context;
    private final RunFolder folder;

    RunProvenance(LaunchContext context, RunFolder folder) {
        this.context = context;
        this.folder = folder;
    }

    /**
     * Gathers, at the end of a run.
     *
     * @param output folder with the worker's output, or null where it has none yet
     */
    Provenance of(RunView view, ProviderId provider, @Nullable Path output, List<RunEvent> events) {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("finetune4j", context.version());
        versions.put("Java", Runtime.version().toString());
        return gathered(view, provider, versions, digests(view, List.of(Part.values()), output), events);
    }

    /**
     * Gathers what journal and events tell of a run that ended before: this program may be another than the one that ran it, and its files may
     * have changed since.
     */
    Provenance late(RunView view, ProviderId provider, List<RunEvent> events) {
        Map<String, String> versions = new LinkedHashMap<>();
        folder.read()
                .last(JournalEntry.Created.class)
                .ifPresent(created -> versions.put("finetune4j", created.version()));
        return gathered(view, provider, versions, digests(view, List.of(), null), events);
    }

    /** With what the workers of a run told of themselves. */
    private Provenance gathered(
            RunView view,
            ProviderId provider,
            Map<String, String> versions,
            Map<String, String> digests,
            List<RunEvent> events) {
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
                digests,
                versions,
                host,
                context.clock().instant(),
                Provenance.answersIn(events));
    }

    /**
     * Refuses settings and weights that are not those of the run's report: an adapter's, or those of a whole model, weights up to 1 GiB,
     * since more take longer to read than most questions to answer. Where there is no report, none that can be read, or none that tells of
     * them, nothing is read.
     *
     * @param result folder with what the training left
     * @throws FineTuneException with FT0540
     */
    static void refuseChangedModel(RunFolder folder, Path result) {
        boolean isWhole = result.endsWith(WorkOrder.MODEL_FOLDER);
        String name = isWhole ? TUNED_MODEL : ADAPTER;
        JsonNode reported = reported(folder.path().resolve(ReportFiles.JSON));
        Path settings = result.resolve(isWhole ? MODEL_SETTINGS : ADAPTER_SETTINGS);
        refuseChanged(folder, "settings of the " + name, settings, reported.path(name + SETTINGS));
        Path weights = result.resolve(isWhole ? MODEL_WEIGHTS : ADAPTER_WEIGHTS);
        if (!isWhole || Files.notExists(weights) || bytes(weights) <= MOST_BYTES_OF_A_MODEL) {
            refuseChanged(folder, "weights of the " + name, weights, reported.path(name));
        }
    }

    private static void refuseChanged(RunFolder folder, String what, Path file, JsonNode reported) {
        if (reported.isMissingNode() || Files.notExists(file)) {
            return;
        }
        String found = digest(file);
        if (!reported.asText().equals(found)) {
            throw RunModelProblems.changedTuned(folder.id(), what, file, reported.asText(), found);
        }
    }

    private static long bytes(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw RunProblems.unreadable(file, e);
        }
    }

    private static JsonNode reported(Path report) {
        try {
            return Json.records().readTree(report.toFile()).at("/provenance/digests");
        } catch (IOException e) {
            return MissingNode.getInstance(); // whoever asks for the report is told of it
        }
    }

    private Map<String, String> digests(RunView view, List<Part> parts, @Nullable Path output) {
        Map<String, String> digests = new LinkedHashMap<>();
        // The digest of the job as it was given: the journal keeps the job itself without its secrets.
        folder.read().last(JournalEntry.Created.class).ifPresent(created -> digests.put("job", created.jobDigest()));
        if (view.prepared() != null) {
            digests.put("data", view.prepared().dataDigest());
            for (Part part : parts) {
                Path rows = folder.data().resolve(part.fileName());
                put(digests, part.name().toLowerCase(Locale.ROOT) + " rows", rows);
            }
            digests.put("model", view.prepared().modelDigest());
        }
        if (output != null) {
            Path adapter = output.resolve(WorkOrder.ADAPTER_FOLDER);
            put(digests, ADAPTER, adapter.resolve(ADAPTER_WEIGHTS));
            put(digests, ADAPTER + SETTINGS, adapter.resolve(ADAPTER_SETTINGS));
            Path model = output.resolve(WorkOrder.MODEL_FOLDER);
            put(digests, TUNED_MODEL, model.resolve(MODEL_WEIGHTS));
            put(digests, TUNED_MODEL + SETTINGS, model.resolve(MODEL_SETTINGS));
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
