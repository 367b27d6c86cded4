package dev.finetune4j.training.problem;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.training.durable.DurableFiles;
import java.io.IOException;
import java.nio.file.Path;

/** Tells a full disk from other reasons why a file could not be written. */
public final class WriteFailure {
    private WriteFailure() {}

    /**
     * What to throw.
     *
     * @param what what was being written, such as {@code checkpoint of step 12}
     * @param place the file or folder
     * @param cause what the file system said
     * @return FT0625 where no byte more may be written, FT0632 otherwise
     */
    public static FineTuneException of(String what, Path place, Throwable cause) {
        ProblemKind kind = DurableFiles.isDiskFull(cause) ? LoopProblems.DISK_FULL : LoopProblems.OUTPUT_UNWRITABLE;
        return kind.error("the " + what + " could not be written")
                .at(Location.of(place.toString()))
                .because(rootOf(cause))
                .asException(cause);
    }

    /** Removes what was half written; a failure to do so is added to the first one. */
    public static void discard(Path halfWritten, Exception failure) {
        try {
            DurableFiles.deleteTree(halfWritten);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private static String rootOf(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
