package dev.finetune4j.run;

import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.TuningMethod;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a worker is to do. Files come by channel: {@code model} (a Hugging Face folder or a GGUF file), {@code data}
 * (JSON Lines of {@link dev.finetune4j.data.Example}) and, where a tuned model is used without training, {@code adapter}
 * (PEFT format, or a whole model after full fine-tuning). Results go to the worker's output folder.
 *
 * @param digest what the order is derived from (plan or request), lower-case hex; the same digest resumes
 * @param steps in order
 */
public record WorkOrder(String digest, List<WorkStep> steps) {
    /** Name of the channel with the base model. */
    public static final String MODEL_CHANNEL = "model";

    /** Name of the channel with the rows. */
    public static final String DATA_CHANNEL = "data";

    /** Name of the channel with what an earlier training left. */
    public static final String ADAPTER_CHANNEL = "adapter";

    /** Name of the channel with the checkpoints of a stopped training. */
    public static final String CHECKPOINTS_CHANNEL = "checkpoints";

    /** Name of the channel with the job's recipe, where another engine than the project's core trains: {@link dev.finetune4j.spi.RecipeWriter}. */
    public static final String RECIPE_CHANNEL = "recipe";

    /** Name of the channel with the worker itself, where a cloud's container starts it: {@link dev.finetune4j.spi.WorkerPackage}. */
    public static final String WORKER_CHANNEL = "code";

    /** Folder of the output that holds the checkpoints of a training that has not ended. */
    public static final String CHECKPOINTS_FOLDER = "checkpoints";

    /** Checkpoints that a worker keeps of a training: if the newest is damaged, the one before it serves. */
    public static final int CHECKPOINTS_KEPT = 2;

    /** File of the output that tells whether a replay came out the same. */
    public static final String REPLAY_FILE = "replay.json";

    /** File of the output that tells what a rehearsal measured. */
    public static final String REHEARSAL_FILE = "rehearsal.json";

    /** Folder of the output that holds the tuned adapter. */
    public static final String ADAPTER_FOLDER = "adapter";

    /** Folder of the output that holds a model whose every weight was trained, in Hugging Face layout. */
    public static final String MODEL_FOLDER = "model";

    /** In their place in the output of a place that keeps the tuned model: where it is. */
    public static final String MODEL_REFERENCE_FILE = "model-reference.json";

    /** Folder of the output that holds one predictions file a variant. */
    public static final String PREDICTIONS_FOLDER = "predictions";

    /** File of the output that holds generated texts. */
    public static final String GENERATED_FILE = "generated.jsonl";

    /** Folder of the output that holds a merged model. */
    public static final String MERGED_FOLDER = "merged";

    /** File of the output that tells how a merged model compares. */
    public static final String MERGED_FILE = "merged.json";

    /** In {@link #MERGED_FOLDER}: the weights of a model in Hugging Face layout. */
    public static final String SAFETENSORS_FILE = "model.safetensors";

    /** In {@link #MERGED_FOLDER}: the model where it is one file. */
    public static final String GGUF_FILE = "model.gguf";

    /** Folder of the output that holds what a method trains; a head is written with the encoder that it sits on. */
    public static String resultFolder(TuningMethod method) {
        return method instanceof FullTuning || method instanceof HeadTuning ? MODEL_FOLDER : ADAPTER_FOLDER;
    }

    /** Copies the steps. */
    public WorkOrder {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("a work order needs at least one step");
        }
    }

    /** The training that is done, in whole or in part, or done again; empty where nothing is trained. */
    public Optional<WorkStep.Train> training() {
        return steps.stream().flatMap(step -> trained(step).stream()).findFirst();
    }

    private static Optional<WorkStep.Train> trained(WorkStep step) {
        if (step instanceof WorkStep.Train train) {
            return Optional.of(train);
        }
        if (step instanceof WorkStep.Rehearse rehearse) {
            return Optional.of(rehearse.train());
        }
        return step instanceof WorkStep.Verify verify ? Optional.of(verify.train()) : Optional.empty();
    }

    /** The held-out rows that are answered, in whole or in part, in order. */
    public List<WorkStep.Predict> answers() {
        return steps.stream()
                .flatMap(step -> step instanceof WorkStep.Predict predict
                        ? Stream.of(predict)
                        : step instanceof WorkStep.Rehearse rehearse ? rehearse.answers().stream() : Stream.empty())
                .toList();
    }
}
