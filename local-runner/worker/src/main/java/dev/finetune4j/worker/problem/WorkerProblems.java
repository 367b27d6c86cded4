package dev.finetune4j.worker.problem;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** FT0651 to FT0669: the worker process; FT0671 to FT0679: its container in a cloud; FT0580 to FT0589: the local place that launches it. */
public final class WorkerProblems implements ProblemCatalogue {
    /** There is no such job. */
    public static final ProblemKind NO_SUCH_JOB = new ProblemKind(
            "FT0580",
            "there is no such job on this machine",
            ExitCode.INVALID,
            "The folder of a job on this machine is named after its run. There is none of this name: it was deleted, or it was launched with another"
                    + " FINETUNE_HOME or on another machine.",
            "finetune ps");

    /** The name belongs to another job. */
    public static final ProblemKind NAME_TAKEN = new ProblemKind(
            "FT0581",
            "the name belongs to another job",
            ExitCode.INVALID,
            "A job of this name exists with other content (job file, data or model). Nothing was launched and nothing was changed.",
            "finetune ps");

    /** The job is not in a state for this. */
    public static final ProblemKind WRONG_STATE = new ProblemKind(
            "FT0582",
            "the job is in another state",
            ExitCode.INVALID,
            "A running job cannot be launched again, fetched or deleted, and one that succeeded has nothing left to do.",
            "finetune ps");

    /** The worker process could not be started. */
    public static final ProblemKind LAUNCH_FAILED = new ProblemKind(
            "FT0583",
            "the worker could not be started",
            ExitCode.TRAINING_FAILED,
            "The job's folder or the Java process of the worker could not be made: the folder is read-only, the disk is full, or the Java runtime that"
                    + " finetune4j itself runs on is gone.",
            "finetune doctor");

    /** A channel has no files. */
    public static final ProblemKind CHANNEL_MISSING = new ProblemKind(
            "FT0651",
            "an input of the job is missing",
            ExitCode.INVALID,
            "A job names its inputs (model, data, adapter) by folder or file. One of them was not given or has been moved or deleted since.",
            "launch the job again from its job file, so that its inputs are prepared again");

    /** The folder of a job is damaged. */
    public static final ProblemKind FOLDER_DAMAGED = new ProblemKind(
            "FT0652",
            "the job's folder is damaged",
            ExitCode.INVALID,
            "job.json in the folder of the job says what is to be done. It was changed or damaged after it was written.",
            "delete the job's folder and launch the job again from its job file");

    /** A cursor of another job. */
    public static final ProblemKind FOREIGN_CURSOR = new ProblemKind(
            "FT0653",
            "the cursor is not one of this job",
            ExitCode.INVALID,
            "A cursor says where in the events of one job to go on. This one points into no line of them.",
            "read the events from the start");

    /** A second worker. */
    public static final ProblemKind ALREADY_RUNNING = new ProblemKind(
            "FT0654",
            "a worker already works in this folder",
            ExitCode.INVALID,
            "Two workers in one folder would spoil each other's checkpoints, so the second one ends at once and touches nothing.",
            "finetune ps");

    /** A defect. */
    public static final ProblemKind DEFECT = new ProblemKind(
            "FT0655",
            "the worker met an unexpected error",
            ExitCode.INTERNAL,
            "This is a defect in finetune4j or in a library below it. The full trace is in worker.log in the job's folder; checkpoints are intact.",
            "report it with worker.log from the job's folder");

    /** Java heap. */
    public static final ProblemKind HEAP_FULL = new ProblemKind(
            "FT0656",
            "the worker's Java heap is full",
            ExitCode.TRAINING_FAILED,
            "Tokens of all rows lie in the Java heap, 4 bytes each; weights and activations do not. So many rows do not fit.",
            "train on fewer rows, or lower training.max-tokens");

    /** Killed by the kernel for memory. */
    public static final ProblemKind OUT_OF_MEMORY = new ProblemKind(
            "FT0661",
            "the worker was killed since memory ran out",
            ExitCode.TRAINING_FAILED,
            "The kernel ends a process when memory runs out. Activations grow with the tokens of a micro-batch; recomputing them costs time instead. The"
                    + " run goes on from its last checkpoint.",
            "training.recompute: layer");

    /** Killed by somebody. */
    public static final ProblemKind KILLED = new ProblemKind(
            "FT0662",
            "the worker was killed from outside",
            ExitCode.TRAINING_FAILED,
            "The process was ended by a signal that finetune4j did not send, and the kernel counted no out-of-memory kill. The run goes on from its last"
                    + " checkpoint.",
            "finetune resume RUN");

    /** Crashed in native code. */
    public static final ProblemKind CRASHED = new ProblemKind(
            "FT0663",
            "the worker crashed in native code",
            ExitCode.TRAINING_FAILED,
            "libtorch or another native library failed so that the Java process could not go on. hs_err.log in the job's folder names the place. The run"
                    + " goes on from its last checkpoint.",
            "finetune resume RUN    # if it repeats, report it with hs_err.log from the job's folder");

