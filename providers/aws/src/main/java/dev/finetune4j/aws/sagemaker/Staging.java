package dev.finetune4j.aws.sagemaker;

import dev.finetune4j.aws.internal.jobs.StoreLayout;
import dev.finetune4j.aws.s3.S3Store;
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

/** Brings what a job needs to S3, each content once. */
final class Staging {
    private static final String PUT = "s3:PutObject";
    private static final String NO_DIGEST = "0".repeat(64);

    private final S3Store store;

    Staging(S3Store store) {
        this.store = store;
    }

    /** Where the order of a job lies, below the store. */
    static String orders(RunId id) {
        return StoreLayout.ORDERS + id + "/";
    }

    /**
     * The job with its files in S3; what is there already is not sent again. The order goes first, since whoever removes what no job needs knows by
     * it that inputs which are there already are about to be needed; and again last, since how long a launch may be under way goes by when it was
     * stored.
     *
     * @param launch which launch of the job, from 1
     */
    StagedJob stage(Submission submission, int launch) {
        putOrder(submission);
        StagedJob job = laidOut(submission, launch, store::stage);
        putOrder(submission);
        return job;
    }

    private void putOrder(Submission submission) {
        store.put(orderFile(submission), order(submission).getBytes(StandardCharsets.UTF_8));
    }

    /** The job as {@link #stage} would lay its files out; sends nothing. */
    StagedJob planned(Submission submission, int launch) {
        return laidOut(submission, launch, store::stagedAddress);
    }

    /** The same before a file is read: only the digests in the addresses are none. */
    StagedJob outlined(Submission submission, int launch) {
        return laidOut(submission, launch, path -> store.address(NO_DIGEST + "/"));
    }

    /** What {@link #stage} would send of a job that was planned. */
    List<PlannedCall> calls(Submission submission) {
        List<PlannedCall> calls = new ArrayList<>();
        calls.add(new PlannedCall(PUT, store.address(orderFile(submission)), order(submission)));
        submission
                .channels()
                .forEach((name, path) -> calls.add(new PlannedCall(
                        PUT, store.stagedAddress(path), name + " from " + path + ", what is not there yet")));
        calls.add(new PlannedCall(PUT, store.address(orderFile(submission)), order(submission)));
        return calls;
    }

    private StagedJob laidOut(Submission submission, int launch, Function<Path, String> place) {
        Map<String, String> prefixes = new LinkedHashMap<>();
        submission.channels().forEach((name, path) -> prefixes.put(name, place.apply(path)));
        String code = prefixes.getOrDefault(WorkOrder.WORKER_CHANNEL, "");
        prefixes.remove(WorkOrder.WORKER_CHANNEL);
        String order = store.address(orderFile(submission));
        return new StagedJob(
                submission.id(),
                launch,
                submission.order().digest(),
                prefixes,
                order.substring(0, order.length() - ContainerOrder.FILE.length()),
                code,
                submission.labels(),
                submission.timeLimit());
    }

    private static String orderFile(Submission submission) {
        return orders(submission.id()) + submission.order().digest() + "/" + ContainerOrder.FILE;
    }

    private static String order(Submission submission) {
        Map<String, String> files = new LinkedHashMap<>();
        submission.channels().forEach((name, path) -> {
            if (!name.equals(WorkOrder.WORKER_CHANNEL)) {
                files.put(name, fileIn(path));
            }
        });
        return Json.pretty(new ContainerOrder(
                submission.id(), submission.model(), submission.order(), files, submission.labels()));
    }

    /** A channel holds one file, or the content of a folder. */
    private static String fileIn(Path path) {
        return Files.isDirectory(path) ? "" : String.valueOf(path.getFileName());
    }
}
