package dev.finetune4j.worker.folder;

import dev.finetune4j.run.WorkOrder;
import java.nio.file.Path;

/**
 * What lies where in the folder of one job.
 *
 * @param root the folder
 */
public record JobFolder(Path root) {
    /** Who submitted what: {@link JobTicket}. Written last when a folder is laid out, so a folder without it is no job. */
    public Path ticket() {
        return root.resolve("job.json");
    }

    /** Events, one a line; only grows. */
    public Path events() {
        return root.resolve("events.jsonl");
    }

    /** Where the worker stands: {@link WorkerStatus}. Absent from launch until the worker begins. */
    public Path status() {
        return root.resolve("status.json");
    }

    /** What the worker and its libraries print. */
    public Path log() {
        return root.resolve("worker.log");
    }

    /** Locked by the worker while it lives; holds its process id. */
    public Path lock() {
        return root.resolve("lock");
    }

    /** Exists once the job was told to stop. */
    public Path stopRequest() {
        return root.resolve("stop");
    }

    /** The exit status of the worker process, written by the shell that started it. */
    public Path exitStatus() {
        return root.resolve("exit");
    }

    /** Memory that the worker found at its start: {@link MemoryAtStart}. */
    public Path memory() {
        return root.resolve("memory.json");
    }

    /** What the JVM leaves when it crashes. */
    public Path crashReport() {
        return root.resolve("hs_err.log");
    }

    /** Results. */
    public Path output() {
        return root.resolve("output");
    }

    /** Checkpoints, each with the best adapter so far: a result as long as there is no other. */
    public Path checkpoints() {
        return output().resolve(WorkOrder.CHECKPOINTS_FOLDER);
    }

    /** One file a launch, made by whoever launches, so that two never launch at once. */
    public Path launch(int attempt) {
        return root.resolve("launch-" + attempt + ".json");
    }
}
