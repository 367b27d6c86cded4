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
import dev.finetune4j.run.Replay;
import dev.finetune4j.run.RunState;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What can go wrong between a checked job and its outcome: FT0501 to FT0542. */
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

    /** The provider lost the job. */
    public static final ProblemKind GONE = kind(
            "FT0506",
            "The provider no longer knows the job",
            ExitCode.TRAINING_FAILED,
            "The job was submitted, and the provider now answers, several times in a row, that there is no such job. Somebody deleted "
                    + "it, or the account or folder was cleaned. A provider that merely cannot be reached never counts as this.",
            "start another attempt: finetune launch JOB --again");

    /** No provider of this id. */
    public static final ProblemKind NO_PROVIDER = kind(
            "FT0507",
            "No provider for the target",
            ExitCode.INVALID,
            "Each place is brought by an artifact on the class path. The place of this run has none here, or two artifacts bring the "
                    + "same one.",
            "add the provider's artifact, or set targets: [local]");

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

    /** The provider cannot do this. */
    public static final ProblemKind NOT_SUPPORTED = kind(
            "FT0510",
            "The provider cannot do this",
            ExitCode.INVALID,
            "Providers differ in what they can do, and say so. A token-priced service does not run the project's own worker, so it "
                    + "answers no held-out rows; some places cannot stop or resume a job, or keep a time limit.",
            "finetune launch JOB --target local");

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

    /** The provider has been unreachable for too long. */
    public static final ProblemKind UNREACHABLE = kind(
            "FT0513",
            "The provider cannot be reached",
            ExitCode.CAPACITY,
            "The provider did not answer for longer than a watcher waits. That says nothing about the run, which goes on: unreachable "
                    + "is not gone. Nothing is launched a second time.",
            "attach again later: finetune watch RUN");

    /** Failed without a reason. */
    public static final ProblemKind NO_REASON = kind(
            "FT0514",
            "The run failed and the provider gave no reason",
            ExitCode.TRAINING_FAILED,
            "The provider says that the job failed and nothing more. Its own console or log, under the reference that finetune show "
                    + "prints, may tell why.",
            "look at the provider's reference: finetune show RUN");

    /** A model that never was. */
    public static final ProblemKind NO_MODEL = kind(
            "FT0515",
            "The run has no tuned model",
            ExitCode.INVALID,
            "The run failed or was stopped before its model was done, so that there is nothing to ask, compare, export or host. What it "
                    + "had saved until then may let it go on.",
            "let it go on: finetune resume RUN");

    /** The target of an export holds something. */
    public static final ProblemKind FOLDER_IN_USE = kind(
            "FT0516",
            "The folder is not empty",
            ExitCode.INVALID,
            "A model is written into a folder of its own: files of another model beside it would be taken for parts of it. What the "
                    + "folder holds is not touched.",
            "finetune export RUN --to a-new-folder");

    /** A file that is to be written is there. */
    public static final ProblemKind FILE_IN_USE = kind(
            "FT0519",
            "There is such a file",
            ExitCode.INVALID,
            "A model is written to a file that is not there yet, so that no other is lost. What is there is not touched.",
            "finetune export RUN --to another-name.gguf");

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

    /** A replay that gave something else. */
    public static final ProblemKind REPLAY_DIFFERS = kind(
            "FT0518",
            "The replayed steps came out otherwise",
            ExitCode.TRAINING_FAILED,
            "The steps between the last two checkpoints were gone over again, and weights or moments are not those of the last checkpoint. On "
                    + "the same machine, with the same number of threads and the same library, they are the same to the last bit. The "
                    + "run can go on, but its end will not be that of a run that nothing disturbed.",
            "finetune resume RUN");

    /** A run is forgotten, and its place was not there to be told. */
    public static final ProblemKind LEFT_BEHIND = kind(
            "FT0537",
            "The place of a removed run does not answer",
            ExitCode.OK,
            "A run is removed at its place first. Where the place does not answer, --force removes it here alone: what the place has of it, "
                    + "should it still be there, stays, and a job that runs there is billed until its time limit.",
            "finetune gc JOB --running");

    /** What a run has trained has changed since. */
    public static final ProblemKind TUNED_CHANGED = kind(
            "FT0540",
            "The tuned model is not as it was trained",
            ExitCode.INVALID,
            "The report of a run keeps the SHA-256 of the weights that it trained, those of an adapter or those of the whole model, and of "
                    + "their settings: adapter_config.json, with lora_alpha and the like, or config.json. The file has another one now: the "
                    + "disk or a copy has damaged it, or somebody has changed it. The model's answers would not be those that were compared.",
            "restore the file from a backup, or train it again: finetune launch JOB --again");

    /** The base model of a run has changed since. */
    public static final ProblemKind BASE_CHANGED = kind(
            "FT0541",
            "The base model is not the one of the run",
            ExitCode.INVALID,
            "A run keeps the SHA-256 over the files of its base model, which stay where the job found them. They are others now: somebody "
                    + "has put another model there, or a download or copy has damaged it. With an adapter, it would answer as no model that "
                    + "was compared, and a training that goes on would end as none that was begun. An adapter belongs to the very "
                    + "weights that it was trained with. A whole model that was trained answers without its base model, but "
                    + "chat, which may show both, needs it.",
            "restore its files, or train with them as they are now: finetune run JOB");

    @Override
    public List<ProblemKind> kinds() {
        return List.of(
                UNWRITABLE,
                DAMAGED,
                UNREADABLE,
                NO_SUCH_RUN,
                DRIVEN_ELSEWHERE,
                GONE,
                NO_PROVIDER,
                STILL_LIVE,
                NOT_RESUMABLE,
                NOT_SUPPORTED,
                NO_TEXT_CODEC,
                FILES_MISSING,
                UNREACHABLE,
                NO_REASON,
                NO_MODEL,
                FOLDER_IN_USE,
                STOPPED_WITHIN,
                STOPPED_BY_BUDGET_WITHIN,
                REPLAY_DIFFERS,
                FILE_IN_USE,
                LEFT_BEHIND,
                TUNED_CHANGED,
                BASE_CHANGED);
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

    /** The provider answered so many times in a row that there is no such job. */
    public static FineTuneException gone(RunId run, ProviderId provider, int times) {
        return GONE.error(provider + " no longer knows the job " + run)
                .because(provider + " answered " + times + " times in a row that there is no such job")
                .asException();
    }

    /** The place of a run is not on the class path. */
    public static FineTuneException noProvider(ProviderId wanted, Collection<ProviderId> present) {
        return NO_PROVIDER
                .error("no provider for " + wanted)
                .because("on the class path: " + (present.isEmpty() ? "none" : join(present)))
                .asException();
    }

    /** Two artifacts bring the same provider. */
    public static FineTuneException doubledProvider(ProviderId id) {
        return NO_PROVIDER
                .error("two artifacts on the class path bring the provider " + id)
                .remedy("remove one of them: mvn dependency:tree")
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

    /** A run is removed though its place does not answer. */
    public static Problem leftBehind(RunId run, ProviderId provider, FineTuneException unanswered) {
        return LEFT_BEHIND
                .warning(provider + " does not answer: what it keeps of " + run
                        + ", and may still bill, cannot be stopped or removed from here")
                .because(unanswered.problems().get(0).code() + ": "
                        + unanswered.problems().get(0).summary())
                .remedy("finetune gc JOB --running    # should it answer again")
                .build();
    }

    /** The run has ended without a tuned model. */
    public static FineTuneException noModel(RunView run, String remedy) {
        Problem why = run.problem();
        return NO_MODEL.error(run.id() + " has no tuned model")
                .because(
                        why == null
                                ? "it " + (run.state() == RunState.STOPPED ? "was stopped" : "failed")
                                : "it failed: " + why.code() + ": " + why.summary())
                .remedy(remedy)
                .asException();
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

    /** The steps between the last two checkpoints of a run came out otherwise. */
    public static FineTuneException replayDiffers(RunId run, Replay replay) {
        return REPLAY_DIFFERS
                .error("steps " + (replay.fromStep() + 1) + " to " + replay.toStep() + " of " + run
                        + " came out otherwise")
                .because(replay.firstDifferenceIfKnown()
                        .map(step -> "step " + step + " is the first with another loss or gradient norm")
                        .orElse("no loss or gradient norm of the last 32 steps is another one"))
                .because("SHA-256 of the checkpoint " + replay.savedSha256() + ", of the replay "
                        + replay.replayedSha256())
                .remedy("finetune resume " + run)
                .asException();
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

    /** The provider does not claim to do this. */
    public static FineTuneException notSupported(ProviderId provider, String what) {
        return NOT_SUPPORTED.error(provider + " cannot " + what).asException();
    }

    /**
     * The provider does not claim to host tuned models.
     *
     * @param takers the places that take in models which were trained elsewhere
     */
    public static FineTuneException noHost(ProviderId provider, RunId run, List<ProviderId> takers) {
        Problem.Builder problem = NOT_SUPPORTED.error(provider + " cannot host a tuned model");
        takers.forEach(taker -> problem.remedy("finetune host " + run + " --target " + taker));
        return problem.asException();
    }

    /**
     * The provider has the weights of the tuned model, and they are not fetched from there.
     *
     * @param hosts whether it lets the model answer; it gives the weights to nobody then
     * @param said what it said to do with the model where it does not
     */
    public static FineTuneException weightsKept(ProviderId provider, RunId run, boolean hosts, List<String> said) {
        Problem.Builder problem = NOT_SUPPORTED
                .error("the weights of the tuned model of " + run + " cannot be fetched")
                .because(provider + " keeps them" + (hosts ? ", and gives them to nobody" : ""));
        if (hosts) {
            problem.remedy("finetune host " + run + "    # the model answers there");
        } else {
            said.forEach(problem::remedy);
        }
        return problem.remedy("finetune launch JOB --target local    # the same job, tuned here")
                .asException();
    }

    /** No text codec was found with ServiceLoader. */
    public static FineTuneException noTextCodec() {
        return NO_TEXT_CODEC
                .error("no reader of model text is on the class path")
                .asException();
    }

    /** The folder that is to be filled holds something. */
    public static FineTuneException folderInUse(Path folder, String holds) {
        return FOLDER_IN_USE
                .error(folder + " is not empty")
                .at(Location.of(folder.toString()))
                .because("it holds " + holds)
                .asException();
    }

    /** The file that is to be written is there, or a folder in its place. */
    public static FineTuneException fileInUse(Path file) {
        return FILE_IN_USE
                .error(file + " exists")
                .at(Location.of(file.toString()))
                .because("it is a " + (Files.isDirectory(file) ? "folder" : "file"))
                .asException();
    }

    /** Data or model of a prepared run is gone. */
    public static FineTuneException filesMissing(RunId run, Path missing) {
        return FILES_MISSING
                .error("files of " + run + " are gone")
                .at(Location.of(missing.toString()))
                .asException();
    }

    /**
     * The weights of a run, or their settings, are another file than its report tells of.
     *
     * @param what weights or settings of what the report has: adapter or tuned model
     */
    public static FineTuneException changedTuned(RunId run, String what, Path file, String reported, String found) {
        return TUNED_CHANGED
                .error("the " + what + " of " + run + " are not those that were trained")
                .at(Location.of(file.toString()))
                .because("SHA-256 of the file " + found + ", in the report " + reported)
                .asException();
    }

    /**
     * Where the base model of a run lay, there is another one.
     *
     * @param prepared SHA-256 over its files when the run began
     * @param found the same now
     * @param launch the command that trains with what is there now
     */
    public static FineTuneException changedBase(RunId run, Path model, String prepared, String found, String launch) {
        return BASE_CHANGED
                .error("the base model of " + run + " is not the one that it was trained with")
                .at(Location.of(model.toString()))
                .because("SHA-256 over its files " + found + ", when the run began " + prepared)
                .remedy(launch + "    # trains with the base model as it is now")
                .asException();
    }

    /** The watcher gave up waiting for an answer. */
    public static FineTuneException unreachable(
            RunId run, ProviderId provider, Duration waited, FineTuneException last) {
        return UNREACHABLE
                .error(provider + " did not answer for " + waited.toMinutes() + " minutes; " + run + " goes on")
                .because(last.problems().get(0).summary())
                .remedy("finetune watch " + run)
                .retry(Retry.after(Duration.ofMinutes(1)))
                .asException(last);
    }

    /** The provider says that the job failed and nothing more. */
    public static Problem noReason(RunId run, ProviderId provider, String reference) {
        return NO_REASON
                .error(run + " failed")
                .because(provider + " gives no reason for " + reference)
                .remedy("finetune show " + run)
                .build();
    }

    private static String join(Collection<ProviderId> ids) {
        return ids.stream()
                .map(ProviderId::value)
                .sorted()
                .reduce((a, b) -> a + ", " + b)
                .orElse("");
    }

    private static Path parent(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file : parent;
    }

    private static ProblemKind kind(String code, String title, ExitCode exitCode, String explanation, String remedy) {
        return new ProblemKind(code, title, exitCode, explanation, remedy);
    }
}
