package dev.finetune4j.azure.ml;

import dev.finetune4j.azure.blob.BlobStore;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Where files of jobs lie below a store, and how they come there. */
final class JobFiles {
    /** What jobs were told to do, by run. */
    static final String ORDERS = "orders/";

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

    /**
     * What the job's inputs are, by the name of the channel, each a name below the store that ends with a slash. The order goes first, since
     * whoever removes what no job needs knows by it that inputs which are there already are about to be needed; and again last, since how long a
     * launch may be under way goes by when it was stored.
     */
    Map<String, String> stage(Submission submission) {
        putOrder(submission);
        Map<String, String> inputs = laidOut(submission, store::stage);
        putOrder(submission);
        return inputs;
    }

    private void putOrder(Submission submission) {
        store.put(orderFile(submission), order(submission).getBytes(StandardCharsets.UTF_8));
    }

    /** The same as {@link #stage} would lay it out; sends nothing. */
    Map<String, String> planned(Submission submission) {
        return laidOut(submission, store::stagedName);
    }

    /** What {@link #stage} would send. */
    List<PlannedCall> calls(Submission submission) {
        List<PlannedCall> calls = new ArrayList<>();
        calls.add(new PlannedCall(WRITE, store.root() + orderFile(submission), order(submission)));
        submission
                .channels()
                .forEach((name, path) -> calls.add(new PlannedCall(
                        WRITE,
                        store.root() + store.stagedName(path),
                        name + " from " + path + ", what is not there yet")));
        calls.add(new PlannedCall(WRITE, store.root() + orderFile(submission), order(submission)));
        return calls;
    }

    /** Removes what the job wrote and its orders; inputs, which other jobs may have too, see {@link StoredJobs#removeInputs}. */
    void delete(RunId id) {
        store.delete(written(id));
        store.delete(ORDERS + id + "/");
    }

    private static Map<String, String> laidOut(Submission submission, Function<Path, String> place) {
        Map<String, String> inputs = new LinkedHashMap<>();
        submission.channels().forEach((name, path) -> inputs.put(name, place.apply(path)));
        String file = orderFile(submission);
        inputs.put(ContainerOrder.CHANNEL, file.substring(0, file.length() - ContainerOrder.FILE.length()));
        return inputs;
    }

    private static String orderFile(Submission submission) {
        return ORDERS + submission.id() + "/" + submission.order().digest() + "/" + ContainerOrder.FILE;
    }

    private static String order(Submission submission) {
        Map<String, String> files = new LinkedHashMap<>();
        submission.channels().forEach((name, path) -> {
            if (!name.equals(WorkOrder.WORKER_CHANNEL)) {
                files.put(name, Files.isDirectory(path) ? "" : String.valueOf(path.getFileName()));
            }
        });
        return Json.pretty(new ContainerOrder(
                submission.id(), submission.model(), submission.order(), files, submission.labels()));
    }
}
