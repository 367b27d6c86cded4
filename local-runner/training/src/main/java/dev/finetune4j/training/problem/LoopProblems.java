package dev.finetune4j.training.problem;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.run.Divergence;
import java.util.List;

/** FT0621 to FT0639: training loop, checkpoints, rows and predictions. */
public final class LoopProblems implements ProblemCatalogue {
    /** No row has a token that could be learned. */
    public static final ProblemKind NOTHING_TO_LEARN = new ProblemKind(
            "FT0621",
            "no row has a trainable token",
            ExitCode.INVALID,
            "Only the tokens of answers are learned. After rows were cut to training.max-tokens, no row had an answer token left, or there were no"
                    + " rows at all. Nothing would be trained, so the run stops before it loads the model.",
            "raise training.max-tokens, and look at the rows with: finetune check JOB");

    /** The loss or the gradient is not a number. */
    public static final ProblemKind NOT_FINITE = Divergence.KIND;

    /** The loss is far above what it was. */
    public static final ProblemKind LOSS_SPIKE = new ProblemKind(
            "FT0623",
            "the loss jumped",
            ExitCode.TRAINING_FAILED,
            "The loss of one step was more than twice the highest of the 32 steps before it. One jump usually comes from an odd row and heals by"
                    + " itself; repeated jumps mean that the learning rate is too high.",
            "if it repeats, halve training.learning-rate");

    /** The gradient is far above what it was. */
    public static final ProblemKind GRADIENT_JUMP = new ProblemKind(
            "FT0624",
            "the gradient exploded",
            ExitCode.TRAINING_FAILED,
            "The L2 norm of the gradient was more than ten times the median of the steps before it. With training.max-gradient-norm it was scaled"
                    + " down; without, the step was taken as it was and can undo what was learned.",
            "training.max-gradient-norm: 1.0");

    /** A file of the run could not be written. */
    public static final ProblemKind DISK_FULL = new ProblemKind(
            "FT0625",
            "the disk is full",
            ExitCode.TRAINING_FAILED,
            "A checkpoint, an adapter or predictions could not be written since the disk or a quota is full. What was half written"
                    + " was removed; the checkpoint before it is intact and the run goes on from there when it is resumed. Launched again it would begin"
                    + " anew.",
            "finetune resume RUN    # once there is room");

    /** A checkpoint was not used. */
    public static final ProblemKind CHECKPOINT_SKIPPED = new ProblemKind(
            "FT0626",
            "a checkpoint was skipped",
            ExitCode.TRAINING_FAILED,
            "A checkpoint is used only if every file in it has the SHA-256 that its manifest states and if it was made for the same order, rows and"
                    + " model. This one was not; the run goes on from the checkpoint before it, or from the start.",
            "nothing to do; to start afresh delete the run's checkpoints folder");

    /** Rows teach nothing. */
    public static final ProblemKind ROWS_LEFT_OUT = new ProblemKind(
            "FT0627",
            "rows without a trainable token were left out",
            ExitCode.INVALID,
            "After rows were cut to training.max-tokens, no answer token was left in some of them. They were left out, since they would only cost"
                    + " time.",
            "raise training.max-tokens");

    /** There is nothing to answer, or no room to answer it. */
    public static final ProblemKind PROMPT_DOES_NOT_FIT = new ProblemKind(
            "FT0628",
            "the prompt does not fit the model",
            ExitCode.INVALID,
            "Prompt and answer together cannot be longer than the model's length, and there must be a prompt.",
            "give a shorter prompt, at least one word long");

    /** A file of rows is missing or unreadable. */
    public static final ProblemKind ROWS_UNREADABLE = new ProblemKind(
            "FT0630",
            "the rows cannot be read",
            ExitCode.INVALID,
            "A work order names a file of the data channel that is not there or cannot be opened.",
            "prepare the data again: launch the job again from its job file");

    /** A row is not an example. */
    public static final ProblemKind BAD_ROW = new ProblemKind(
            "FT0631",
            "a row is damaged",
            ExitCode.INVALID,
            "Each line of a file of the data channel is one example in JSON and UTF-8, as finetune4j writes it. The named line is not; the file was"
                    + " changed or damaged after it was written.",
            "prepare the data again: launch the job again from its job file");

