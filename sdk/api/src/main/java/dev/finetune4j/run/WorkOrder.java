package dev.finetune4j.run;

import java.util.List;

/**
 * What a worker is to do. Files come by channel: {@code model} (a Hugging Face folder or a GGUF file), {@code data}
 * (JSON Lines of {@link dev.finetune4j.data.Example}) and, where a tuned model is used without training, {@code adapter}
 * (PEFT format). Results go to the worker's output folder.
 *
 * @param digest what the order is derived from (plan or request), lower-case hex; the same digest resumes
 * @param steps in order
 */
public record WorkOrder(String digest, List<WorkStep> steps) {
    /** Name of the channel with the base model. */
    public static final String MODEL_CHANNEL = "model";

    /** Name of the channel with the rows. */
    public static final String DATA_CHANNEL = "data";

    /** Name of the channel with a finished adapter. */
    public static final String ADAPTER_CHANNEL = "adapter";

    /** Folder of the output that holds the tuned adapter. */
    public static final String ADAPTER_FOLDER = "adapter";

    /** Folder of the output that holds one predictions file a variant. */
    public static final String PREDICTIONS_FOLDER = "predictions";

    /** File of the output that holds generated texts. */
    public static final String GENERATED_FILE = "generated.jsonl";

    /** Folder of the output that holds a merged model. */
    public static final String MERGED_FOLDER = "merged";

    /** File of the output that tells how a merged model compares. */
    public static final String MERGED_FILE = "merged.json";

    /** Copies the steps. */
    public WorkOrder {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("a work order needs at least one step");
        }
    }
}
