package dev.finetune4j.offlinecloud;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.bedrock.TuningBody;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.testkit.PythonPackages;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every service lets in whom boto3 signs for, whatever is in a path or a query, and nobody else. */
class Boto3SignaturesTest {
    private static final String MISMATCH =
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing"
                    + " method. Consult the service documentation for details.";
    private static final String INVALID_TOKEN = "The security token included in the request is invalid.";
    private static final Set<String> QUERY = Set.of("sts", "iam");
    private static final List<String> SERVICES =
            List.of("sagemaker", "logs", "bedrock", "sts", "iam", "service-quotas", "pricing", "s3");

    @Test
    @Tag("long")
    void areComputed() throws Exception {
        PythonPackages boto3 = PythonPackages.of("boto3-requirements.txt");
        ObjectNode seen = Json.records().createObjectNode();
        try (OfflineAws aws = OfflineAws.start(
                TuningBody.ACCOUNT,
                Clock.systemUTC(),
                Pace.SWIFT,
                PlannedContainer.succeedingAfter(Duration.ofHours(1)))) {
            aws.s3().createBucket("signed");
            String output = boto3.output(
                    "boto3_signatures.py",
                    aws.endpoint(),
                    aws.accessKeyId(),
                    aws.secretAccessKey(),
                    TuningBody.nova("signed-job-1"),
                    "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0:128k");
            for (String line : output.split("\n")) {
                JsonNode said = Json.read(line, JsonNode.class);
                seen.set(said.path("what").asText(), said.path("value"));
            }
        }

        for (String service : SERVICES) {
            JsonNode told = seen.path(service);
            assertThat(told.path("right").asText()).as(service).isEqualTo("good");
            assertThat(told.path("as a role").asText()).as(service).isEqualTo("good");
            if (!service.equals("s3")) {
                assertRefusals(service, told);
            }
        }
        JsonNode s3 = seen.path("s3");
        assertRefused(s3.path("unknown key"), 403, "InvalidAccessKeyId", "does not exist in our records");
        assertRefused(s3.path("without token"), 403, "InvalidAccessKeyId", "does not exist in our records");
        assertRefused(s3.path("wrong token"), 400, "InvalidToken", "malformed or otherwise invalid");
        assertRefused(s3.path("token too many"), 400, "InvalidToken", "malformed or otherwise invalid");
        assertRefused(s3.path("wrong secret"), 403, "SignatureDoesNotMatch", "Check your key and signing method.");
        assertRefused(s3.path("the user's secret"), 403, "SignatureDoesNotMatch", "Check your key and signing method.");
        assertRefused(s3.path("unsigned"), 403, "AccessDenied", "Access Denied");

        assertThat(seen.path("by ARN").asBoolean()).isTrue();
        assertThat(seen.path("by the ARN of a model").asBoolean()).isTrue();
        assertThat(seen.path("with a query").asInt()).isOne();
        for (String style : List.of("path", "virtual")) {
            assertThat(seen.path(style)).as(style).hasToString("[]");
            assertThat(seen.path(style + " list"))
                    .hasToString("[\"a b\",\"a%20b\",\"a/../b\",\"a//b\",\"a:b@c,d;e\",\"a?b&c=d#e\"]");
            assertThat(seen.path(style + " tagging").asInt()).isEqualTo(200);
        }
        for (String version : List.of("s3v4", "s3")) {
            for (String name : List.of("a b", "日本/ü", "/a/b")) {
                assertThat(seen.path(version + " " + name))
                        .as(version + " " + name)
                        .hasToString(
                                "[[200,\"" + name
                                        + "\"],[403,\"SignatureDoesNotMatch\"],[403,\"SignatureDoesNotMatch\"],[403,\"SignatureDoesNotMatch\"]]");
            }
        }
    }

    private static void assertRefusals(String service, JsonNode told) {
        boolean isQuery = QUERY.contains(service);
        String stranger = isQuery ? "InvalidClientTokenId" : "UnrecognizedClientException";
        String forged = isQuery ? "SignatureDoesNotMatch" : "InvalidSignatureException";
        assertRefused(told.path("unknown key"), 403, stranger, INVALID_TOKEN);
        assertRefused(told.path("without token"), 403, stranger, INVALID_TOKEN);
        assertRefused(told.path("wrong token"), 403, stranger, INVALID_TOKEN);
        assertRefused(told.path("token too many"), 403, stranger, INVALID_TOKEN);
        assertRefused(told.path("wrong secret"), 403, forged, MISMATCH);
        assertRefused(told.path("the user's secret"), 403, forged, MISMATCH);
        assertRefused(
                told.path("unsigned"),
                403,
                isQuery ? "MissingAuthenticationToken" : "MissingAuthenticationTokenException",
                isQuery ? "Request is missing Authentication Token" : "Missing Authentication Token");
    }

    private static void assertRefused(JsonNode told, int status, String code, String message) {
        assertThat(told.path(0).asInt()).as(told::toString).isEqualTo(status);
        assertThat(told.path(1).asText()).isEqualTo(code);
        assertThat(told.path(2).asText()).contains(message);
    }
}
