package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.s3.ObjectStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Runs what a job asks for as a process of this machine. Its folder is laid out as the service lays out {@code /opt/ml}, and {@code
 * SAGEMAKER_BASE_DIR} names it. Nothing of an image is there, so that a job must name its entry point. Whoever may make jobs can run any
 * command as the user of this process.
 *
 * <p>By the time that a container has ended, its results are in the store.
 */
public final class ProcessContainer implements Container {
    private final Path root;
    private final ObjectStore store;
    private final Map<String, String> environment;
    private final Clock clock;

    /**
     * Containers.
     *
     * @param root folder for their folders
     * @param store where inputs come from and results go to
     * @param environment of each process, besides what its job asks for and the service sets
     * @param clock the clock, which must go by itself
     */
    public ProcessContainer(Path root, ObjectStore store, Map<String, String> environment, Clock clock) {
        this.root = root.toAbsolutePath();
        this.store = store;
        this.environment = Map.copyOf(environment);
        this.clock = clock;
    }

    /** The folder of a job's machine, counted from 1: after each interruption a job gets a new one. */
    public Path folder(String job, int machine) {
        return root.resolve(job).resolve("machine-" + machine);
    }

    @Override
    public Running start(ObjectNode job, Instant at, Duration ranBefore, Consumer<String> log) {
        JobRequest request = new JobRequest(job);
        int machine = 1;
        while (Files.exists(folder(request.name(), machine))) {
            machine++;
        }
        MachineFolder folder =
                new MachineFolder(folder(request.name(), machine), request, store.actingAs(request.role()));
        ProcessBuilder builder = new ProcessBuilder(command(job)).redirectErrorStream(true);
        Map<String, String> variables = builder.environment();
        variables.clear();
        variables.putAll(environment);
        job.path("Environment")
                .properties()
                .forEach(entry -> variables.put(entry.getKey(), entry.getValue().asText()));
        variables.put("TRAINING_JOB_NAME", request.name());
        variables.put("TRAINING_JOB_ARN", request.arn());
        variables.put("AWS_REGION", request.region());
        variables.put("SAGEMAKER_BASE_DIR", folder.root().toString());
        ContainerRun run = new ContainerRun(folder, builder, Program.NONE, clock, log);
        run.begin();
        return run;
    }

    private static List<String> command(JsonNode job) {
        JsonNode algorithm = job.path("AlgorithmSpecification");
        List<String> command = new ArrayList<>();
        algorithm.path("ContainerEntrypoint").forEach(word -> command.add(word.asText()));
        algorithm.path("ContainerArguments").forEach(word -> command.add(word.asText()));
        return command;
    }
}