    /** A file of the run could not be written for another reason than space. */
    public static final ProblemKind OUTPUT_UNWRITABLE = new ProblemKind(
            "FT0632",
            "results cannot be written",
            ExitCode.TRAINING_FAILED,
            "A folder of the run is read-only, was removed, or its disk reports errors.",
            "finetune resume RUN    # once its folder can be written");

    /** The training rows are learned by heart. */
    public static final ProblemKind TURNED_UP = new ProblemKind(
            "FT0633",
            "the validation loss turned up",
            ExitCode.TRAINING_FAILED,
            "From a step on the loss on validation rows rises while that of the training rows falls: the model learns the training rows by"
                    + " heart (overfitting). The result is the state of the lowest validation loss, so nothing is lost but time.",
            "training.epochs: up to the step of the lowest validation loss");

    /** Training ended too early. */
    public static final ProblemKind STILL_FALLING = new ProblemKind(
            "FT0634",
            "the validation loss was still falling",
            ExitCode.TRAINING_FAILED,
            "The last validation loss was more than a twentieth below the one before it, and above 0.01 nats a token, from where on there"
                    + " is nothing to gain: the model had not learned all that it could (underfitting).",
            "training.epochs: twice as many");

    /** Steps are too large. */
    public static final ProblemKind ABOVE_START = new ProblemKind(
            "FT0637",
            "the loss is above where it began",
            ExitCode.TRAINING_FAILED,
            "No validation loss came below twice the loss of the first step: steps are so large that they undo what the model knew"
                    + " (divergence). More epochs seldom help.",
            "training.learning-rate: a tenth");

    /** There are not two checkpoints to go from and to. */
    public static final ProblemKind NOTHING_TO_REPLAY = new ProblemKind(
            "FT0635",
            "there is nothing to replay",
            ExitCode.INVALID,
            "A replay goes from the last checkpoint but one to the last, and there are not two sound ones: the training had not saved a second"
                    + " one when it stopped, or has ended, which removes them.",
            "finetune resume RUN");

    /** A checkpoint reads back as something else than was written. */
    public static final ProblemKind CHECKPOINT_UNREADABLE = new ProblemKind(
            "FT0636",
            "a checkpoint does not read back",
            ExitCode.TRAINING_FAILED,
            "A rehearsal writes a checkpoint, reads it, and writes what it read: weights and moments must be the same bytes. They were not, so a run"
                    + " could not go on from its checkpoints. The usual cause is a disk or a file system that does not keep what it is given.",
            "FINETUNE_HOME=/another/disk finetune plan JOB --rehearse");

    /** A file of the run may become no larger. */
    public static final ProblemKind FILE_TOO_LARGE = new ProblemKind(
            "FT0638",
            "a file may become no larger",
            ExitCode.TRAINING_FAILED,
            "A checkpoint, an adapter or predictions could not be written since the shell that finetune was started in limits the size of files"
                    + " (ulimit -f), or since the file system holds none so large, as FAT32 beyond 4 GiB. There may be room on the disk. What was"
                    + " half written was removed; the checkpoint before it is intact and the run goes on from there when it is resumed.",
            "ulimit -f unlimited && finetune resume RUN");

    @Override
    public List<ProblemKind> kinds() {
        return List.of(
                NOTHING_TO_LEARN,
                NOT_FINITE,
                LOSS_SPIKE,
                GRADIENT_JUMP,
                DISK_FULL,
                CHECKPOINT_SKIPPED,
                ROWS_LEFT_OUT,
                PROMPT_DOES_NOT_FIT,
                ROWS_UNREADABLE,
                BAD_ROW,
                OUTPUT_UNWRITABLE,
                TURNED_UP,
                STILL_FALLING,
                NOTHING_TO_REPLAY,
                CHECKPOINT_UNREADABLE,
                ABOVE_START,
                FILE_TOO_LARGE);
    }
}
