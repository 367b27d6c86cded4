package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What stands in for a job's image: the command that the job names. Nothing else of an image is there. */
final class ImageProgram implements Program {
    private final Path folder;
    private final JobRequest job;
    private final OptMl optMl;

    /**
     * The program of one container.
     *
     * @param folder laid out as {@code /opt/ml}
     * @param job what it runs
     * @param optMl where the process finds the folder
     */
    ImageProgram(Path folder, JobRequest job, OptMl optMl) {
        this.folder = folder;
        this.job = job;
        this.optMl = optMl;
    }

    /** What to start; empty where the job names nothing that this machine has. */
    List<String> command() {
        JsonNode algorithm = job.body().path("AlgorithmSpecification");
        List<String> command = new ArrayList<>();
        algorithm.path("ContainerEntrypoint").forEach(word -> command.add(optMl.told(folder, word.asText())));
        algorithm.path("ContainerArguments").forEach(word -> command.add(optMl.told(folder, word.asText())));
        return command.isEmpty() ? command : optMl.around(folder, command);
    }

    @Override
    public void prepare(Path base) throws IOException {
        optMl.adapt(base);
    }
}
