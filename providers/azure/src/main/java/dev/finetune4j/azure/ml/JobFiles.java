package dev.finetune4j.azure.ml;

import dev.finetune4j.azure.blob.BlobStore;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.spi.StagedOrder;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where files of jobs lie below a store, and how they come there. */
final class JobFiles {
    /** What jobs wrote, by run. */
    static final String JOBS = "jobs/";

    private static final String WRITE = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write";

    private final BlobStore store;
    private final @Nullable DataRegistry registry;

    /**
     * Files of jobs.
     *
     * @param registry where inputs go as data, or null where they go to the store
     */
    JobFiles(BlobStore store, @Nullable DataRegistry registry) {
        this.store = store;
        this.registry = registry;
    }

    /** All that a job writes, over all its launches: {@code checkpoints}, {@code model} with the results, and {@code output/failure}. */
    static String written(RunId id) {
        return JOBS + id + "/";
    }

    /** What the job's inputs are, by the name of the channel: each a name below the store that ends with a slash, or data of a registry as jobs name it. */
    Map<String, String> stage(Submission submission) {
        Function<Path, String> input = registry == null ? store::stage : registry::stage;
        return withOrder(submission, order(submission).stage(store::put, input));
    }

    /** The same as {@link #stage} would lay it out; sends nothing. */
    Map<String, String> planned(Submission submission) {
        Function<Path, String> input = registry == null ? store::stagedName : registry::uri;
        return withOrder(submission, order(submission).inputs(input));
    }

    private static Map<String, String> withOrder(Submission submission, Map<String, String> channels) {
        Map<String, String> inputs = new LinkedHashMap<>(channels);
        inputs.put(ContainerOrder.CHANNEL, order(submission).folder());
        return inputs;
    }

    /** What {@link #stage} would send. */
    List<PlannedCall> calls(Submission submission) {
        DataRegistry data = registry;
        if (data == null) {
            return order(submission)
                    .calls(WRITE, name -> store.root() + name, path -> store.root() + store.stagedName(path));
        }
        return order(submission).calls(WRITE, name -> store.root() + name, data::uri).stream()
                .map(data::planned)
                .toList();
    }

    /** Removes what the job wrote and its orders; inputs, which other jobs may have too, see {@link StoredJobs#removeInputs}. */
    void delete(RunId id) {
        store.delete(written(id));
        store.delete(StagedOrder.FOLDER + id + "/");
    }

    private static StagedOrder order(Submission submission) {
        return new StagedOrder(submission, Json::pretty);
    }
}