    /** Ended without a word. */
    public static final ProblemKind LOST = new ProblemKind(
            "FT0664",
            "the worker ended without a word",
            ExitCode.TRAINING_FAILED,
            "No worker lives and none left a status: the machine was restarted, or worker and shell were ended together. The run goes on from its last"
                    + " checkpoint.",
            "finetune resume RUN");

    /** The written model is another than it should be. */
    public static final ProblemKind MERGE_DIFFERS = new ProblemKind(
            "FT0657",
            "the merged model differs from base model and adapter",
            ExitCode.TRAINING_FAILED,
            "After the adapter was added to the weights, the written model is loaded and its next tokens are compared with those of base model and adapter."
                    + " They should be the same but for rounding. In bf16 the rounding of very large weights can be too much.",
            "finetune export RUN --to FOLDER --precision fp32");

    /** Nothing that was trained is a change of a weight. */
    public static final ProblemKind NOT_MERGEABLE = new ProblemKind(
            "FT0658",
            "what was trained is no part of the weights",
            ExitCode.INVALID,
            "Prompt tuning and prefix tuning train virtual tokens in front of each text and leave every weight as it is, so that there is no model of its own"
                    + " to write. The adapter folder of the run is in PEFT format: PEFT puts the virtual tokens before each text.",
            "PeftModel.from_pretrained(base, \"ADAPTER_FOLDER\")");

    /** The image's torch is missing or another. */
    public static final ProblemKind TORCH_UNFIT = new ProblemKind(
            "FT0671",
            "the image's torch is not one that the worker runs on",
            ExitCode.INVALID,
            "In a cloud the worker runs on the torch that is installed in the container's image, 2.7 or 2.8. On others its native code finds functions"
                    + " missing, at the first call or later, so that none is tried.",
            "leave the image out of the job, so that the vendor's image of torch 2.7.1 is taken");

    /** The packed Java does not run in the image; said by the script {@code start}. */
    public static final ProblemKind RUNTIME_UNFIT = new ProblemKind(
            "FT0672",
            "the packed Java runtime does not run in the image",
            ExitCode.INVALID,
            "The worker brings the Java runtime of the machine that packed it. One from a Linux distribution needs a C library (glibc) at least as new as"
                    + " that distribution's; Eclipse Temurin's runs on older ones too.",
            "pack the worker with Eclipse Temurin 17 or newer (JAVA_HOME), or take an image of Ubuntu 22.04 or newer");

    /** The worker cannot be packed here. */
    public static final ProblemKind NOT_PACKABLE = new ProblemKind(
            "FT0673",
            "the worker cannot be packed for a cloud",
            ExitCode.INVALID,
            "A cloud's container gets the worker as one archive: its jars, native libraries for Linux on x86-64 and a trimmed Java runtime, which a JDK's"
                    + " jlink makes of that JDK. So it takes a JDK on Linux on x86-64, and all jars of the worker on the class path.",
            "sudo apt-get install openjdk-17-jdk-headless");

    /** Something of a job that only the core does. */
    public static final ProblemKind NOT_IN_PEFT_ENGINE = new ProblemKind(
            "FT0674",
            "the engine for cloud GPUs does not do this",
            ExitCode.INVALID,
            "On machines with GPUs a job is trained by transformers and PEFT in the cloud's own image, from a recipe that finetune4j writes. That engine does"
                    + " the same as the core for LoRA, rank-stabilised LoRA, DoRA, QLoRA, prompt tuning, prefix tuning and full fine-tuning of decoders, and for all methods of encoders; models in"
                    + " GGUF are sent to it unpacked, but not for QLoRA. What it would do in another way, or not at all, is refused.",
            "targets: [local]");

    /** The engine on PEFT could not go on. */
    public static final ProblemKind PEFT_ENGINE_FAILED = new ProblemKind(
            "FT0675",
            "the engine for cloud GPUs could not work",
            ExitCode.TRAINING_FAILED,
            "The image must bring Python 3.10, torch 2.6, transformers 4.55 and PEFT 0.16, or newer ones; nothing is ever installed from the network. Where they"
                    + " are there, the job's log has the trace of what went wrong. Checkpoints are intact.",
            "finetune resume RUN");

    @Override
    public List<ProblemKind> kinds() {
        return List.of(
                NO_SUCH_JOB,
                NAME_TAKEN,
                WRONG_STATE,
                LAUNCH_FAILED,
                CHANNEL_MISSING,
                FOLDER_DAMAGED,
                FOREIGN_CURSOR,
                ALREADY_RUNNING,
                DEFECT,
                HEAP_FULL,
                MERGE_DIFFERS,
                NOT_MERGEABLE,
                OUT_OF_MEMORY,
                KILLED,
                CRASHED,
                LOST,
                TORCH_UNFIT,
                RUNTIME_UNFIT,
                NOT_PACKABLE,
                NOT_IN_PEFT_ENGINE,
                PEFT_ENGINE_FAILED);
    }
}
