package dev.finetune4j.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.ml.CommandContainer;
import dev.finetune4j.offlinecloud.container.CloudAccess;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.sagemaker.JumpStartContainer.Worker;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Runs the commands of jobs at Azure ML as they stand but for their last word: where transformers and PEFT would train, which takes an image of
 * 2 GB, the training core does, as on this machine.
 */
final class CoreWorkerCommand implements Container {
    private static final String MAIN = "dev.finetune4j.worker.SageMakerMain";

    /** The last word: what the worker that came with the job is started by. */
    private static final String START = "exec /bin/sh $b/code/start";

    private final CommandContainer commands;
    private final String start;
    private final Consumer<String> listener;

    /**
     * Containers.
     *
     * @param machines folder for their folders
     * @param blobs where inputs come from and outputs go to
     * @param listener is told each line that a container prints
     */
    CoreWorkerCommand(Path machines, Azurite blobs, Consumer<String> listener) {
        Worker worker = Worker.onThisClassPath(MAIN, System.getenv());
        commands = new CommandContainer(machines, blobs, worker.environment(), Clock.systemUTC());
        List<String> words = new ArrayList<>(worker.command());
        words.add(1, "-showversion"); // what a container prints besides events
        start = words.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" ", "exec ", ""));
        this.listener = listener;
    }

    @Override
    public void connect(CloudAccess cloud) {
        commands.connect(cloud);
    }

    @Override
    public Running start(ObjectNode job, Instant at, Duration ranBefore, Consumer<String> log) {
        ObjectNode own = job.deepCopy();
        ObjectNode properties = own.withObject("/properties");
        String command = properties.path("command").asText();
        if (!command.endsWith(START)) {
            throw new IllegalArgumentException("no command of ours: " + command);
        }
        properties.put("command", command.substring(0, command.length() - START.length()) + start);
        return commands.start(own, at, ranBefore, line -> {
            log.accept(line);
            listener.accept(line);
        });
    }
}
