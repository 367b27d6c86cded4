package dev.finetune4j.offlinecloud.azure.ml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.blob.BlobStore;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Plays the service's own fine-tuning jobs: reads the rows as they do, fails where the task has no form for one, and ends after the epochs that were
 * asked for. Computes nothing and leaves nothing: what a job is to register is not there. One whose machine was taken back begins anew.
 */
public final class PlayedTuning implements Container {
    /** The service's word for such jobs. */
    static final String JOB_TYPE = "FineTuning";

    private static final Duration WIND_DOWN = Duration.ofSeconds(5);

    /** The columns of each task, in small letters, whose columns no hyperparameter names. */
    private static final Map<String, List<String>> COLUMNS =
            Map.of("chatcompletion", List.of("messages"), "textcompletion", List.of("text", "ground_truth"));

    /** The hyperparameters that name the columns of each other task. */
    private static final Map<String, List<String>> KEYS = Map.of(
            "textclassification", List.of("sentence1_key", "label_key"),
            "questionanswering", List.of("question_key", "context_key", "answers_key"),
            "textsummarization", List.of("document_key", "summary_key"));

    private final BlobStore store;
    private final Duration epoch;

    /**
     * Jobs.
     *
     * @param blobs where rows come from
     * @param epoch how long one takes, whatever its rows
     */
    public PlayedTuning(Azurite blobs, Duration epoch) {
        this(blobs.store(), epoch);
    }

    PlayedTuning(BlobStore store, Duration epoch) {
        this.store = store;
        this.epoch = epoch;
    }

    @Override
    public Running start(ObjectNode job, Instant at, Duration ranBefore, Consumer<String> log) {
        JsonNode details = job.at("/properties/fineTuningDetails");
        try {
            log.accept("trains on " + rows(job, "trainingData") + " rows for "
                    + details.path("taskType").asText());
            if (details.has("validationData")) {
                log.accept("compares with " + rows(job, "validationData") + " rows");
            }
        } catch (IOException e) {
            return planned(Duration.ZERO, 1, String.valueOf(e.getMessage())).start(job, at, ranBefore, log);
        }
        int epochs = details.at("/hyperParameters/num_train_epochs").asInt(1);
        return planned(epoch.multipliedBy(epochs), 0, "").start(job, at, ranBefore, log);
    }

    private static Container planned(Duration work, int exitCode, String failure) {
        return new PlannedContainer(work, exitCode, failure, false, WIND_DOWN);
    }

    private int rows(ObjectNode job, String data) throws IOException {
        JsonNode details = job.at("/properties/fineTuningDetails");
        String uri = details.path(data).path("uri").asText();
        Path file = Files.createTempFile("finetune4j-tuning-", ".jsonl");
        try {
            Datastores.Place place = Datastores.place(job, uri, store);
            place.store().download(place.container(), place.name(), file);
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                check(details, data + " row " + (i + 1), Json.records().readTree(lines.get(i)));
            }
            if (lines.isEmpty()) {
                throw new IOException(data + " has no rows");
            }
            return lines.size();
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static void check(JsonNode details, String place, JsonNode row) throws IOException {
        String task = details.path("taskType").asText();
        JsonNode parameters = details.path("hyperParameters");
        String small = task.toLowerCase(Locale.ROOT);
        List<String> columns = small.equals("texttranslation")
                ? List.of(
                        parameters.path("source_lang").asText(),
                        parameters.path("target_lang").asText())
                : COLUMNS.getOrDefault(
                        small,
                        KEYS.getOrDefault(small, List.of()).stream()
                                .map(key -> parameters.path(key).asText())
                                .toList());
        for (String column : columns) {
            if (!row.has(column)) {
                throw new IOException(place + " has no column '" + column + "', which " + task + " reads");
            }
        }
    }
}
