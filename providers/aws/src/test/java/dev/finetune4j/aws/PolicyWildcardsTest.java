package dev.finetune4j.aws;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.aws.bedrock.BedrockProviderFactory;
import dev.finetune4j.aws.internal.PolicyStatement;
import dev.finetune4j.aws.sagemaker.SageMakerProviderFactory;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.ProviderFactory;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every wildcard in an action or a resource of the account's template and of the policies that are printed has its reason in
 * {@code policy-wildcards.tsv}: resource, actions, why nothing narrower is said. What is there and nowhere used is found, too.
 */
class PolicyWildcardsTest {
    private static final Path TABLE = Path.of("src/test/resources/policy-wildcards.tsv");
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final Map<String, String> WITH_ALL = Map.of(
            "role", "arn:aws:iam::123456789012:role/finetune4j-training",
            "store", "s3://my-bucket/jobs",
            "kms-key", "alias/mine",
            "subnets", "subnet-1e2f,subnet-3a4b",
            "security-groups", "sg-1e2f");

    private static final ModelRef ANY_MODEL = new ModelRef("tiny");

    private final Set<String> used = new TreeSet<>();

    @Test
    void haveEachItsReason() throws IOException {
        AccountTemplate template = AccountTemplate.shipped();
        Stream.of(template.full(), template.networked())
                .flatMap(stack -> stack.findParents("Statement").stream())
                .forEach(this::read);
        read(
                new SageMakerProviderFactory(),
                Map.of("region", "eu-central-1", "machine", "ml.m5.xlarge", "keep-alive", "30m"));
        read(new BedrockProviderFactory(), Map.of("region", "us-east-1", "model", "amazon.nova-micro-v1:0:128k"));
        for (String ofHub : List.of("jumpstart-policy-caller.json", "jumpstart-policy-job.json")) {
            read(Json.read(Files.readString(GOLDEN.resolve(ofHub)), JsonNode.class));
        }

        Map<String, String> reasons = reasons();

        assertThat(used).isEqualTo(reasons.keySet());
        assertThat(reasons).allSatisfy((wildcard, reason) -> assertThat(reason).isNotBlank());
    }

    private void read(ProviderFactory place, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(WITH_ALL);
        settings.putAll(more);
        ProviderContext context = new ProviderContext(Path.of("target"), Map.of(), new VirtualClock());
        try (Provider provider = place.open(context, settings)) {
            Stream.concat(
                            provider.policies("tickets-", ANY_MODEL).stream(),
                            provider.hosting().stream()
                                    .flatMap(hosting -> hosting.policies("tickets-", ANY_MODEL).stream()))
                    .map(AccessPolicy::document)
                    .forEach(document -> read(Json.read(document, JsonNode.class)));
        }
    }

    /** Where a role is assumed by whom, there is no resource. */
    private void read(JsonNode document) {
        for (JsonNode statement : document.path("Statement")) {
            for (String action : PolicyStatement.texts(statement.path("Action"))) {
                for (String resource : PolicyStatement.texts(statement.path("Resource"))) {
                    if ((action + resource.replace("${*}", "")).contains("*")) {
                        used.add(action + " on " + general(resource));
                    }
                }
            }
        }
    }

    /** A resource of any region, store and name of jobs. */
    private static String general(String resource) {
        return resource.replaceAll(":(eu-central-1|us-east-1):", ":REGION:")
                .replace("-eu-central-1/", "-REGION/")
                .replace(":123456789012:", ":ACCOUNT:")
                .replaceAll("my-bucket/(jobs|finetune4j)/", "STORE/")
                .replace("my-bucket", "BUCKET")
                .replaceAll("(subnet|sg)-[0-9a-f]{4}", "$1-ID")
                .replace("tickets-*", "JOB-*");
    }

    private static Map<String, String> reasons() throws IOException {
        Map<String, String> reasons = new TreeMap<>();
        for (String line : Files.readAllLines(TABLE)) {
            String[] columns = line.split("\t", -1);
            assertThat(columns).as(line).hasSize(3);
            for (String action : columns[1].split(" ")) {
                assertThat(reasons.put(action + " on " + columns[0], columns[2]))
                        .as(line)
                        .isNull();
            }
        }
        return reasons;
    }
}
