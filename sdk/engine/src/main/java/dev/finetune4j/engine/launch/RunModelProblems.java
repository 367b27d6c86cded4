package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.run.Replay;
import dev.finetune4j.run.RunState;
import dev.finetune4j.value.RunId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What can go wrong with the models of a run: the one that it left, and the one that it began from. */
public final class RunModelProblems implements ProblemCatalogue {
    /** A model that never was. */
    public static final ProblemKind NO_MODEL = new ProblemKind(
            "FT0515",
            "The run has no tuned model",
            ExitCode.INVALID,
            "The run failed or was stopped before its model was done, so that there is nothing to ask, compare, export or host. What it "
                    + "had saved until then may let it go on.",
            "let it go on: finetune resume RUN");

    /** The target of an export holds something. */
    public static final ProblemKind FOLDER_IN_USE = new ProblemKind(
            "FT0516",
            "The folder is not empty",
            ExitCode.INVALID,
            "A model is written into a folder of its own: files of another model beside it would be taken for parts of it. What the "
                    + "folder holds is not touched.",
            "finetune export RUN --to a-new-folder");

    /** A replay that gave something else. */
    public static final ProblemKind REPLAY_DIFFERS = new ProblemKind(
            "FT0518",
            "The replayed steps came out otherwise",
            ExitCode.TRAINING_FAILED,
            "The steps between the last two checkpoints were gone over again, and weights or moments are not those of the last checkpoint. On "
                    + "the same machine, with the same number of threads and the same library, they are the same to the last bit. The "
                    + "run can go on, but its end will not be that of a run that nothing disturbed.",
            "finetune resume RUN");

    /** A file that is to be written is there. */
    public static final ProblemKind FILE_IN_USE = new ProblemKind(
            "FT0519",
            "There is such a file",
            ExitCode.INVALID,
            "A model is written to a file that is not there yet, so that no other is lost. What is there is not touched.",
            "finetune export RUN --to another-name.gguf");

    /** What a run has trained has changed since. */
    public static final ProblemKind TUNED_CHANGED = new ProblemKind(
            "FT0540",
            "The tuned model is not as it was trained",
            ExitCode.INVALID,
            "The report of a run keeps the SHA-256 of the weights that it trained, those of an adapter or those of the whole model, and of "
                    + "their settings: adapter_config.json, with lora_alpha and the like, or config.json. The file has another one now: the "
                    + "disk or a copy has damaged it, or somebody has changed it. The model's answers would not be those that were compared.",
            "restore the file from a backup, or train it again: finetune launch JOB --again");

    /** The base model of a run has changed since. */
    public static final ProblemKind BASE_CHANGED = new ProblemKind(
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
        return List.of(NO_MODEL, FOLDER_IN_USE, REPLAY_DIFFERS, FILE_IN_USE, TUNED_CHANGED, BASE_CHANGED);
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
}
