package dev.finetune4j.offlinecloud.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.sagemaker.JobBody;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The protocol, and what may go wrong on the way. */
class OfflineServerTest {
    private static final String ROLE = "arn:aws:iam::123456789012:role/finetune4j-training";
    private static final String CREATE = "SageMaker.CreateTrainingJob";
    private static final DateTimeFormatter SIGNED_AT =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final HttpClient client = HttpClient.newHttpClient();
    private final VirtualClock clock = new VirtualClock();
    private OfflineAws aws;
    private String signed;

    @BeforeEach
    void open() throws IOException {
        aws = OfflineAws.start(
                Account.sample(), clock, Pace.LIFELIKE, PlannedContainer.succeedingAfter(Duration.ofHours(1)));
        JobBody.stage(aws.s3());
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
    void refusesWhatWasSignedTooLongAgoOrIsNotSignedYet() throws Exception {
        Instant now = Instant.now();

        assertThat(signedAt(now.minusSeconds(240)).statusCode()).isEqualTo(200);
        assertThat(signedAt(now.plusSeconds(240)).statusCode()).isEqualTo(200);
        HttpResponse<String> late = signedAt(now.minusSeconds(600));
        assertError(403, "InvalidSignatureException", late);
        assertThat(late.body())
                .contains("Signature expired: " + SIGNED_AT.format(now.minusSeconds(600)))
                .contains(" - 5 min.)");
        HttpResponse<String> early = signedAt(now.plusSeconds(600));
        assertError(403, "InvalidSignatureException", early);
        assertThat(early.body()).contains("Signature not yet current: ").contains(" + 5 min.)");

        aws.faults().skewClock(Duration.ofMinutes(10));
        assertError(403, "InvalidSignatureException", signedAt(now));
        assertThat(signedAt(now.plusSeconds(600)).statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> signedAt(Instant time) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(aws.endpoint())
                .header("X-Amz-Target", "SageMaker.ListTrainingJobs")
                .header("X-Amz-Date", SIGNED_AT.format(time))
                .header("Authorization", signed)
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
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

    @Test
    void answersNobodyWhileItIsOut() throws Exception {
        aws.faults().outage(Duration.ofMinutes(30));

        clock.advance(Duration.ofMinutes(29));
        for (String service : new String[] {"sagemaker", "logs", "s3", "sts"}) {
            assertThatThrownBy(() -> sendAs(service, "", "{}")).as(service).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> send(CREATE, signed, JobBody.onDemand("lost").toString()))
                .isInstanceOf(IOException.class);
        clock.advance(Duration.ofMinutes(1));

        assertError(400, "ValidationException", send("SageMaker.DescribeTrainingJob", signed, named("lost")));
    }

    @Test
    void endsSessionsByTheClockAtEveryService() throws Exception {
        String answer = sendAs("sts", "", "Action=AssumeRole&RoleSessionName=me&DurationSeconds=900&RoleArn=" + ROLE)
                .body();
        String token = answer.replaceAll("(?s).*<SessionToken>|</SessionToken>.*", "");
        String who = "Action=GetCallerIdentity";

        assertThat(sendAs("sagemaker", token, "{}").body()).contains("TrainingJobSummaries");
        assertThat(sendAs("sts", token, who).body()).contains("assumed-role/finetune4j-training/me");
        clock.advance(Duration.ofMinutes(15));

        for (String service : new String[] {"sagemaker", "logs", "bedrock", "s3", "iam", "sts"}) {
            HttpResponse<String> refused = sendAs(service, token, service.equals("sts") ? who : "{}");
            assertThat(refused.statusCode() + " " + refused.headers().map() + refused.body())
                    .as(service)
                    .contains("ExpiredToken")
                    .startsWith("4");
        }
    }

    @Test
    void playsBedrockInTheRegionsInWhichItTunes() throws Exception {
        for (String region : new String[] {"eu-central-1", "us-east-1", "us-west-2"}) {
            HttpRequest models = HttpRequest.newBuilder(
                            aws.endpoint().resolve("/foundation-models?byCustomizationType=FINE_TUNING"))
                    .header("Authorization", signed.replace("/eu-central-1/sagemaker/", "/" + region + "/bedrock/"))
                    .build();

            HttpResponse<String> answer = client.send(models, HttpResponse.BodyHandlers.ofString());

            assertThat(answer.statusCode()).as(region).isEqualTo(200);
            assertThat(answer.body().contains("nova-micro")).as(region).isEqualTo(region.equals("us-east-1"));
            assertThat(answer.body().contains("llama3-1-8b")).as(region).isEqualTo(region.equals("us-west-2"));
        }
    }

    private HttpResponse<String> sendAs(String service, String token, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        aws.endpoint().resolve(service.equals("bedrock") ? "/model-customization-jobs" : "/"))
                .header("Authorization", signed.replace("/sagemaker/", "/" + service + "/"));
        if (!token.isEmpty()) {
            request.header("X-Amz-Security-Token", token);
        }
        switch (service) {
            case "sagemaker" -> request.header("X-Amz-Target", "SageMaker.ListTrainingJobs");
            case "logs" -> request.header("X-Amz-Target", "Logs_20140328.DescribeLogGroups");
            default -> request.header("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
        }
        boolean isRead = service.equals("s3") || service.equals("bedrock");
        request.method(
                isRead ? "GET" : "POST",
                isRead ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
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
