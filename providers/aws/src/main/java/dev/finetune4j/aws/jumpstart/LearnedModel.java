package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.aws.internal.jobs.LaunchedJobs;
import dev.finetune4j.aws.s3.StoredFile;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;

/** What a script of the hub left: a whole model in Hugging Face layout, or an adapter where it does not merge. */
final class LearnedModel {
    private static final String ADAPTER = "adapter_config.json";

    private final LaunchedJobs jobs;
    private final RunId id;

    LearnedModel(LaunchedJobs jobs, RunId id) {
        this.jobs = jobs;
        this.id = id;
    }

    /**
     * Where the tuned model is.
     *
     * @param provider {@code jumpstart}
     * @param model S3 address of its files
     * @param folder where they came to, beside this
     * @param job ARN of the job
     */
    record Reference(String provider, String model, String folder, String job) {}

    /** Brings it home; what is there already is left alone. */
    Path fetch(Path into) {
        List<DescribeTrainingJobResponse> launches = jobs.existing(id);
        String output = jobs.output(id, launches);
        List<StoredFile> files = jobs.store().list(output);
        if (files.isEmpty()) {
            return jobs.download(output, into);
        }
        boolean isAdapter = files.stream().anyMatch(file -> file.name().equals(ADAPTER));
        String folder = isAdapter ? WorkOrder.ADAPTER_FOLDER : WorkOrder.MODEL_FOLDER;
        jobs.download(output, into.resolve(folder));
        tell(into, new Reference(JumpStartProvider.ID.value(), jobs.store().address(output), folder, arn(launches)));
        return into;
    }

    private static String arn(List<DescribeTrainingJobResponse> launches) {
        return launches.get(launches.size() - 1).trainingJobArn();
    }

    private static void tell(Path into, Reference reference) {
        Path file = into.resolve(WorkOrder.MODEL_REFERENCE_FILE);
        String text = Json.pretty(reference) + "\n";
        try {
            if (!Files.exists(file) || !Files.readString(file).equals(text)) {
                Files.writeString(file, text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
