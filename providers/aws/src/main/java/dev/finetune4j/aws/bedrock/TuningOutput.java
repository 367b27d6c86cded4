package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.s3.S3Store;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.WorkOrder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrock.model.GetModelCustomizationJobResponse;

/** What a job leaves: figures in the store, and a model that stays with the service. */
final class TuningOutput {
    private static final String STEPS = "training_artifacts/step_wise_training_metrics.csv";
    private static final String COMPARED = "validation_artifacts/post_fine_tuning_validation/validation_metrics.csv";

    private final S3Store store;
    private final GetModelCustomizationJobResponse job;

    TuningOutput(S3Store store, GetModelCustomizationJobResponse job) {
        this.store = store;
        this.job = job;
    }

    /**
     * Where the tuned model is.
     *
     * @param provider {@code bedrock}
     * @param model ARN of the model, or null where the job made none
     * @param base ARN of the model that it was tuned from
     * @param job ARN of the job
     */
    record Reference(String provider, @Nullable String model, String base, String job) {}

    /** Steps and comparisons; empty where the service left none. */
    List<RunEvent> figures() {
        Instant end = job.endTime() == null ? job.creationTime() : job.endTime();
        try {
            Path folder = Files.createTempDirectory("finetune4j-bedrock-");
            try {
                download(folder);
                List<RunEvent> events = new ArrayList<>(StepFigures.steps(text(folder.resolve(STEPS)), end));
                events.addAll(StepFigures.validations(text(folder.resolve(COMPARED)), end));
                return events;
            } finally {
                remove(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Brings the figures and the reference home; what is there already is left alone. */
    Path fetch(Path into) {
        try {
            Files.createDirectories(into);
            download(into);
            Reference reference =
                    new Reference(BedrockProvider.ID.value(), job.outputModelArn(), job.baseModelArn(), job.jobArn());
            String text = Json.pretty(reference) + "\n";
            Path file = into.resolve(WorkOrder.MODEL_REFERENCE_FILE);
            if (job.outputModelArn() != null
                    && !(Files.exists(file) && text(file).equals(text))) {
                Files.writeString(file, text);
            }
            return into;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete() {
        prefix().ifPresent(store::delete);
    }

    private void download(Path folder) {
        prefix().filter(prefix -> !store.list(prefix).isEmpty()).ifPresent(prefix -> store.download(prefix, folder));
    }

    /** Where the service put the figures, if that is known. */
    private Optional<String> prefix() {
        return Optional.ofNullable(job.outputDataConfig())
                .map(output -> CustomizationMapper.figures(output.s3Uri(), job.jobArn()));
    }

    private static String text(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
    }

    private static void remove(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(folder)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }
}
