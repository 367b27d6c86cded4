package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.container.CloudAccess;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.ContainerGroup;
import dev.finetune4j.offlinecloud.container.ContainerRun;
import dev.finetune4j.offlinecloud.container.Machine;
import dev.finetune4j.offlinecloud.s3.ObjectStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Runs what a job asks for as a process of this machine. Its folder is laid out as the service lays out {@code /opt/ml}, and lies there for
 * the process where the machine allows it; {@code SAGEMAKER_BASE_DIR} names it in any case. Nothing of an image is there but what runs a
 * script in the images of Amazon's frameworks, so that a job must name its entry point or such a script. Whoever may make jobs can run any
 * command as the user of this process.
 *
 * <p>What it runs finds the services around it, and acts as the job's role there, unless the job is cut off from the network. By the time
 * that a container has ended, its results are in the store.
 */
public final class ProcessContainer implements Container {
    private final Path root;
    private final ObjectStore store;
    private final Map<String, String> environment;
    private final Clock clock;
    private final OptMl optMl;
    private volatile CloudAccess access = CloudAccess.NONE;

    /**
     * Containers.
     *
     * @param root folder for their folders
     * @param store where inputs come from and results go to
     * @param environment of each process, besides what its job asks for and the service sets
     * @param clock the clock, which must go by itself
     */
    public ProcessContainer(Path root, ObjectStore store, Map<String, String> environment, Clock clock) {
        this(root, store, environment, clock, OptMl.ofThisMachine());
    }

    ProcessContainer(Path root, ObjectStore store, Map<String, String> environment, Clock clock, OptMl optMl) {
        this.root = root.toAbsolutePath();
        this.store = store;
        this.environment = Map.copyOf(environment);
        this.clock = clock;
        this.optMl = optMl;
    }

    /** The folder of a job's machine, counted from 1: after each interruption a job gets new ones. */
    public Path folder(String job, int machine) {
        return root.resolve(job).resolve("machine-" + machine);
    }

    @Override
    public void connect(CloudAccess cloud) {
        access = cloud;
    }

    @Override
    public Running start(ObjectNode job, Instant at, Duration ranBefore, Consumer<String> log) {
        return start(List.of(job), at, ranBefore, List.of(log));
    }

    @Override
    public Running start(
            List<ObjectNode> hosts, Instant at, Duration ranBefore, List<? extends Consumer<String>> logs) {
        JobRequest first = new JobRequest(hosts.get(0));
        JobResults results = new JobResults(first, store.actingAs(first.role(), first.region()));
        List<Running> all = new ArrayList<>();
        for (int host = 0; host < hosts.size(); host++) {
            all.add(start(hosts.get(host), results, logs.get(host)));
        }
        return ContainerGroup.of(all);
    }

    private Running start(ObjectNode job, JobResults results, Consumer<String> log) {
        JobRequest request = new JobRequest(job);
        Path own = Machine.nextFolder(root, request.name());
        ObjectStore storeOfJob = store.actingAs(request.role(), request.region());
        MachineFolder folder = new MachineFolder(own, request, storeOfJob, results);
        ImageProgram program = new ImageProgram(own, request, storeOfJob, optMl);
        ProcessBuilder builder = new ProcessBuilder(program.command())
                .directory(program.home().toFile())
                .redirectErrorStream(true);
        Map<String, String> variables = builder.environment();
        variables.clear();
        variables.put("HOME", program.home().toString());
        variables.putAll(environment);
        if (!job.path("EnableNetworkIsolation").asBoolean()) {
            variables.putAll(access.variables(request.role()));
        }
        job.path("Environment")
                .properties()
                .forEach(entry -> variables.put(
                        entry.getKey(), optMl.told(own, entry.getValue().asText())));
        variables.put("TRAINING_JOB_NAME", request.name());
        variables.put("TRAINING_JOB_ARN", request.arn());
        variables.put("AWS_REGION", request.region());
        variables.put("SAGEMAKER_BASE_DIR", optMl.of(own));
        ContainerRun run = new ContainerRun(folder, builder, program, clock, log);
        run.begin();
        return run;
    }
}
