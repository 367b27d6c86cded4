package dev.finetune4j.spi;

import dev.finetune4j.model.ModelRef;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a provider needs to launch one job once. The name is the idempotency key: the same name and digest is the same job,
 * the same name and another digest is refused.
 *
 * @param id the job's name with the provider; {@link RunId} leaves room for the suffix of a place that lets no name be used twice
 * @param model the base model as the job names it; a place that keeps models itself goes by this, others by the model channel
 * @param order what the worker is to do; its digest goes with the job
 * @param channels input files and folders on this machine, by channel name; no model channel where the place keeps the model
 * @param labels tags for the provider's own lists: run, job and version
 * @param timeLimit the provider's own limit of running time over all restarts, or null for none
 * @param diskBytes what the disk of the job's machine must hold at most: model, rows, checkpoints and result; null where nobody counted it
 * @param after the place's own name, as {@link JobSnapshot#reference} tells it, of the launch of this job that failed and that this one
 *     follows; null where none is to be followed
 */
public record Submission(
        RunId id,
        ModelRef model,
        WorkOrder order,
        Map<String, Path> channels,
        Map<String, String> labels,
        @Nullable Duration timeLimit,
        @Nullable Long diskBytes,
        @Nullable String after) {
    /** The label that names the run to which a job belongs. */
    public static final String RUN_LABEL = "finetune4j-run";

    /** Copies the maps in their order. */
    public Submission {
        channels = Collections.unmodifiableMap(new LinkedHashMap<>(channels));
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    }

    /** Starts a submission without channels, labels and limit. */
    public static Builder builder(RunId id, ModelRef model, WorkOrder order) {
        return new Builder(id, model, order);
    }

    /** Collects the parts of a submission that have defaults. */
    public static final class Builder {
        private final RunId id;
        private final ModelRef model;
        private final WorkOrder order;
        private final Map<String, Path> channels = new LinkedHashMap<>();
        private final Map<String, String> labels = new LinkedHashMap<>();
        private @Nullable Duration timeLimit;
        private @Nullable Long diskBytes;
        private @Nullable String after;

        Builder(RunId id, ModelRef model, WorkOrder order) {
            this.id = id;
            this.model = model;
            this.order = order;
        }

        /** Adds an input file or folder on this machine. */
        public Builder channel(String name, Path path) {
            channels.put(name, path);
            return this;
        }

        /** Adds a tag for the provider's own lists. */
        public Builder label(String name, String value) {
            labels.put(name, value);
            return this;
        }

        /** The provider's own limit of running time; null, the default, for none. */
        public Builder timeLimit(@Nullable Duration limit) {
            timeLimit = limit;
            return this;
        }

        /** What the disk of the job's machine must hold at most; null, the default, where nobody counted it. */
        public Builder diskBytes(@Nullable Long bytes) {
            diskBytes = bytes;
            return this;
        }

        /** The launch that failed and that this one follows; null, the default, for none. */
        public Builder after(@Nullable String reference) {
            after = reference;
            return this;
        }

        /** The finished submission. */
        public Submission build() {
            return new Submission(id, model, order, channels, labels, timeLimit, diskBytes, after);
        }
    }
}
