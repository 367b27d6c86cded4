package dev.finetune4j.offlinecloud.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import java.util.Set;

/** Requests for customization jobs that the service takes, to change in one place, and records that it trains on. */
public final class TuningBody {
    private static final String ROLE = "arn:aws:iam::123456789012:role/finetune4j-training";

    /** The training file that every request names. */
    public static final String TRAINING = "s3://my-bucket/inputs/train.jsonl";

    /** Whose requests they are. */
    public static final Account ACCOUNT = new Account("123456789012", "us-east-1", Set.of(ROLE));

    private TuningBody() {}

    /** A job of Amazon's smallest model. */
    public static ObjectNode nova(String name) {
        return (ObjectNode) Json.read("""
                {"jobName": "%s",
                 "customModelName": "%s",
                 "roleArn": "%s",
                 "clientRequestToken": "token-%s",
                 "baseModelIdentifier": "amazon.nova-micro-v1:0:128k",
                 "trainingDataConfig": {"s3Uri": "%s"},
                 "outputDataConfig": {"s3Uri": "s3://my-bucket/outputs/"},
                 "hyperParameters": {"epochCount": "2", "learningRate": "0.00001"},
                 "jobTags": [{"key": "finetune4j-run", "value": "r1"}]}
                """.formatted(name, name, ROLE, name, TRAINING), JsonNode.class);
    }

    /** The same with rows to compare with. */
    public static ObjectNode comparing(String name, String validationUri) {
        ObjectNode body = nova(name);
        body.putObject("validationDataConfig")
                .putArray("validators")
                .addObject()
                .put("s3Uri", validationUri);
        return body;
    }

    /** A record for models that converse. */
    public static String converse(String question, String answer) {
        ObjectNode row = Json.records().createObjectNode().put("schemaVersion", "bedrock-conversation-2024");
        row.putArray("system").addObject().put("text", "Sort tickets.");
        add(row, "user", question);
        add(row, "assistant", answer);
        return row.toString();
    }

    private static void add(ObjectNode row, String role, String text) {
        ObjectNode message = row.withArray("/messages").addObject().put("role", role);
        message.putArray("content").addObject().put("text", text);
    }
}
