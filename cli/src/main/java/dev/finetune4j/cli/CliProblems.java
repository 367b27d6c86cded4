package dev.finetune4j.cli;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** What can be wrong with a command line and with finetune's own surroundings. */
public final class CliProblems implements ProblemCatalogue {
    static final ProblemKind INTERNAL = new ProblemKind(
            "FT0001",
            "finetune has a defect",
            ExitCode.INTERNAL,
            "Something happened that finetune did not foresee. It is not your job file's fault. Run the command again with"
                    + " FINETUNE_DEBUG=1 to see the whole stack, and send it with the job file (without secrets) to the"
                    + " project.",
            "FINETUNE_DEBUG=1 finetune ...");

    static final ProblemKind USAGE = new ProblemKind(
            "FT0002",
            "the command line is wrong",
            ExitCode.USAGE,
            "An option, an argument or a command is unknown, missing or has a value of the wrong kind. Every command shows"
                    + " its options and an example with --help.",
            "finetune --help");

    static final ProblemKind UNKNOWN_CODE = new ProblemKind(
            "FT0003",
            "no problem has this code",
            ExitCode.USAGE,
            "explain takes one of the codes that finetune prints with a problem, FT and four digits. finetune explain"
                    + " without a code lists all of them.",
            "finetune explain");

    static final ProblemKind FILE_EXISTS = new ProblemKind(
            "FT0004",
            "the file exists already",
            ExitCode.USAGE,
            "finetune does not overwrite a file that it did not write. Give another name, or move the old file away.",
            "choose another file name");

    static final ProblemKind HOME_NOT_WRITABLE = new ProblemKind(
            "FT0005",
            "finetune's folder cannot be written",
            ExitCode.INVALID,
            "Runs, downloaded models and data are kept in one folder, ~/.finetune4j unless FINETUNE_HOME names another. It"
                    + " must be writable.",
            "export FINETUNE_HOME=$PWD/.finetune4j");

    /** For ServiceLoader. */
    public CliProblems() {}

    @Override
    public List<ProblemKind> kinds() {
        return List.of(INTERNAL, USAGE, UNKNOWN_CODE, FILE_EXISTS, HOME_NOT_WRITABLE);
    }
}
