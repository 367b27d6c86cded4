package dev.finetune4j.aws.account;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.aws.AccountTemplate;
import dev.finetune4j.json.Json;
import dev.finetune4j.testkit.PythonPackages;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A CloudFormation that makes what a template says, moto's, makes the account that the template is held to be. It knows no policies of
 * buckets, no budgets and no {@code Fn::Cidr}, and gives no outputs to a stack that a change set made.
 */
@Tag("long")
class MadeAccountTest {
    private static final Path TEMPLATE = Path.of("../../infra/aws/finetune4j.yaml");
    private static final Path MOTO = Path.of("../../local-runner/offline-cloud/src/test/python/moto-requirements.txt");
    private static final String POLICY = "/Policies/0/PolicyDocument";

    @Test
    void hasWhatTheJobFileNames() throws Exception {
        JsonNode made = made(Map.of());

        assertThat(made.path("status").asText()).isEqualTo("CREATE_COMPLETE");
        assertThat(made.path("buckets")).hasToString("[\"my-bucket\"]");
        assertThat(made.path("keys")).isEmpty();
        assertThat(made.at("/logs/~1aws~1sagemaker~1TrainingJobs").asInt()).isEqualTo(90);
        assertIsLike(AccountTemplate.shipped().plain(), made);
    }

    @Test
    void hasTheKeyAndTheNetworkToo() throws Exception {
        JsonNode made = made(Map.of(
                "Encryption",
                "KMS",
                "Subnets",
                "subnet-0a1b,subnet-2c3d",
                "SecurityGroups",
                "sg-0a1b",
                "OutputDays",
                "30",
                "LogDays",
                "30"));

        assertThat(made.path("status").asText()).isEqualTo("CREATE_COMPLETE");
        assertThat(made.path("keys")).hasSize(1);
        assertThat(made.at("/outputs/KmsKey").asText())
                .isEqualTo(made.at("/keys/0").asText());
        assertThat(made.at("/logs/~1aws~1sagemaker~1TrainingJobs").asInt()).isEqualTo(30);
        assertIsLike(AccountTemplate.shipped().full(), made);
    }

    private static JsonNode made(Map<String, String> parameters) throws Exception {
        Map<String, String> all = new HashMap<>(parameters);
        all.put("BucketName", "my-bucket");
        return Json.read(
                PythonPackages.of(MOTO).output("account_stack.py", TEMPLATE, "eu-central-1", Json.line(all)),
                JsonNode.class);
    }

    /** Whether what was made is what cfn-lint reads of the template, but for names that CloudFormation makes up. */
    private static void assertIsLike(JsonNode stack, JsonNode made) {
        String training = made.at("/outputs/Role").asText();
        String customization = made.at("/outputs/BedrockRole").asText();

        assertThat(made.path("roles").properties().stream().map(Map.Entry::getKey))
                .containsExactlyInAnyOrder(training, customization);
        assertThat(named(made.at("/outputs/JobFile"), made))
                .isEqualTo(stack.at("/outputs/JobFile").asText());
        Stream.of(Map.entry("TrainingRole", training), Map.entry("CustomizationRole", customization))
                .forEach(role -> {
                    JsonNode expected = stack.path("resources").path(role.getKey());
                    JsonNode there = made.path("roles").path(role.getValue());
                    assertThat(there.path("policies")).hasSize(1);
                    assertThat(Json.read(named(there.path("policies").elements().next(), made), JsonNode.class))
                            .as(role.getKey())
                            .isEqualTo(expected.at(POLICY));
                    assertThat(there.path("trust")).isEqualTo(expected.path("AssumeRolePolicyDocument"));
                });
    }

    /** With the names that the template's tests use. */
    private static String named(JsonNode text, JsonNode made) {
        String key = made.at("/outputs/KmsKey").asText(AccountTemplate.KEY);
        return (text.isTextual() ? text.asText() : text.toString())
                .replace(made.at("/outputs/Role").asText(), AccountTemplate.TRAINING_ROLE)
                .replace(made.at("/outputs/BedrockRole").asText(), AccountTemplate.CUSTOMIZATION_ROLE)
                .replace(key, AccountTemplate.KEY);
    }
}
