package dev.finetune4j.worker.machine;

import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.training.durable.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the Java of a worker is set, wherever it runs: weights and activations are native memory, and so is the work. */
public final class WorkerJvm {
    private static final int HEAP_FLOOR_MIB = 512;
    /** Without it the heap begins at a 64th of the machine's memory, and all of it fills with garbage before the first collection. */
    private static final int HEAP_START_MIB = 32;
    /** Heap for each MiB of rows: their tokens, masks and the text being read. */
    private static final int HEAP_PER_ROW_MIB = 4;

    private WorkerJvm() {}

    /**
     * Options of Java.
     *
     * @param rows the rows' file or folder, null for none
     */
    public static List<String> options(@Nullable Path rows) throws IOException {
        long rowsMib = rows != null && Files.exists(rows) ? DurableFiles.size(rows) >> 20 : 0;
        return List.of(
                "-Xms" + HEAP_START_MIB + "m",
                "-Xmx" + (HEAP_FLOOR_MIB + HEAP_PER_ROW_MIB * rowsMib) + "m",
                "-XX:+UseSerialGC",
                // The second compiler would take memory in bursts, more the idler the machine.
                "-XX:TieredStopAtLevel=1",
                "-Dfile.encoding=UTF-8");
    }

    /** Compute threads: as the order's training says, or the physical cores. */
    public static int threads(WorkOrder order, Machine machine) {
        return order.training()
                .map(train -> train.training().threads())
                .filter(threads -> threads > 0)
                .orElseGet(machine::physicalCores);
    }
}
