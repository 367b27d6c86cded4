package dev.finetune4j.cli;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FileReason;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.nio.file.InvalidPathException;
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

    static final ProblemKind NOT_WRITABLE = new ProblemKind(
            "FT0005",
            "the file cannot be written",
            ExitCode.USAGE,
            "The folder does not exist, may not be written, or its disk is full.",
            "choose a file in a folder that exists and can be written");

    static final ProblemKind NO_REPORT = new ProblemKind(
            "FT0006",
            "the run has no report",
            ExitCode.USAGE,
            "A report is written when a run ends, also one that failed or was stopped. A run that goes on has none; finetune show"
                    + " tells how it stands.",
            "finetune ps");

    static final ProblemKind NOT_BEGUN = new ProblemKind(
            "FT0007",
            "the run has not begun",
            ExitCode.INVALID,
            "The run's folder is there but its journal is empty: finetune was ended before it wrote the first entry, and"
                    + " nothing was launched. The folder can be removed.",
            "finetune clean RUN");

    static final ProblemKind NO_JAVA = new ProblemKind(
            "FT0008",
            "no Java that finetune can run on",
            ExitCode.USAGE,
            "finetune runs on a JDK 17 or newer. The launcher takes the one that JAVA_HOME names, and where that is not set the"
                    + " java that the shell finds.",
            "install a JDK 17 or newer, and set JAVA_HOME to it");

    static final ProblemKind NOT_BUILT = new ProblemKind(
            "FT0009",
            "finetune cannot be built",
            ExitCode.USAGE,
            "The launcher builds finetune on its first use and after a change of the sources; for that it needs Maven 3.8 or newer"
                    + " and a checkout that it can write to. Where the build itself fails, target/build.log says why.",
            "mvn package -pl cli -am");

    static final ProblemKind OUT_OF_MEMORY = new ProblemKind(
            "FT0010",
            "finetune's own memory is used up",
            ExitCode.CAPACITY,
            "The command line itself keeps to 1 GiB of Java heap, whatever the size of data and model; the worker that trains has its"
                    + " own memory. Rows of many megabytes may need more. FINETUNE_HEAP sets it.",
            "FINETUNE_HEAP=2g finetune ...");

    static final ProblemKind MISNAMED = new ProblemKind(
            "FT0012",
            "no file can have this name",
            ExitCode.USAGE,
            "Java names files in the character set of the locale. The locale C, which containers and cron have where nothing else is set,"
                    + " has ASCII only, so that Java 17 can name no file with an umlaut there. The launcher sees to that; a java that is"
                    + " started without it needs a locale of UTF-8.",
            FileReason.UTF8_LOCALE);

    static final ProblemKind INTERRUPTED = new ProblemKind(
            "FT0013",
            "the command was interrupted",
            ExitCode.INTERRUPTED,
            "Ctrl-C, or whoever ended the process, came before the command had a result. With -o json this is its result; without, nothing is"
                    + " printed. Where a run goes on without the command, that is told in place of this. The same command again begins anew, or"
                    + " takes up the run that it had begun to launch.",
            "finetune ps    # whether a run was begun");

    /** For ServiceLoader. */
    public CliProblems() {}

    @Override
    public List<ProblemKind> kinds() {
        return List.of(
                INTERNAL,
                USAGE,
                UNKNOWN_CODE,
                FILE_EXISTS,
                NOT_WRITABLE,
                NO_REPORT,
                NOT_BEGUN,
                NO_JAVA,
                NOT_BUILT,
                OUT_OF_MEMORY,
                MISNAMED,
                INTERRUPTED);
    }

    /** What an option, an argument or a variable names and no file can be called. */
    static Problem misnamed(String what, InvalidPathException cause) {
        return MISNAMED.error(what + " is " + cause.getInput() + ", and no file can have this name here")
                .because(FileReason.of(cause))
                .remedy(FileReason.isOfLocale(cause) ? FileReason.UTF8_LOCALE : "choose another name")
                .build();
    }
}
