package dev.finetune4j.run;

import dev.finetune4j.model.ModelRef;
import dev.finetune4j.value.RunId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a worker in a cloud's container is to do. It comes as file {@value #FILE} of a channel {@value #CHANNEL} of its own, since clouds
 * take only short texts as settings of a job.
 *
 * @param id the job
 * @param model the base model as the job names it
 * @param order what is to be done
 * @param channels what the other channels hold: the name of the one file, or empty where the channel's folder itself is meant
 * @param labels tags for people
 */
public record ContainerOrder(
        RunId id, ModelRef model, WorkOrder order, Map<String, String> channels, Map<String, String> labels) {
    /** Name of the channel with the order. */
    public static final String CHANNEL = "order";

    /** Name of the file in it. */
    public static final String FILE = "order.json";

    /** The setting of the cloud's job that holds {@link WorkOrder#digest()}, so that no other order is worked on by mistake. */
    public static final String DIGEST_SETTING = "finetune4j-digest";

    /** What stands in front of a {@link RunEvent} in the container's log, one JSON a line. */
    public static final String EVENT_MARK = "finetune4j-event ";

    /** Copies the maps in their order. */
    public ContainerOrder {
        channels = Collections.unmodifiableMap(new LinkedHashMap<>(channels));
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    }
}
