package dev.finetune4j.engine.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.finetune4j.engine.spec.ShellWord;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FileReason;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Retry;
import dev.finetune4j.run.RunState;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What can go wrong with a run, its folder and its journal, between a checked job and its outcome. */
public final class RunProblems implements ProblemCatalogue {
    private static final String BEGIN_WITH = " runs begin with ";
    private static final String THEY_ARE = "they are ";

    /** A run's folder cannot be written. */
    public static final ProblemKind UNWRITABLE = kind(
            "FT0501",
            "The run folder cannot be written",
            ExitCode.INVALID,
            "finetune4j writes each decision of a run to the run's journal, and makes it durable, before it acts. Where that fails, "
                    + "because the disk is full, read-only or not writable for the current user, nothing is launched. A run that "
                    + "goes on elsewhere goes on; watch it again once there is room.",
            "make room or choose another folder: FINETUNE_HOME=/path/with/room finetune ...");

    /** A journal was altered. */
    public static final ProblemKind DAMAGED = kind(
            "FT0502",
            "The run's journal is damaged",
            ExitCode.INVALID,
            "Each line of a journal carries a checksum. A torn last line is the trace of a crash and is mended silently; a damaged "
                    + "line before the last means that the file was edited or the disk is failing, so what the run did is not "
                    + "known for certain. finetune4j does not guess: launching again might pay twice. A line whose checksum is right, "
                    + "but which this version cannot read, is refused wherever it stands: another version wrote it.",
            "restore the file from a backup, or remove the run: finetune clean RUN --force");

    /** A run's file cannot be read. */
    public static final ProblemKind UNREADABLE = kind(
            "FT0503",
            "A file of the run cannot be read",
            ExitCode.INVALID,
            "The journal or another file in the run's folder exists but could not be read, most often because it belongs to another "
                    + "user.",
            "make it readable: ls -l ~/.finetune4j/runs/RUN");

    /** No run of this id. */
    public static final ProblemKind NO_SUCH_RUN = kind(
            "FT0504",
            "There is no such run",
            ExitCode.USAGE,
            "Runs are known to the machine and home folder that launched them. The start of an id is enough where only one run "
                    + "begins with it.",
            "list the runs: finetune ps");

    /** Another process drives the run. */
    public static final ProblemKind DRIVEN_ELSEWHERE = kind(
            "FT0505",
            "Another process drives the run",
            ExitCode.INVALID,
            "One process at a time writes a run's journal. Another finetune command follows or looks at this run right now; a second one "
                    + "may watch, but not resume or remove it.",
            "watch it instead: finetune watch RUN");

    /** The run has not ended. */
    public static final ProblemKind STILL_LIVE = kind(
            "FT0508",
            "The run has not ended",
            ExitCode.INVALID,
            "What was asked for needs a run that has ended. This one still waits, trains or evaluates.",
            "wait for its end: finetune watch RUN");

    /** Nothing to resume. */
    public static final ProblemKind NOT_RESUMABLE = kind(
            "FT0509",
            "The run cannot be resumed",
            ExitCode.INVALID,
            "Only a run that was stopped, failed or lost its driver goes on. A run that has succeeded is complete; a provider without "
                    + "resume needs a new attempt.",
            "start another attempt: finetune launch JOB --again");

    /** No text codec. */
    public static final ProblemKind NO_TEXT_CODEC = kind(
            "FT0511",
            "No reader of model text on the class path",
            ExitCode.INVALID,
            "Tokens are counted with the model's own tokenizer and chat template. Their reader is an artifact of its own, so that "
                    + "programs that only follow runs stay small.",
            "add the artifact dev.finetune4j:finetune4j-model-files");

    /** Files of the run are missing. */
    public static final ProblemKind FILES_MISSING = kind(
            "FT0512",
            "Files that the run needs are gone",
            ExitCode.INVALID,
            "The run was prepared, but its data or model no longer lies where it was put; a cache was cleaned, or a disk is not "
                    + "mounted.",
            "run the job again, which prepares them anew: finetune run JOB");

