package dev.finetune4j.offlinecloud.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.bedrock.OfflineBedrock;
import dev.finetune4j.offlinecloud.bedrock.TuningBody;
import dev.finetune4j.offlinecloud.iam.OfflineIam;
import dev.finetune4j.offlinecloud.sagemaker.JobBody;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker;
import dev.finetune4j.offlinecloud.sts.RoleSessions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No answer leaves the offline cloud that the service's own model does not describe. */
class HeldAnswersTest {
    private static final String REGION = "us-east-1";
    private static final String TRAINING = "arn:aws:sagemaker:us-east-1:123456789012:training-job/job-1";
    private static final String TUNING =
            "arn:aws:bedrock:us-east-1:123456789012:model-customization-job/amazon.nova-micro-v1:0:128k/abcdefghijkl";

    private final AccessKeys keys = new AccessKeys();
    private final AccessKey key = keys.make("");
    private final SignatureCheck signatures = new SignatureCheck(keys);

    /** A service that says what it is told to say. */
    private record Sayer(String signingName, ServiceModel model, String answer) implements JsonService {
        @Override
        public List<Access> accesses(String operation, ObjectNode request) {
            return List.of();
        }

        @Override
        public ObjectNode answer(String operation, ObjectNode request) {
            return Json.read(answer, ObjectNode.class);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'TrainingJobArn': '" + TRAINING + "'} | ",
                "{} | Value null at 'trainingJobArn' failed to satisfy constraint: Member must not be null",
                "{'TrainingJobArn': 'job-1'} | Member must satisfy regular expression pattern",
                "{'TrainingJobArn': 7} | Value '7' at 'trainingJobArn' can not be converted to String",
                "{'TrainingJobArn': '" + TRAINING + "', 'Arn': ''} | no member arn"
            })
    void ofTheJsonProtocol(String answer, @Nullable String flaw) throws Exception {
        JsonService service = new Sayer(
                "sagemaker", ServiceModel.resource(OfflineSageMaker.class, "service-model.json"), quoted(answer));

        assertHeld(
                new JsonProtocol(REGION, signatures, List.of(service)),
                "sagemaker",
                "/",
                JobBody.onDemand("job-1"),
                200,
                flaw);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'jobArn': '" + TUNING + "'} | ",
                "{} | Value null at 'jobArn' failed to satisfy constraint: Member must not be null",
                "{'jobArn': '" + TUNING + "', 'jobName': 'job-1'} | no member jobName"
            })
    void ofRest(String answer, @Nullable String flaw) throws Exception {
        JsonService service =
                new Sayer("bedrock", ServiceModel.resource(OfflineBedrock.class, "service-model.json"), quoted(answer));

        assertHeld(
                new RestJsonProtocol(REGION, signatures, List.of(service)),
                "bedrock",
                "/model-customization-jobs",
                TuningBody.nova("job-1"),
                201,
                flaw);
    }

    private static String quoted(String json) {
        return json.replace('\'', '"');
    }

    private void assertHeld(
            Protocol protocol, String signedFor, String path, ObjectNode body, int status, @Nullable String flaw)
            throws IOException, InterruptedException {
        Clock clock = Clock.systemUTC();
        String account = "123456789012";
        OfflineIam iam = new OfflineIam(account, REGION, Set.of(), new RoleSessions(account, keys, clock), clock);
        try (OfflineServer server = OfflineServer.start(List.of(protocol), iam, new Faults(clock), new CallLog())) {
            HttpRequest request = new Signer(key, REGION, signedFor, Instant.now())
                    .sign(
                            "POST",
                            URI.create(server.endpoint() + path),
                            body.toString(),
                            "X-Amz-Target",
                            "SageMaker.CreateTrainingJob");

            HttpResponse<String> said = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());

            assertThat(said.statusCode()).isEqualTo(flaw == null ? status : 500);
            assertThat(said.body())
                    .contains(flaw == null ? "job" : "The offline cloud is wrong, not you")
                    .contains(flaw == null ? "" : flaw);
        }
    }
}
