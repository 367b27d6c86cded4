package dev.finetune4j.aws.sagemaker;

import dev.finetune4j.aws.s3.S3Store;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.spi.StagedOrder;
import dev.finetune4j.spi.Submission;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Brings what a job needs to S3, each content once. */
final class Staging {
    private static final String PUT = "s3:PutObject";
    private static final String NO_DIGEST = "0".repeat(64);

    private final S3Store store;

    Staging(S3Store store) {
        this.store = store;
    }

    /**
     * The job with its files in S3; what is there already is not sent again.
     *
     * @param launch which launch of the job, from 1
     */
    StagedJob stage(Submission submission, int launch) {
        return laidOut(submission, launch, order(submission).stage(store::put, store::stage));
    }

    /** The job as {@link #stage} would lay its files out; sends nothing. */
    StagedJob planned(Submission submission, int launch) {
        return laidOut(submission, launch, order(submission).inputs(store::stagedAddress));
    }

    /** The same before a file is read: only the digests in the addresses are none. */
    StagedJob outlined(Submission submission, int launch) {
        String none = store.address(NO_DIGEST + "/");
        return laidOut(submission, launch, order(submission).inputs(path -> none));
    }

    /** What {@link #stage} would send of a job that was planned. */
    List<PlannedCall> calls(Submission submission) {
        return order(submission).calls(PUT, store::address, store::stagedAddress);
    }

    private StagedJob laidOut(Submission submission, int launch, Map<String, String> inputs) {
        Map<String, String> prefixes = new LinkedHashMap<>(inputs);
        String code = prefixes.getOrDefault(WorkOrder.WORKER_CHANNEL, "");
        prefixes.remove(WorkOrder.WORKER_CHANNEL);
        return new StagedJob(
                submission.id(),
                launch,
                submission.order().digest(),
                prefixes,
                store.address(order(submission).folder()),
                code,
                submission.labels(),
                submission.timeLimit());
    }

    private static StagedOrder order(Submission submission) {
        return new StagedOrder(submission, Json::pretty);
    }
}
