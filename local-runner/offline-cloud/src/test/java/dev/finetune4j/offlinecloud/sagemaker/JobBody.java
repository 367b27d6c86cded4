package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;

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
