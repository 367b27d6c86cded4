package dev.finetune4j.cli.view;

import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Budget;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.util.List;

/**
 * What a command tells beside its result, on stderr: {@link LiveView} for people, {@link JsonLines} for programs. Safe for use by
 * several threads.
 */
public interface MessageView extends AutoCloseable {
    /** A phase of the client's own work begins, such as checking the rows. */
    void doing(String what);

    /**
     * How far the present phase is; shown, but not kept.
     *
     * @param what what is fetched or looked at
     * @param doneBytes bytes so far, 0 or less where they are not counted
     * @param totalBytes bytes in all, 0 or less where they are not known
     */
    void fetching(String what, long doneBytes, long totalBytes);

    /** How many rows of how many the present phase has come through; shown where a line is drawn anew, and told nowhere else. */
    void counted(int doneRows, int totalRows);

    /** What a launch may take at most, before somebody agrees to it. */
    void terms(LaunchTerms terms, Budget budget);

    /** The command has its run. */
    void took(RunId run, RunHandle.Begin begin);

    /** Something happened in the run. */
    void accept(RunEvent event);

    /** Something happened before the command, which is not told again. */
    void past(RunEvent event);

    /** Says in one line which step a run had come to by what is past, if it had come to any. */
    void standing();

    /** Something is wrong. */
    void problems(List<Problem> problems);

    /** A file was written beside the result, or lies there. */
    void file(Path file);

    /** Somebody is asked something: nothing moves until there is more to tell. */
    void rest();

    /** Somebody did not agree, so that the command ends; what was not done, in words. */
    void declined(String what);

    /** The command lets go of work that goes on. */
    void detached(Farewell farewell);

    /** Ends what moves; what was told stays. */
    @Override
    void close();
}
