package dev.finetune4j.engine.data;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;

/** What can be wrong with sources, queries, rows and splits: FT0201 to FT0249. */
public final class DataProblems implements ProblemCatalogue {
    /** A file cannot be read. */
    public static final ProblemKind UNREADABLE = kind(
            "FT0230",
            "A data file cannot be read",
            "A file that the job names, or one that finetune4j wrote for it, could not be opened or broke off while it was read. "
                    + "It may be missing, be a folder, or not be readable for the current user.",
            "Check that the path exists and is readable: ls -l PATH");

    @Override
    public List<ProblemKind> kinds() {
        return List.of(UNREADABLE);
    }

    /** A file that cannot be opened or breaks off. */
    public static FineTuneException unreadable(String file, IOException cause) {
        return UNREADABLE
                .error("cannot read " + file)
                .at(Location.of(file))
                .because(reason(cause))
                .asException(cause);
    }

    private static String reason(IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (cause instanceof AccessDeniedException) {
            return "the current user may not read it";
        }
        return String.valueOf(cause.getMessage());
    }

    private static ProblemKind kind(String code, String title, String explanation, String remedy) {
        return new ProblemKind(code, title, ExitCode.INVALID, explanation, remedy);
    }
}
