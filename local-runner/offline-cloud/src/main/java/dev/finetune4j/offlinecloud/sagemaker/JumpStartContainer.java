package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.container.CloudAccess;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.ContainerRun;
import dev.finetune4j.offlinecloud.container.Machine;
import dev.finetune4j.offlinecloud.container.NeverRan;
import dev.finetune4j.offlinecloud.s3.ObjectStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Runs jobs that tune a model of the hub as the hub's own scripts do, by a worker of this machine: what comes in and what is left is what the
 * scripts take and leave, and the weights are really trained. All other jobs run in other containers.
 *
 * <p>A job is known by its image and by what its channels {@code code} and {@code model} are, as the hub's document names them.
 */
public final class JumpStartContainer implements Container {
    private static final String SDK_COMMAND = "/opt/ml/input/data/sm_drivers/sm_train.sh";

    private final Container others;
    private final OfflineHub hub;
    private final Path root;
    private final ObjectStore store;
    private final Worker worker;
    private final Clock clock;

    /**
     * How a worker is started that works as SageMaker's container is told to.
     *
     * @param command the process
     * @param environment of the process, besides the folder that it works in
     */
    public record Worker(List<String> command, Map<String, String> environment) {
        /** Copies both. */
        public Worker {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }

        /**
         * A Java process on this program's own class path, with one compute thread and without a network.
         *
         * @param main name of the worker's main class
         * @param surroundings environment of this program, of which the worker gets path and home
         */
        public static Worker onThisClassPath(String main, Map<String, String> surroundings) {
            Map<String, String> own = new HashMap<>(Map.of(
                    "CLASSPATH", System.getProperty("java.class.path"),
                    "OMP_NUM_THREADS", "1",
                    "DJL_OFFLINE", "true",
                    "OPT_OUT_TRACKING", "true"));
            surroundings.forEach((name, value) -> {
                if (name.equals("PATH") || name.equals("HOME")) {
                    own.put(name, value);
                }
            });
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            return new Worker(List.of(java, "-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", main), own);
        }
    }

    /**
     * Containers.
     *
     * @param others run whatever is no job of the hub
     * @param hub the models
     * @param root folder for their folders
     * @param store where inputs come from and results go to
     * @param worker trains
     * @param clock the clock, which must go by itself
     */
    public JumpStartContainer(
            Container others, OfflineHub hub, Path root, ObjectStore store, Worker worker, Clock clock) {
        this.others = others;
        this.hub = hub;
        this.root = root.toAbsolutePath();
        this.store = store;
        this.worker = worker;
        this.clock = clock;
    }

    @Override
    public void connect(CloudAccess access) {
        others.connect(access);
    }

    @Override
    public Running start(ObjectNode job, Instant at, Duration ranBefore, Consumer<String> log) {
        return start(List.of(job), at, ranBefore, List.of(log));
    }

    @Override
    public Running start(
            List<ObjectNode> hosts, Instant at, Duration ranBefore, List<? extends Consumer<String>> logs) {
        ObjectNode job = hosts.get(0);
        Optional<ObjectNode> document = hub.ofJob(
                job.at("/AlgorithmSpecification/TrainingImage").asText(), channel(job, "code"), channel(job, "model"));
        if (document.isEmpty() || isOwnCommand(job)) {
            return others.start(hosts, at, ranBefore, logs);
        }
        return hosts.size() == 1
                ? run(new JobRequest(job), document.get(), logs.get(0))
                : new NeverRan(Ending.ofClient(
                        at, "the offline cloud tunes a model of the hub on one machine, not on " + hosts.size()));
    }

    /** Whether a job runs something else than the script; version 3 of Amazon's SDK starts the script by a command, which comes in a channel. */
    private static boolean isOwnCommand(ObjectNode job) {
        JsonNode algorithm = job.path("AlgorithmSpecification");
        return algorithm.has("ContainerEntrypoint")
                && !algorithm.path("ContainerArguments").toString().contains(SDK_COMMAND);
    }

    private Running run(JobRequest request, ObjectNode document, Consumer<String> log) {
        ObjectStore storeOfJob = store.actingAs(request.role(), request.region());
        MachineFolder folder = new MachineFolder(
                Machine.nextFolder(root, request.name()), request, storeOfJob, new JobResults(request, storeOfJob));
        TransferLearning program = new TransferLearning(request.name(), document);
        ProcessBuilder builder = new ProcessBuilder(worker.command()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(worker.environment());
        builder.environment()
                .put("SAGEMAKER_BASE_DIR", TransferLearning.work(folder.root()).toString());
        ContainerRun run = new ContainerRun(folder, builder, program, clock, log);
        run.begin();
        return run;
    }

    private static String channel(ObjectNode job, String name) {
        for (JsonNode channel : job.path("InputDataConfig")) {
            if (channel.path("ChannelName").asText().equals(name)) {
                return channel.at("/DataSource/S3DataSource/S3Uri").asText();
            }
        }
        return "";
    }
}
