package dev.finetune4j.aws;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.testkit.PythonPackages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The CloudFormation template of an account, with what cfn-lint finds in it and what it becomes with some sets of values. Read once for all
 * tests, since cfn-lint takes seconds to begin.
 */
public final class AccountTemplate {
    /** The key that it makes where it is told to make one. */
    public static final String KEY = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f";

    /** The role of training jobs. */
    public static final String TRAINING_ROLE = "arn:aws:iam::123456789012:role/finetune4j-training";

    /** The role of Bedrock's jobs. */
    public static final String CUSTOMIZATION_ROLE = "arn:aws:iam::123456789012:role/finetune4j-customization";

    private static final Path TEMPLATE = Path.of("../../infra/aws/finetune4j.yaml");

    /** What resources are called, which CloudFormation makes up. */
    private static final Map<String, String> MADE_UP = Map.of(
            "Bucket", "my-bucket",
            "Bucket.Arn", "arn:aws:s3:::my-bucket",
            "Key.Arn", KEY,
            "TrainingRole.Arn", TRAINING_ROLE,
            "CustomizationRole.Arn", CUSTOMIZATION_ROLE,
            "Vpc", "vpc-1e2f",
            "Routes", "rtb-1e2f",
            "FirstSubnet", "subnet-1e2f",
            "SecondSubnet", "subnet-3a4b",
            "JobsGroup.GroupId", "sg-1e2f");

    private static final Map<String, String> WITH_ALL = Map.of(
            "Encryption", "KMS",
            "Subnets", "subnet-0a1b,subnet-2c3d",
            "SecurityGroups", "sg-0a1b",
            "OutputDays", "30");
    private static final String REGIONS = "us-east-1,us-west-2,eu-central-1,ap-southeast-2,cn-north-1";

    private static final AccountTemplate SHIPPED = new AccountTemplate();

    private final JsonNode said;

    private AccountTemplate() {
        List<Object> arguments = new ArrayList<>(List.of(TEMPLATE, REGIONS));
        List.of(
                        Map.<String, String>of(),
                        WITH_ALL,
                        Map.of("Prefix", "jobs"),
                        Map.of("Network", "create", "AWS::StackName", "finetune4j"),
                        Map.of("AWS::Region", "ap-southeast-2"))
                .forEach(values -> {
                    Map<String, String> all = new HashMap<>(MADE_UP);
                    all.putAll(values);
                    arguments.add(Json.line(all));
                });
        said = read(arguments);
    }

    private static JsonNode read(List<Object> arguments) {
        try {
            return Json.read(
                    PythonPackages.of("cfn-lint-requirements.txt").output("account_template.py", arguments.toArray()),
                    JsonNode.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The one of {@code infra/aws}. */
    public static AccountTemplate shipped() {
        return SHIPPED;
    }

    /** What cfn-lint finds. */
    public JsonNode findings() {
        return said.path("findings");
    }

    /** What cfn-lint finds in a template of some regions. */
    public static JsonNode findings(Path template, String regions) {
        return read(List.of(template, regions)).path("findings");
    }

    /** The stack with no values at all. */
    public JsonNode plain() {
        return said.at("/stacks/0");
    }

    /** The stack with key, network and a life of results. */
    public JsonNode full() {
        return said.at("/stacks/1");
    }

    /** The stack whose files lie in {@code s3://my-bucket/jobs}. */
    public JsonNode ofJobs() {
        return said.at("/stacks/2");
    }

    /** The stack of a region without Bedrock's customization and import. */
    public JsonNode withoutBedrock() {
        return said.at("/stacks/4");
    }

    /** As it is written. */
    public String text() {
        try {
            return Files.readString(TEMPLATE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The stack with a network of its own. */
    public JsonNode networked() {
        return said.at("/stacks/3");
    }
}
