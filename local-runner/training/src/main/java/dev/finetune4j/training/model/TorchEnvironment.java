package dev.finetune4j.training.model;

import java.util.Map;

/**
 * The environment variables that a process which trains should be started with. They are read by native libraries before any Java
 * code runs, so that only the parent process can set them.
 */
public final class TorchEnvironment {
    private TorchEnvironment() {}

    /**
     * Variables for a worker.
     *
     * <ul>
     *   <li>{@code MALLOC_*}: glibc keeps freed activations of up to 32 MiB instead of giving them back to the kernel at each step,
     *       whose page faults cost as much as the computation, and uses one arena: 10 to 15 % less resident memory, measured.
     *   <li>{@code LRU_CACHE_CAPACITY}, {@code ONEDNN_PRIMITIVE_CACHE_CAPACITY}: a matrix product in bfloat16 is compiled for its
     *       exact shape, and the compiled ones are kept twice, 1024 of them by default, once by oneDNN and once by ideep above it.
     *       The tokens of a batch differ from step to step, so that memory grew by 4 MB a step until both were full. One copy is
     *       enough, of as many shapes as one pass over a layer has: about 20, and 6 for each block of queries of each length of a
     *       sequence, which makes 400 for eight long sequences. With fewer, each layer compiles again what the last one did.
     *   <li>{@code OMP_NUM_THREADS}: threads of matrix products.
     *   <li>{@code OMP_WAIT_POLICY}: a thread that waits for the others sleeps. Where it spins instead, as is the default, and other
     *       processes want the cores too, training goes several times slower (measured: 18 against 92 tokens/s).
     *   <li>{@code DJL_OFFLINE}, {@code OPT_OUT_TRACKING}: DJL reads the environment before system properties.
     * </ul>
     *
     * @param threads compute threads, 1 or more
     */
    public static Map<String, String> variables(int threads) {
        return Map.of(
                "OMP_WAIT_POLICY", "PASSIVE",
                "MALLOC_ARENA_MAX", "1",
                "MALLOC_MMAP_THRESHOLD_", "33554432",
                "MALLOC_TRIM_THRESHOLD_", "1073741824",
                "LRU_CACHE_CAPACITY", "1",
                "ONEDNN_PRIMITIVE_CACHE_CAPACITY", "512",
                "OMP_NUM_THREADS", Integer.toString(threads),
                "DJL_OFFLINE", "true",
                "OPT_OUT_TRACKING", "true");
    }
}