    /** A run that several are to go into was stopped. */
    public static final ProblemKind STOPPED_WITHIN = kind(
            "FT0517",
            "One of several runs was stopped",
            ExitCode.TRAINING_FAILED,
            "A learning curve or a sweep is made of several runs, and somebody stopped one of them. What has been trained is kept. The "
                    + "same command goes on, this run from its checkpoint where its place can resume it.",
            "the same command again");

    /** A run that several are to go into was stopped by the budget. */
    public static final ProblemKind STOPPED_BY_BUDGET_WITHIN = kind(
            "FT0542",
            "The budget stopped one of several runs",
            ExitCode.BUDGET_STOPPED,
            "A learning curve or a sweep is made of several runs, each of which has the job's budget, and one of them used it up. It is not "
                    + "spent again unasked: the same command ends at that run until budget.max-time is raised. With another budget the job "
                    + "is another, and its runs are begun from the start, also those that had ended well.",
            "the same command again, once budget.max-time of the job is raised");

    @Override
    public List<ProblemKind> kinds() {
        return List.of(
                UNWRITABLE,
                DAMAGED,
                UNREADABLE,
                NO_SUCH_RUN,
                DRIVEN_ELSEWHERE,
                STILL_LIVE,
                NOT_RESUMABLE,
                NO_TEXT_CODEC,
                FILES_MISSING,
                STOPPED_WITHIN,
                STOPPED_BY_BUDGET_WITHIN);
    }

    /** A file or folder of a run that cannot be written. */
    public static FineTuneException unwritable(Path file, IOException cause) {
        return unwritable(file, cause, "FINETUNE_HOME=/path/with/room finetune ...")
                .retry(Retry.after(Duration.ofMinutes(1)))
                .asException(cause);
    }

    /** An export that cannot be written where it was asked for. */
    public static FineTuneException unwritableExport(Path target, IOException cause) {
        return unwritable(target, cause, "finetune export RUN --to another-folder")
                .asException(cause);
    }

    private static Problem.Builder unwritable(Path path, IOException cause, String elsewhere) {
        return UNWRITABLE
                .error("cannot write " + path)
                .at(Location.of(path.toString()))
                .because(FileReason.of(cause))
                .remedy(elsewhere)
                .remedy("df -h " + ShellWord.of(parent(path)));
    }

    /** A file of a run that cannot be read. */
    public static FineTuneException unreadable(Path file, IOException cause) {
        return UNREADABLE
                .error("cannot read " + file)
                .at(Location.of(file.toString()))
                .because(
                        cause instanceof JsonProcessingException
                                ? "it is not JSON as this version of finetune writes it"
                                : FileReason.of(cause))
                .remedy("ls -l " + ShellWord.of(file))
                .asException(cause);
    }

    /** A journal line that is not as it was written. */
    public static FineTuneException damagedJournal(Path file, long line, String why) {
        String run = String.valueOf(parent(file).getFileName());
        return DAMAGED.error("the journal of " + run + " is damaged")
                .at(new Location.InFile(file.toString(), line, 0, null))
                .because(why)
                .remedy("restore the file from a backup")
                .remedy("finetune clean " + run + " --force")
                .asException();
    }

    /** A line of the journal is as it was written, and this version cannot read it. */
    public static FineTuneException unknownLine(Path file, long line, String why) {
        String run = String.valueOf(parent(file).getFileName());
        return DAMAGED.error("the journal of " + run + " has a line that this version cannot read")
                .at(new Location.InFile(file.toString(), line, 0, null))
                .because("its checksum is right, but " + why)
                .remedy("use the version of finetune4j that wrote it, or restore the file from a backup")
                .remedy("finetune clean " + run + " --force")
                .asException();
    }

    /** No run has this id, or begins with it. */
    public static FineTuneException noSuchRun(String asked, List<RunId> newestFirst) {
        List<String> known = newestFirst.stream().map(RunId::value).toList();
        Problem.Builder problem = NO_SUCH_RUN.error(asked.isBlank() ? "no run was named" : "there is no run " + asked);
        RunNames.nearest(asked, known).ifPresent(near -> problem.because("did you mean " + near + "?"));
        return problem.because(
                        known.isEmpty()
                                ? "no run was started in this home folder yet"
                                : (known.size() == 1 ? "the only run is " : "the newest runs are ")
                                        + known.stream().limit(5).collect(Collectors.joining(" ")))
                .remedy("finetune ps")
                .asException();
    }

