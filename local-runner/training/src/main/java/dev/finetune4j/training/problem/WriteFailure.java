package dev.finetune4j.training.problem;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.training.durable.DurableFiles;
import java.io.IOException;
import java.nio.file.Path;

/** Tells a full disk and a limit of file sizes from other reasons why a file could not be written. */
public final class WriteFailure {
    private WriteFailure() {}

    /**
     * What to throw.
     *
     * @param what what was being written, such as {@code checkpoint of step 12}
     * @param place the file or folder
     * @param cause what the file system said
     * @return FT0625 where no byte more may be written, FT0638 where the file may become no larger, FT0632 otherwise
     */
    public static FineTuneException of(String what, Path place, Throwable cause) {
        return kind(cause)
                .error("the " + what + " could not be written")
                .at(Location.of(place.toString()))
                .because(rootOf(cause))
                .asException(cause);
    }

    private static ProblemKind kind(Throwable cause) {
        if (DurableFiles.isDiskFull(cause)) {
            return LoopProblems.DISK_FULL;
        }
        return DurableFiles.isFileTooLarge(cause) ? LoopProblems.FILE_TOO_LARGE : LoopProblems.OUTPUT_UNWRITABLE;
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
