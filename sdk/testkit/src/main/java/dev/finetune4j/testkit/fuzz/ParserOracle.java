package dev.finetune4j.testkit.fuzz;

import com.sun.management.ThreadMXBean;
import dev.finetune4j.error.FineTuneException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;

/** Says whether a parser took an input as it must: read it or refused it with a problem, in little memory. */
final class ParserOracle {
    /** What one reading may allocate beside the size of the input. All of it counts, not only what lives at once. */
    static final long ALLOWED_BYTES = 64L << 20;

    /** The same under Jazzer, whose hooks allocate for each comparison in the thread that they watch. */
    static final long ALLOWED_BYTES_WATCHED = 8 * ALLOWED_BYTES;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private ParserOracle() {}

    /** Fails with an {@link AssertionError} if it did not. */
    static void check(ParserTarget target, byte[] input, Path scratch, long allowedBytes) {
        // Whoever comes first also loads classes and libraries, which is not the input's doing.
        if (allocated(target, input, scratch) > allowedBytes + input.length) {
            long again = allocated(target, input, scratch);
            if (again > allowedBytes + input.length) {
                throw new AssertionError(
                        target.name() + " allocated " + again + " bytes for an input of " + input.length);
            }
        }
    }

    @SuppressWarnings("EmptyCatch") // a refusal is as good as a result
    private static long allocated(ParserTarget target, byte[] input, Path scratch) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            target.read(input, scratch);
        } catch (FineTuneException refused) {
        } catch (Throwable defect) {
            throw new AssertionError(
                    target.name() + " let out " + defect.getClass().getName(), defect);
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