    /** Several runs begin with what was given; the remedy names the newest. */
    public static FineTuneException ambiguousRun(String asked, List<RunId> newestFirst) {
        String list = newestFirst.stream().limit(5).map(RunId::value).collect(Collectors.joining(" "));
        return NO_SUCH_RUN
                .error(newestFirst.size() + BEGIN_WITH + asked)
                .because(THEY_ARE + list)
                .remedy("finetune show " + newestFirst.get(0))
                .asException();
    }

    /**
     * The runs that a problem of {@link #ambiguousRun} names, newest first, at most five.
     *
     * @param asked what several runs begin with
     * @param problem any problem; empty if it is another one, or of something else that was asked
     */
    public static List<String> beginningWith(String asked, Problem problem) {
        if (!problem.kind().equals(NO_SUCH_RUN) || !problem.summary().endsWith(BEGIN_WITH + asked)) {
            return List.of();
        }
        return problem.causes().stream()
                .filter(cause -> cause.startsWith(THEY_ARE))
                .flatMap(cause -> Stream.of(cause.substring(THEY_ARE.length()).split(" ", -1)))
                .toList();
    }

    /** Another process writes the journal. */
    public static FineTuneException drivenElsewhere(RunId run) {
        return DRIVEN_ELSEWHERE
                .error("another process drives " + run)
                .remedy("finetune watch " + run)
                .retry(Retry.after(Duration.ofSeconds(30)))
                .asException();
    }

    /** The run must have ended. */
    public static FineTuneException stillLive(RunId run, String wanted, String why, String remedy) {
        return STILL_LIVE
                .error("cannot " + wanted + " " + run + " yet")
                .because(why)
                .remedy(remedy)
                .asException();
    }

    /**
     * A run that nobody has ended is not removed, unless its place is gone for good.
     *
     * @param isTold whether its place tells that it has the run: force removes none of these
     */
    public static FineTuneException notRemovable(RunId run, RunState state, boolean isTold) {
        Problem.Builder problem = STILL_LIVE
                .error("cannot remove " + run + " yet")
                .because("it is " + state.name().toLowerCase(Locale.ROOT))
                .remedy("finetune stop " + run);
        if (!isTold) {
            problem.remedy("finetune clean " + run + " --force    # where its place is gone for good");
        }
        return problem.asException();
    }

    /** The run is complete, or its provider cannot resume. */
    public static FineTuneException notResumable(RunId run, String why, String remedy) {
        return NOT_RESUMABLE
                .error("cannot resume " + run)
                .because(why)
                .remedy(remedy)
                .asException();
    }

    /** The same, where the remedy is the usual one. */
    public static FineTuneException notResumable(RunId run, String why) {
        return NOT_RESUMABLE.error("cannot resume " + run).because(why).asException();
    }

    /** A run that {@code what} is made of was stopped. */
    public static FineTuneException stoppedWithin(RunId run, String what, String reason, String remedy) {
        return STOPPED_WITHIN
                .error("run " + run + " of " + what + " was stopped")
                .because(reason)
                .remedy(remedy)
                .asException();
    }

    /** A run that {@code what} is made of was stopped by its budget. */
    public static FineTuneException stoppedByBudgetWithin(RunId run, String what, String reason, String remedy) {
        return STOPPED_BY_BUDGET_WITHIN
                .error("the budget of run " + run + " of " + what + " is used up")
                .because(reason)
                .remedy(remedy)
                .asException();
    }

    /** No text codec was found with ServiceLoader. */
    public static FineTuneException noTextCodec() {
        return NO_TEXT_CODEC
                .error("no reader of model text is on the class path")
                .asException();
    }

    /** Data or model of a prepared run is gone. */
    public static FineTuneException filesMissing(RunId run, Path missing) {
        return FILES_MISSING
                .error("files of " + run + " are gone")
                .at(Location.of(missing.toString()))
                .asException();
    }

    private static Path parent(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file : parent;
    }

    private static ProblemKind kind(String code, String title, ExitCode exitCode, String explanation, String remedy) {
        return new ProblemKind(code, title, exitCode, explanation, remedy);
    }
}
