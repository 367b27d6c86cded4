package dev.finetune4j.azure.ml;

import dev.finetune4j.azure.blob.BlobStore;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.spi.StagedOrder;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where files of jobs lie below a store, and how they come there. */
final class JobFiles {
    /** What jobs wrote, by run. */
    static final String JOBS = "jobs/";

    private static final String WRITE = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write";

    private final BlobStore store;

    JobFiles(BlobStore store) {
        this.store = store;
    }

    /** All that a job writes, over all its launches: {@code checkpoints}, {@code model} with the results, and {@code output/failure}. */
    static String written(RunId id) {
        return JOBS + id + "/";
    }

    /** What the job's inputs are, by the name of the channel, each a name below the store that ends with a slash. */
    Map<String, String> stage(Submission submission) {
        return withOrder(submission, order(submission).stage(store::put, store::stage));
    }

    /** The same as {@link #stage} would lay it out; sends nothing. */
    Map<String, String> planned(Submission submission) {
        return withOrder(submission, order(submission).inputs(store::stagedName));
    }

    private static Map<String, String> withOrder(Submission submission, Map<String, String> channels) {
        Map<String, String> inputs = new LinkedHashMap<>(channels);
        inputs.put(ContainerOrder.CHANNEL, order(submission).folder());
        return inputs;
    }

    /** What {@link #stage} would send. */
    List<PlannedCall> calls(Submission submission) {
        return order(submission)
                .calls(WRITE, name -> store.root() + name, path -> store.root() + store.stagedName(path));
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
