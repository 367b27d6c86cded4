package dev.finetune4j.offlinecloud.azure.ml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.blob.BlobStore;
import dev.finetune4j.offlinecloud.container.CloudAccess;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.ContainerRun;
import dev.finetune4j.offlinecloud.container.Machine;
import dev.finetune4j.offlinecloud.container.Program;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Runs the command of a job as a process of this machine, in a folder with the job's code. Nothing of its environment is there but what this
 * machine has. Whoever may make jobs can run any command as the user of this process.
 *
 * <p>What it writes to outputs that are mounted is in the store within a second, and is there again for the next container of the job; by the
 * time that it has ended, all of it is.
 */
public final class CommandContainer implements Container {
    /** The service's own fine-tuning jobs are only played. */
    private static final Duration TUNING_EPOCH = Duration.ofSeconds(1);

    private static final Program COMMAND = new Program() {};

    private final Path root;
    private final BlobStore store;
    private final Map<String, String> environment;
    private final Clock clock;
    private volatile CloudAccess access = CloudAccess.NONE;

    /**
     * Containers.
     *
     * @param root folder for their folders
     * @param blobs where inputs come from and outputs go to
     * @param environment of each process, besides what its job asks for and the service sets
     * @param clock the clock, which must go by itself
     */
    public CommandContainer(Path root, Azurite blobs, Map<String, String> environment, Clock clock) {
        this.root = root.toAbsolutePath();
        this.store = blobs.store();
        this.environment = Map.copyOf(environment);
        this.clock = clock;
    }

    /** The folder of a job's machine, counted from 1: after each interruption a job gets a new one. */
    public Path folder(String job, int machine) {
        return root.resolve(job).resolve("machine-" + machine);
    }

    @Override
    public void connect(CloudAccess cloud) {
        access = cloud;
    }

    @Override
    public Running start(ObjectNode job, Instant at, Duration ranBefore, Consumer<String> log) {
        if (job.at("/properties/jobType").asText().equals(PlayedTuning.JOB_TYPE)) {
            return new PlayedTuning(store, TUNING_EPOCH).start(job, at, ranBefore, log);
        }
        String name = job.path("name").asText();
        CommandMachine machine = new CommandMachine(Machine.nextFolder(root, name), job, store);
        ProcessBuilder builder = new ProcessBuilder("/bin/bash", "-c", machine.command())
                .directory(machine.code().toFile())
                .redirectErrorStream(true);
        Map<String, String> variables = builder.environment();
        variables.clear();
        variables.putAll(environment);
        variables.putAll(access.variables(name));
        variables.putAll(machine.variables());
        job.path("properties")
                .path("environmentVariables")
                .properties()
                .forEach(variable ->
                        variables.put(variable.getKey(), variable.getValue().asText()));
        ContainerRun run = new ContainerRun(machine, builder, COMMAND, clock, log);
        run.begin();
        return run;
    }
}
