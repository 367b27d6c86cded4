package dev.finetune4j.aws;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.testkit.PythonPackages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The CloudFormation template of an account, with what it becomes with some sets of values. Read once for all tests, since Python takes a second. */
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
            "OutputDays", "30",
            "BudgetPerMonth", "100",
            "BudgetEmail", "team@example.org");
    private static final Pattern REGION = Pattern.compile("(?m)^    ([a-z0-9-]+): \\{Account: ");

    private static final AccountTemplate SHIPPED = new AccountTemplate();

    private final JsonNode said;

    private AccountTemplate() {
        List<Object> arguments = new ArrayList<>(List.of("stacks", TEMPLATE));
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

    /** The regions that it has images for. */
    public Set<String> regions() {
        return REGION.matcher(text())
                .results()
                .map(region -> region.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * A template that cfn-lint is to read.
     *
     * @param regions where it is to be taken
     * @param mandatory checks that are made even where the template says that they are not to be
     */
    public record Linted(Path template, Collection<String> regions, List<String> mandatory) {}

    /** What cfn-lint finds in each of some templates, as {@code findings}, and of which regions it has never heard, as {@code unknown}. */
    public static JsonNode lint(Linted... templates) {
        List<List<Object>> all = new ArrayList<>();
        for (Linted one : templates) {
            all.add(List.of(one.template().toString(), one.regions(), one.mandatory()));
        }
        return read(List.of("lint", Json.line(all)));
    }

    /** The stack with no values at all. */
    public JsonNode plain() {
        return said.path(0);
    }

    /** The stack with key, network and a life of results. */
    public JsonNode full() {
        return said.path(1);
    }

    /** The stack whose files lie in {@code s3://my-bucket/jobs}. */
    public JsonNode ofJobs() {
        return said.path(2);
    }

    /** The stack of a region without Bedrock's customization and import. */
    public JsonNode withoutBedrock() {
        return said.path(4);
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
        return said.path(3);
    }
}
