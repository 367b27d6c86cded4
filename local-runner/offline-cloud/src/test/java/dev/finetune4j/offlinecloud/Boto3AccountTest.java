package dev.finetune4j.offlinecloud;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.sagemaker.JobBody;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.testkit.PythonPackages;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A script that we did not write finds quotas, makes roles that hold, and orders what goes wrong. */
class Boto3AccountTest {
    private final ObjectNode seen = Json.records().createObjectNode();

    @Test
    void looksAtQuotasMakesRolesAndOrdersFaults() throws Exception {
        PythonPackages boto3 = PythonPackages.of("boto3-requirements.txt");
        try (OfflineAws aws = OfflineAws.start(
                Account.sample(),
                Clock.systemUTC(),
                Pace.SWIFT,
                PlannedContainer.succeedingAfter(Duration.ofHours(1)).windingDownIn(Duration.ofMillis(100)))) {
            String output = boto3.output(
                    "boto3_account.py", aws.endpoint(), aws.accessKeyId(), aws.control(), JobBody.onDemand("any"));
            for (String line : output.split("\n")) {
                JsonNode said = Json.read(line, JsonNode.class);
                seen.set(said.path("what").asText(), said.path("value"));
            }
        }

        says("quotas", "[100.0,100.0,100.0]");
        says("code", "\"ml.g5.2xlarge for training job usage\"");
        says("tunings", "[\"(Model customization) Scheduled customization jobs\"]");
        says("role", "[\"arn:aws:iam::123456789012:role/mine\",{\"Service\":\"sagemaker.amazonaws.com\"}]");
        says("roles", "[\"finetune4j-training\",\"mine\"]");
        says("twice", "[\"EntityAlreadyExists\",\"Role with name mine already exists.\"]");
        says("no policy", "[\"MalformedPolicyDocument\",\"This policy contains invalid Json\"]");
        assertThat(seen.path("nobody trusts me").path(0).asText()).isEqualTo("AccessDenied");
        assertThat(seen.path("bare").asText()).contains("ecr:GetAuthorizationToken", "assumed-role/mine");
        says("policies", "[[\"runs\"],[\"ecr:*\",\"logs:*\",\"cloudwatch:*\"],[\"AmazonS3ReadOnlyAccess\"]]");
        says("good", "\"Training\"");
        says("in use", "\"DeleteConflict\"");
        assertThat(seen.path("not sagemaker").path(1).asText()).contains("Could not assume role");
        says("reads", "0");
        says("does not write", "\"AccessDenied\"");
        says("reads no more", "\"AccessDenied\"");
        says("gone", "\"NoSuchEntity\"");
        says("events", "[\"begins to compute for 1h\"]");
        says("hubs", "[\"SageMakerPublicHub\"]");
        says("throttled", "\"ThrottlingException\"");
        says("broken", "\"InternalFailure\"");
        says("expired", "\"ExpiredTokenException\"");
        says("lost", "[\"closed\"]");
        says("reclaimed", "true");
        assertThat(seen.path("sold out").asText()).startsWith("CapacityError: Unable to provision");
        says("late", "\"ResourceNotFoundException\"");
        says("no quota", "\"ResourceLimitExceeded\"");
        assertThat(seen.path("bad order").asText()).contains("throttle", "was \"explode\"");
        says("bad job", "\"none is no spot job\"");
        assertThat(seen.path("made").path(2))
                .hasToString("{\"operation\":\"CreateTrainingJob\",\"status\":400,\"hadEffect\":false}");
    }

    private void says(String what, String value) {
        assertThat(seen.path(what)).as(what).hasToString(value);
    }
}
