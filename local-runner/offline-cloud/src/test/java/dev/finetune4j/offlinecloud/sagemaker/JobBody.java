package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/** Requests for training jobs that the service takes, to change in one place. */
public final class JobBody {
    private JobBody() {}

    /** A job on demand, on a machine with a GPU and a disk of its own. */
    public static ObjectNode onDemand(String name) {
        return (ObjectNode) Json.read("""
                {"TrainingJobName": "%s",
                 "RoleArn": "arn:aws:iam::123456789012:role/finetune4j-training",
                 "AlgorithmSpecification": {
                   "TrainingImage": "763104351884.dkr.ecr.eu-central-1.amazonaws.com/pytorch-training:2.7.1-gpu-py312",
                   "TrainingInputMode": "File"},
                 "InputDataConfig": [{"ChannelName": "data", "DataSource": {"S3DataSource": {
                   "S3DataType": "S3Prefix", "S3Uri": "s3://my-bucket/inputs/data/"}}}],
                 "OutputDataConfig": {"S3OutputPath": "s3://my-bucket/outputs"},
                 "CheckpointConfig": {"S3Uri": "s3://my-bucket/checkpoints/%s"},
                 "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1},
                 "StoppingCondition": {"MaxRuntimeInSeconds": 36000},
                 "Tags": [{"Key": "finetune4j-run", "Value": "r1"}]}
                """.formatted(name, name), JsonNode.class);
    }

    /** Makes the bucket of these jobs, with what they read. */
    public static void stage(OfflineS3 store) throws IOException {
        store.createBucket("my-bucket");
        put(store, "s3://my-bucket/inputs/data/rows.jsonl");
    }

    /** Puts a row into a bucket. */
    static void put(OfflineS3 store, String uri) throws IOException {
        Path file = Files.writeString(Files.createTempFile("rows", ".jsonl"), "{}\n");
        try {
            store.upload(file, uri);
        } finally {
            Files.delete(file);
        }
    }

    /** A store in which all is that these jobs read. */
    static OfflineS3 store(Path folder) {
        try {
            Account account = Account.sample();
            OfflineS3 store = new OfflineS3(
                    Files.createTempDirectory(folder, "s3"), account.id(), account.region(), Clock.systemUTC());
            stage(store);
            return store;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same on a machine that can be taken back. */
    public static ObjectNode spot(String name, int runtimeSeconds, int waitSeconds) {
        ObjectNode body = onDemand(name);
        body.put("EnableManagedSpotTraining", true);
        body.putObject("StoppingCondition")
                .put("MaxRuntimeInSeconds", runtimeSeconds)
                .put("MaxWaitTimeInSeconds", waitSeconds);
        return body;
    }
}
