package dev.finetune4j.training.model;

import ai.djl.engine.Engine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/**
 * What surrounds a process that trains: the environment variables that it should be started with, which native libraries read before
 * any Java code runs, so that only the parent process can set them; and the versions of what computes in it.
 */
public final class TorchEnvironment {
    /** The system property that tells the version of a libtorch which is not on the class path, but that of the machine. */
    public static final String VERSION_PROPERTY = "finetune.libtorch";

    private static final String NATIVES = "/native/lib/pytorch.properties";

    private TorchEnvironment() {}

    /** Versions of Java, DJL and libtorch in this process; libtorch is left out where nobody tells it. */
    public static Map<String, String> versions() {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("Java", Runtime.version().toString());
        versions.put("DJL", Engine.getDjlVersion());
        try (InputStream natives = TorchEnvironment.class.getResourceAsStream(NATIVES)) {
            if (natives != null) {
                Properties properties = new Properties();
                properties.load(natives);
                versions.put("libtorch", properties.getProperty("version") + " " + properties.getProperty("flavor"));
            } else if (System.getProperty(VERSION_PROPERTY) != null) {
                versions.put("libtorch", System.getProperty(VERSION_PROPERTY));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return versions;
    }

    /**
     * Variables for a worker.
     *
     * <ul>
     *   <li>{@code MALLOC_*}: glibc keeps freed activations of up to 32 MiB instead of giving them back to the kernel at each step,
     *       whose page faults cost as much as the computation, and uses one arena: 10 to 15 % less resident memory, measured.
     *   <li>{@code GLIBC_TUNABLES}: glibc asks the kernel for pages of 2 MiB, where it gives them to those who ask. A pass goes over
     *       hundreds of MiB that no cache holds, and of pages of 4 KiB far more are looked up: in turns, LoRA on 135 million
     *       parameters was 1.06 to 1.14 times as fast on an Intel Xeon with AMX. What the look-ups themselves take was not measured.
     *       {@code THP_MEM_ALLOC_ENABLE}, torch's own variable for it, was tried in its place and brought nothing; others were not
     *       tried. Before glibc 2.35 it is ignored.
     *   <li>{@code LRU_CACHE_CAPACITY}, {@code ONEDNN_PRIMITIVE_CACHE_CAPACITY}: a matrix product in bfloat16 is compiled for its
     *       exact shape, and the compiled ones are kept twice, 1024 of them by default, once by oneDNN and once by ideep above it.
     *       The tokens of a batch differ from step to step, so that memory grew by 4 MB a step until both were full. One copy is
     *       enough, of as many shapes as one pass over a layer has: about 20, and 6 for each block of queries of each length of a
     *       sequence, which makes 400 for eight long sequences. With fewer, each layer compiles again what the last one did.
     *   <li>{@code OMP_NUM_THREADS}: threads of matrix products.
     *   <li>{@code GOMP_SPINCOUNT}: a thread that waits for the others looks so many times, about as long as it is from one product to
     *       the next, and then sleeps. Sleeping at once costs a fifth of the speed (measured: 750 against 915 tokens/s); ten times
     *       as many looks halve it where other processes want the cores too (400 against 175).
     *   <li>{@code DJL_OFFLINE}, {@code OPT_OUT_TRACKING}: DJL reads the environment before system properties.
     * </ul>
     *
     * @param threads compute threads, 1 or more
     */
    public static Map<String, String> variables(int threads) {
        return Map.of(
                "GLIBC_TUNABLES", "glibc.malloc.hugetlb=1",
                "GOMP_SPINCOUNT", "10000",
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
