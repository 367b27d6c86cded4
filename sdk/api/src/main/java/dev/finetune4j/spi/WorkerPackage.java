package dev.finetune4j.spi;

import dev.finetune4j.error.FineTuneException;
import java.nio.file.Path;

/**
 * The worker as one archive that a container of a cloud unpacks and starts, with the jars and the Java runtime that it needs: an image
 * must bring torch and nothing else. One for each engine on the class path, found with ServiceLoader. Safe for use by several threads.
 *
 * <p>The container unpacks the archive (tar, gzip) into a folder of its own and executes {@value #START} in it with a POSIX shell, which
 * becomes the worker.
 */
public interface WorkerPackage {
    /** Name of the archive's file. */
    String FILE = "worker.tar.gz";

    /** What is executed of it. */
    String START = "start";

    /** The engine that trains, {@code djl} for the project's own core; one that is named by a {@link RecipeWriter} needs its recipe. */
    String engine();

    /**
     * Tells archives apart: SHA-256 over all that goes into one, lower-case hex. The same worker on the same Java gives the same.
     *
     * @throws FineTuneException if this machine cannot make an archive
     */
    String digest();

    /**
     * The archive. It is made where the cache does not have it whole, which takes some seconds, and taken from there otherwise.
     *
     * @param cache folder for archives, made if need be; each lies in a subfolder of its own, named after its digest
     * @return a file named {@value #FILE}
     * @throws FineTuneException if this machine cannot make an archive, or the cache cannot be written
     */
    Path archive(Path cache);
}
