package dev.finetune4j.offlinecloud.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the service lays out on one machine for a container, and takes from there. Called by one thread. */
public interface Machine {
    /** Makes a folder for the next machine of a job: {@code machine-1} below the job's own, and so on. */
    static Path nextFolder(Path root, String job) {
        try {
            Path all = Files.createDirectories(root.resolve(job));
            int machine = 1;
            while (Files.exists(all.resolve("machine-" + machine))) {
                machine++;
            }
            return Files.createDirectory(all.resolve("machine-" + machine));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The name of the job that it is for. */
    String job();

    /** The folder that all of it lies in. */
    Path root();

    /**
     * Makes the folders and brings the inputs.
     *
     * @throws IOException if an input cannot be had; its message is for the job's description
     */
    void layOut() throws IOException;

    /** Stores what is kept while the container runs, and again once it has ended, whatever its end. */
    void save() throws IOException;

    /** Stores what the container left besides; not called where the machine was taken back. */
    void saveResults(boolean hasFailed) throws IOException;

    /** Ends what serves the container, which has ended. */
    default void release() {}

    /** What the container left to say why it failed; empty if nothing. */
    String failure() throws IOException;
}
