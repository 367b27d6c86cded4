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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A script that we did not write finds quotas, makes roles that hold, and orders what goes wrong. */
class Boto3AccountTest {
    private static final Pattern PYTHON = Pattern.compile("```python\\n(.*?)```", Pattern.DOTALL);

    private final ObjectNode seen = Json.records().createObjectNode();

    @Test
    void looksAtQuotasMakesRolesAndOrdersFaults() throws Exception {
        PythonPackages boto3 = PythonPackages.of("boto3-requirements.txt");
        try (OfflineAws aws = OfflineAws.start(
                Account.sample(),
                Clock.systemUTC(),
                Pace.SWIFT,
                PlannedContainer.succeedingAfter(Duration.ofHours(1)).windingDownIn(Duration.ofMillis(100)))) {
            JobBody.stage(aws.s3());
            String output = boto3.output(
                    "boto3_account.py",
                    aws.endpoint(),
                    aws.accessKeyId(),
                    aws.secretAccessKey(),
                    aws.control(),
                    JobBody.onDemand("any"),
                    pythonShown());
            for (String line : output.split("\n")) {
                JsonNode said = Json.read(line, JsonNode.class);
                seen.set(said.path("what").asText(), said.path("value"));
            }
        }

        says("quotas", "[100.0,100.0,100.0]");
        says("code", "\"ml.g5.2xlarge for training job usage\"");
        says("services", "[\"bedrock\",\"sagemaker\"]");
        says("defaults", "[true,100.0]");
        says(
                "asked",
                "[\"CASE_OPENED\",true,[200.0],\"ResourceAlreadyExistsException\",\"IllegalArgumentException\",\"NoSuchResourceException\"]");
        says("tunings", "[\"(Model customization) Scheduled customization jobs\"]");
        says("role", "[\"arn:aws:iam::123456789012:role/mine\",{\"Service\":\"sagemaker.amazonaws.com\"}]");
        says("roles", "[\"finetune4j-training\",\"mine\"]");
        says("twice", "[\"EntityAlreadyExists\",\"Role with name mine already exists.\"]");
        says("no policy", "[\"MalformedPolicyDocument\",\"This policy contains invalid Json\"]");
        assertThat(seen.path("nobody trusts me").path(0).asText()).isEqualTo("AccessDenied");
        says(
                "bare",
                "[\"ValidationException\",\"No S3 objects found under S3 URL \\\"s3://my-bucket/inputs/data/\\\" given in input data source."
                        + " Please ensure that the bucket exists in the selected region (eu-central-1), that objects exist under that S3"
                        + " prefix, and that the role \\\"arn:aws:iam::123456789012:role/mine\\\" has \\\"s3:ListBucket\\\" permissions on"
                        + " bucket \\\"my-bucket\\\".\"]");
        says(
                "no image",
                "[\"ValidationException\",\"Access denied for repository: pytorch-training in registry ID: 763104351884. Please check if your"
                        + " ECR repository and image exist and role arn:aws:iam::123456789012:role/mine has proper pull permissions for"
                        + " SageMaker: ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer\"]");
        says("not there", "\"ValidationException\"");
        says("policies", "[[\"runs\"],[\"ecr:*\",\"logs:*\",\"cloudwatch:*\"],[\"AmazonS3ReadOnlyAccess\"]]");
        says("good", "\"Training\"");
        says("in use", "\"DeleteConflict\"");
        says("metric", "[\"hours\",[[1.0,1.0]]]");
        says("metrics", "true");
        says("metric data", "[[1.0],[]]");
        says("bad period", "\"InvalidParameterValueException\"");
        says(
                "absent",
                "[[\"InvalidAction\",\"The offline cloud does not play ec2, which was asked for DescribeSubnets\"],"
                        + "[\"InvalidAction\",\"The offline cloud does not play cloudformation, which was asked for ListStacks\"],"
                        + "[\"UnknownOperationException\",\"The offline cloud does not play lambda, which was asked for /2015-03-31/functions\"]]");
        assertThat(seen.path("not sagemaker").path(1).asText()).contains("Could not assume role");
        says("reads", "0");
        says("does not write", "\"AccessDenied\"");
        says("reads no more", "\"AccessDenied\"");
        says("gone", "\"NoSuchEntity\"");
        says(
                "simulated",
                "[[\"allowed\"],[\"implicitDeny\"],[\"implicitDeny\",\"explicitDeny\"],[\"explicitDeny\",\"allowed\"]]");
        says("context keys", "[\"iam:PassedToService\"]");
        says("changed", "[[{\"Key\":\"team\",\"Value\":\"a\"}],[{\"Key\":\"run\",\"Value\":\"b\"}],\"mine\",7200]");
        says("page by page", "[\"bounded\",\"finetune4j-training\"]");
        says("managed", "[[\"reads\"],1,[\"s3:ListBucket\",\"s3:Get*\"],true]");
        says(
                "bounded",
                "[\"accepted\",\"an explicit deny in a session policy\","
                        + "\"no session policy allows the s3:ListBucket action\",\"accepted\",\"MalformedPolicyDocument\"]");
        says("held", "[\"accepted\",\"AccessDeniedException\",\"AccessDeniedException\",\"AccessDeniedException\"]");
        says("own bucket", "0");
        says("events", "[\"begins to compute for 1h\"]");
        says("hubs", "[\"SageMakerPublicHub\"]");
        says("throttled", "\"ThrottlingException\"");
        says("broken", "\"InternalFailure\"");
        says("broken after", "[\"InternalFailure\",\"after\"]");
        says("expired", "\"ExpiredTokenException\"");
        says("lost", "[\"closed\"]");
        says("flaky", "[\"InternalServerError: We encountered an internal error. Please try again.\",1]");
        says("no status", "\"no training job is ever Busy\"");
        assertThat(seen.at("/clock off/0/0").asText()).isEqualTo("InvalidSignatureException");
        assertThat(seen.at("/clock off/0/1").asText()).startsWith("Signature expired: ");
        assertThat(seen.at("/clock off/1/0").asText())
                .as("a quarter of an hour here")
                .isEqualTo("accepted");
        assertThat(seen.at("/clock off/2/0").asText()).isEqualTo("accepted");
        assertThat(seen.at("/clock far off/0/0").asText()).isEqualTo("SignatureDoesNotMatch");
        assertThat(seen.at("/clock far off/0/1").asText()).startsWith("Signature not yet current: ");
        assertThat(seen.at("/clock far off/1/0").asText()).isEqualTo("RequestTimeTooSkewed");
        says("reclaimed", "true");
        assertThat(seen.path("sold out").asText()).startsWith("CapacityError: Unable to provision");
        says("late", "\"ResourceNotFoundException\"");
        says("no quota", "\"ResourceLimitExceeded\"");
        assertThat(seen.path("bad order").asText()).contains("throttle", "was \"explode\"");
        says("bad status", "[\"" + ofFailure(399) + "\",\"" + ofFailure(600) + "\"]");
        says("bad job", "\"none is no spot job\"");
        assertThat(seen.path("made").path(2))
                .hasToString("{\"operation\":\"CreateTrainingJob\",\"status\":400,\"hadEffect\":false}");
    }

    /** As README has it, executed as it stands. */
    private static String pythonShown() throws IOException {
        List<String> shown = PYTHON.matcher(Files.readString(Path.of("../../README.md")))
                .results()
                .map(block -> block.group(1))
                .toList();
        assertThat(shown).hasSize(1);
        return shown.get(0);
    }

    private static String ofFailure(int status) {
        return "\\\"status\\\" must be that of a failure, from 400 to 599, was " + status;
    }

    private void says(String what, String value) {
        assertThat(seen.path(what)).as(what).hasToString(value);
    }
}
