package dev.finetune4j.aws.sagemaker;

import dev.finetune4j.aws.s3.S3Store;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Brings what a job needs to S3, each content once. */
final class Staging {
    /** Where orders lie, below the store. */
    static final String ORDERS = "orders/";

    private final S3Store store;

    Staging(S3Store store) {
        this.store = store;
    }

    /** Where the order of a job lies, below the store. */
    static String orders(RunId id) {
        return ORDERS + id + "/";
    }

    /** The job with its files in S3; what is there already is not sent again. */
    StagedJob stage(Submission submission) {
        Map<String, String> prefixes = new LinkedHashMap<>();
        Map<String, String> files = new LinkedHashMap<>();
        submission.channels().forEach((name, path) -> {
            prefixes.put(name, store.stage(path));
            if (!name.equals(WorkOrder.WORKER_CHANNEL)) {
                files.put(name, fileIn(path));
            }
        });
        ContainerOrder order =
                new ContainerOrder(submission.id(), submission.model(), submission.order(), files, submission.labels());
        String orders = orders(submission.id()) + submission.order().digest() + "/";
        String orderPrefix =
                store.put(orders + ContainerOrder.FILE, Json.pretty(order).getBytes(StandardCharsets.UTF_8));
        String code = prefixes.getOrDefault(WorkOrder.WORKER_CHANNEL, "");
        prefixes.remove(WorkOrder.WORKER_CHANNEL);
        return new StagedJob(
                submission.id(),
                1,
                submission.order().digest(),
                prefixes,
                orderPrefix.substring(0, orderPrefix.length() - ContainerOrder.FILE.length()),
                code,
                submission.labels(),
                submission.timeLimit());
    }

    /** A channel holds one file, or the content of a folder. */
    private static String fileIn(Path path) {
        return Files.isDirectory(path) ? "" : String.valueOf(path.getFileName());
    }
}
