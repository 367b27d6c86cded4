package dev.finetune4j.azure.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a job leaves: figures, and a model that stays with the service, whose weights nobody gets. */
final class TunedModel {
    private static final String FIGURES = "results.csv";

    private final TuningJobs jobs;
    private final TuningFiles files;
    private final TuningJob job;

    TunedModel(TuningJobs jobs, TuningFiles files, TuningJob job) {
        this.jobs = jobs;
        this.files = files;
        this.job = job;
    }

    /**
     * Where the tuned model is.
     *
     * @param provider {@code azure-openai}
     * @param model the service's name of it, by which it is deployed, or null where the job made none
     * @param base the model that it was tuned from
     * @param job id of the job
     * @param checkpoints states that the service kept, which are deployed by their names, too
     */
    record Reference(String provider, @Nullable String model, String base, String job, List<Checkpoint> checkpoints) {}

    /** A state of the model after a step. */
    record Checkpoint(int step, String model) {}

    /** Steps and comparisons; empty where the service left none. */
    List<RunEvent> figures() {
        String csv =
                csv().map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse("");
        return ResultFigures.events(
                csv, jobs.checkpoints(job), Objects.requireNonNull(AzureOpenAiStatusMapper.endOf(job), job.id()));
    }

    private Optional<byte[]> csv() {
        return job.resultFiles().stream().findFirst().flatMap(files::content);
    }

    /** Brings the figures and the reference home; what is there already is left alone. */
    Path fetch(Path into) {
        try {
            Files.createDirectories(into);
            Optional<byte[]> csv = csv();
            if (csv.isPresent()) {
                write(into.resolve(FIGURES), csv.get());
            }
            if (job.state() == RunState.SUCCEEDED) {
                Reference reference = new Reference(
                        AzureOpenAiProvider.ID.value(), job.tunedModel(), job.model(), job.id(), checkpoints());
                write(
                        into.resolve(WorkOrder.MODEL_REFERENCE_FILE),
                        (Json.pretty(reference) + "\n").getBytes(StandardCharsets.UTF_8));
            }
            return into;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Checkpoint> checkpoints() {
        return jobs.checkpoints(job).stream()
                .map(TunedModel::checkpoint)
                .filter(one -> !one.model().isEmpty())
                .sorted(Comparator.comparing(Checkpoint::step))
                .toList();
    }

    private static Checkpoint checkpoint(JsonNode one) {
        return new Checkpoint(
                one.path("step_number").asInt(),
                one.path("fine_tuned_model_checkpoint").asText());
    }

    private static void write(Path file, byte[] content) throws IOException {
        if (!(Files.exists(file) && Arrays.equals(Files.readAllBytes(file), content))) {
            Files.write(file, content);
        }
    }
}
