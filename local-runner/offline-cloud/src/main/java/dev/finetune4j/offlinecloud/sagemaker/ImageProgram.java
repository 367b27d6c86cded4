package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.offlinecloud.container.Program;
import dev.finetune4j.offlinecloud.s3.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What stands in for a job's image: the command that the job names, or, where it names a script instead, what Amazon's training toolkit does
 * in the images of its frameworks. Nothing else of an image is there.
 */
final class ImageProgram implements Program {
    private static final String TOOLKIT = "toolkit.py";

    private final Path folder;
    private final JobRequest job;
    private final ObjectStore store;
    private final OptMl optMl;

    /**
     * The program of one container.
     *
     * @param folder laid out as {@code /opt/ml}; what belongs to the image lies beside it
     * @param job what it runs
     * @param store where the script comes from
     * @param optMl where the process finds the folder
     */
    ImageProgram(Path folder, JobRequest job, ObjectStore store, OptMl optMl) {
        this.folder = folder;
        this.job = job;
        this.store = store;
        this.optMl = optMl;
    }

    /** What to start; empty where the job names nothing that this machine has. */
    List<String> command() {
        JsonNode algorithm = job.body().path("AlgorithmSpecification");
        List<String> command = new ArrayList<>();
        algorithm.path("ContainerEntrypoint").forEach(word -> command.add(optMl.told(folder, word.asText())));
        algorithm.path("ContainerArguments").forEach(word -> command.add(optMl.told(folder, word.asText())));
        if (isScript()) {
            command.addAll(List.of("python3", image().resolve(TOOLKIT).toString(), submitted()));
        }
        return command.isEmpty() ? command : optMl.around(folder, command);
    }

    private boolean isScript() {
        JsonNode algorithm = job.body().path("AlgorithmSpecification");
        return !algorithm.has("ContainerEntrypoint")
                && !algorithm.has("ContainerArguments") // which the images of the frameworks run instead of the toolkit
                && (!job.setting("sagemaker_program").isEmpty()
                        || job.body().path("Environment").has("SAGEMAKER_PROGRAM"));
    }

    /** Where the process begins, and its home: what an image has beside what is laid out, which is nothing. */
    Path home() {
        return folder.resolveSibling(folder.getFileName() + "-home");
    }

    private Path image() {
        return folder.resolveSibling(folder.getFileName() + "-image");
    }

    /** Where the archive lies that the job names by an address in S3; empty if it names none. */
    private String submitted() {
        String from = job.setting("sagemaker_submit_directory");
        return from.startsWith("s3://")
                ? image().resolve("submitted")
                        .resolve(from.substring(from.lastIndexOf('/') + 1))
                        .toString()
                : "";
    }

    @Override
    public void prepare(Path base) throws IOException {
        optMl.adapt(base);
        Files.createDirectories(home());
        if (isScript()) {
            Files.createDirectories(image());
            try (InputStream toolkit =
                    Objects.requireNonNull(ImageProgram.class.getResourceAsStream(TOOLKIT), TOOLKIT)) {
                Files.copy(toolkit, image().resolve(TOOLKIT));
            }
            fetch(job.setting("sagemaker_submit_directory"));
        }
    }

    private void fetch(String from) throws IOException {
        if (submitted().isEmpty()) {
            return;
        }
        try {
            store.download(from, Files.createDirectories(image().resolve("submitted")));
        } catch (IOException e) {
            throw new ProgramFailure("Framework Error: " + e.getMessage());
        }
        if (!Files.isRegularFile(Path.of(submitted()))) {
            throw new ProgramFailure("Framework Error: An error occurred (404) when calling the HeadObject operation:"
                    + " Not Found: " + from);
        }
    }
}
