package dev.finetune4j.engine.report;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** What can go wrong with a report. */
public final class ReportProblems implements ProblemCatalogue {
    /** A report cannot be written. */
    public static final ProblemKind NOT_WRITTEN = new ProblemKind(
            "FT0721",
            "A report cannot be written",
            ExitCode.INTERNAL,
            """
            The report is written as report.html, report.json and report.md into the folder of the run. Each file is written \
            under another name first and then renamed, so that a report is there whole or not at all. This problem says that the \
            folder cannot be written to, or that the disk is full. The run's results are safe; only the report is missing. A run that \
            goes on writes it when it ends. Of one that has ended, finetune report writes the files that are missing.""",
            "make room or allow writing, then the same command once more");

    /** A stored report cannot be read. */
    public static final ProblemKind UNREADABLE = new ProblemKind(
            "FT0722",
            "A stored report cannot be read",
            ExitCode.INVALID,
            """
            To show a report or to compare runs, report.json is read back. This problem says that the file was changed by hand or cut, or was \
            written by a version of finetune4j whose format this version does not know. Once it is out of the way, finetune report \
            writes it anew from the run's journal, events, answers and rows, without the SHA-256 of row files and tuned weights, which \
            may have changed since, and with the versions that the run wrote down. Where these are gone, too, it says which.""",
            "finetune show RUN    # tells how the run ended");

    private static final List<ProblemKind> KINDS = List.of(NOT_WRITTEN, UNREADABLE);

    @Override
    public List<ProblemKind> kinds() {
        return KINDS;
    }
}
