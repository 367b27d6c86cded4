package dev.finetune4j.offlinecloud.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.sagemaker.JobBody;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.offlinecloud.sagemaker.PlannedContainer;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The protocol, and what may go wrong on the way. */
class OfflineServerTest {
    private static final String CREATE = "SageMaker.CreateTrainingJob";

    private final HttpClient client = HttpClient.newHttpClient();
    private OfflineAws aws;
    private String signed;

    @BeforeEach
    void open() throws IOException {
        aws = OfflineAws.start(
                Account.sample(),
                new VirtualClock(),
                Pace.LIFELIKE,
                PlannedContainer.succeedingAfter(Duration.ofHours(1)));
        signed = "AWS4-HMAC-SHA256 Credential=" + aws.accessKeyId()
                + "/20260101/eu-central-1/sagemaker/aws4_request, SignedHeaders=host, Signature=0";
    }

    @AfterEach
    void close() {
        aws.close();
    }

    @Test
    void answersWithJson() throws Exception {
        HttpResponse<String> answer =
                send(CREATE, signed, JobBody.onDemand("job-1").toString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/x-amz-json-1.1");
        assertThat(Json.read(answer.body(), ObjectNode.class)
                        .path("TrainingJobArn")
                        .asText())
                .endsWith("training-job/job-1");
    }

    @Test
    void refusesWhatNobodySigned() throws Exception {
        assertError(403, "MissingAuthenticationTokenException", send(CREATE, "", "{}"));
        assertError(403, "IncompleteSignatureException", send(CREATE, "Bearer x", "{}"));
        assertError(403, "InvalidSignatureException", send(CREATE, signed.replace("eu-central-1", "us-east-1"), "{}"));
        assertError(403, "InvalidSignatureException", send(CREATE, signed.replace("sagemaker", "s3"), "{}"));
        assertError(403, "UnrecognizedClientException", send(CREATE, signed.replace(aws.accessKeyId(), "AKIA"), "{}"));
    }

    @Test
    void refusesWhatIsNoRequest() throws Exception {
        assertError(400, "UnknownOperationException", send("SageMaker.CreateModel", signed, "{}"));
        assertError(400, "SerializationException", send(CREATE, signed, "{"));
        assertError(400, "SerializationException", send(CREATE, signed, "[]"));
        assertError(400, "ValidationException", send(CREATE, signed, "{}"));
    }

    @Test
    void tellsHowManyErrorsItFound() throws Exception {
        assertThat(send(CREATE, signed, "{}").body())
                .contains(
                        "3 validation errors detected: Value null at 'trainingJobName' failed to satisfy constraint: Member must not"
                                + " be null; Value null at 'roleArn'");
    }

    @Test
    void failsAsOftenAsItWasTold() throws Exception {
        aws.faults()
                .throttle("CreateTrainingJob", 1)
                .breakDown("CreateTrainingJob", 1)
                .expireToken("CreateTrainingJob", 1)
                .denyAccess("CreateTrainingJob", 1);
        String body = JobBody.onDemand("job-1").toString();

        assertError(400, "ThrottlingException", send(CREATE, signed, body));
        assertError(500, "InternalFailure", send(CREATE, signed, body));
        assertError(400, "ExpiredTokenException", send(CREATE, signed, body));
        assertError(400, "AccessDeniedException", send(CREATE, signed, body));

        assertThat(send(CREATE, signed, body).statusCode()).isEqualTo(200);
        assertThat(aws.calls("CreateTrainingJob"))
                .extracting(Call::hadEffect)
                .containsExactly(false, false, false, false, true);
    }

    @Test
    void losesARequestWithoutAnEffectAndAnAnswerWithOne() throws Exception {
        aws.faults().loseRequest("CreateTrainingJob", 1).loseAnswer("CreateTrainingJob", 1);

        assertThatThrownBy(() -> send(CREATE, signed, JobBody.onDemand("lost").toString()))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> send(CREATE, signed, JobBody.onDemand("made").toString()))
                .isInstanceOf(IOException.class);

        assertError(400, "ValidationException", send("SageMaker.DescribeTrainingJob", signed, named("lost")));
        assertThat(send("SageMaker.DescribeTrainingJob", signed, named("made")).statusCode())
                .isEqualTo(200);
    }

    private HttpResponse<String> send(String target, String authorization, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(aws.endpoint())
                .header("X-Amz-Target", target)
                .header("Content-Type", "application/x-amz-json-1.1")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static void assertError(int status, String code, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(Json.read(answer.body(), ObjectNode.class).path("__type").asText())
                .isEqualTo(code);
    }

    private static String named(String name) {
        return Json.records().createObjectNode().put("TrainingJobName", name).toString();
    }
}
