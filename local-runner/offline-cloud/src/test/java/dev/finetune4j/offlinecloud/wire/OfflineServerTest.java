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
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The protocol, and what may go wrong on the way. */
class OfflineServerTest {
    private static final String ROLE = "arn:aws:iam::123456789012:role/finetune4j-training";
    private static final String CONTENT_TYPE = "application/x-amz-json-1.1";
    private static final String LIST = "SageMaker.ListTrainingJobs";
    private static final String CREATE = "SageMaker.CreateTrainingJob";
    private static final DateTimeFormatter SIGNED_AT =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final HttpClient client = HttpClient.newHttpClient();
    private final VirtualClock clock = new VirtualClock();
    private OfflineAws aws;
    private Signer signed;

    @BeforeEach
    void open() throws IOException {
        aws = OfflineAws.start(
                Account.sample(), clock, Pace.LIFELIKE, PlannedContainer.succeedingAfter(Duration.ofHours(1)));
        JobBody.stage(aws.s3());
        signed = Signer.of(aws, "eu-central-1", "sagemaker");
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
        assertThat(answer.headers().firstValue("Content-Type")).contains(CONTENT_TYPE);
        assertThat(Json.read(answer.body(), ObjectNode.class)
                        .path("TrainingJobArn")
                        .asText())
                .endsWith("training-job/job-1");
    }

    @Test
    void refusesWhatNobodySigned() throws Exception {
        String secret = aws.secretAccessKey();

        assertError(403, "MissingAuthenticationTokenException", sendBare(Map.of()));
        assertError(403, "IncompleteSignatureException", sendBare(Map.of("Authorization", "Bearer x")));
        assertError(403, "InvalidSignatureException", send(CREATE, signed.inRegion("us-east-1"), "{}"));
        assertError(403, "InvalidSignatureException", send(CREATE, signed.forService("s3"), "{}"));
        assertError(403, "UnrecognizedClientException", send(CREATE, signed.withKey("AKIA", secret, ""), "{}"));
        assertError(
                403, "UnrecognizedClientException", send(CREATE, signed.withKey(aws.accessKeyId(), secret, "t"), "{}"));
        HttpResponse<String> guessed = send(CREATE, signed.withKey(aws.accessKeyId(), "guessed", ""), "{}");
        assertError(403, "InvalidSignatureException", guessed);
        assertThat(guessed.body())
                .contains("The request signature we calculated does not match the signature you provided.");
    }

    /** A signature is of one request: neither part of it can be left out, nor anything of the request be another. */
    @Test
    void refusesWhatIsSignedInPart() throws Exception {
        HttpRequest good = signed.sign("POST", aws.endpoint(), "{}", "X-Amz-Target", LIST);
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        good.headers().map().forEach((name, values) -> headers.put(name, values.get(0)));
        String authorization = headers.getOrDefault("Authorization", "");
        assertThat(sendBare(headers).statusCode()).isEqualTo(200);

        headers.put("Authorization", authorization.replaceFirst(", Signature=.*", ""));
        assertError(403, "IncompleteSignatureException", sendBare(headers));
        headers.put("Authorization", authorization.replaceFirst("SignedHeaders=[^,]*, ", ""));
        assertError(403, "IncompleteSignatureException", sendBare(headers));
        headers.put("Authorization", authorization.replaceFirst("host;", ""));
        assertError(403, "InvalidSignatureException", sendBare(headers));
        headers.put("Authorization", authorization);
        headers.put("X-Amz-Target", "SageMaker.Search");
        assertError(403, "InvalidSignatureException", sendBare(headers));
        headers.put("X-Amz-Target", LIST);
        headers.remove("X-Amz-Date");
        assertError(403, "IncompleteSignatureException", sendBare(headers));
    }

    private HttpResponse<String> sendBare(Map<String, String> headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(aws.endpoint())
                .header("X-Amz-Target", headers.getOrDefault("X-Amz-Target", LIST))
                .POST(HttpRequest.BodyPublishers.ofString("{}"));
        headers.forEach(request::setHeader);
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
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
        return send(LIST, signed.at(time), "{}");
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
    void failsAfterTheEffect() throws Exception {
        aws.faults().breakAfter("CreateTrainingJob", 2);

        assertError(
                500,
                "InternalFailure",
                send(CREATE, signed, JobBody.onDemand("made").toString()));
        assertError(400, "ValidationException", send(CREATE, signed, "{}")); // refused, and so without an effect

        assertThat(send("SageMaker.DescribeTrainingJob", signed, named("made")).statusCode())
                .isEqualTo(200);
        assertThat(aws.calls("CreateTrainingJob")).extracting(Call::hadEffect).containsExactly(true, false);
    }

    @Test
    void answersNobodyWhileItIsOut() throws Exception {
        aws.faults().outage(Duration.ofMinutes(30));

        clock.advance(Duration.ofMinutes(29));
        for (String service : new String[] {"sagemaker", "logs", "s3", "sts"}) {
            assertThatThrownBy(() -> sendAs(service, signed, "{}")).as(service).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> send(CREATE, signed, JobBody.onDemand("lost").toString()))
                .isInstanceOf(IOException.class);
        clock.advance(Duration.ofMinutes(1));

        assertError(400, "ValidationException", send("SageMaker.DescribeTrainingJob", signed, named("lost")));
    }

    @Test
    void endsSessionsByTheClockAtEveryService() throws Exception {
        String answer = sendAs(
                        "sts", signed, "Action=AssumeRole&RoleSessionName=me&DurationSeconds=900&RoleArn=" + ROLE)
                .body();
        Signer session = signed.withKey(
                told(answer, "AccessKeyId"), told(answer, "SecretAccessKey"), told(answer, "SessionToken"));
        String who = "Action=GetCallerIdentity";

        assertThat(sendAs("sagemaker", session, "{}").body()).contains("TrainingJobSummaries");
        assertThat(sendAs("sts", session, who).body()).contains("assumed-role/finetune4j-training/me");
        aws.iam().restrictRole(ROLE, """
                        {"Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}""");
        assertThat(sendAs("sagemaker", session, "{}").body())
                .contains("assumed-role/finetune4j-training/me is not authorized to perform");
        clock.advance(Duration.ofMinutes(15));

        for (String service : new String[] {"sagemaker", "logs", "bedrock", "s3", "iam", "sts"}) {
            HttpResponse<String> refused = sendAs(service, session, service.equals("sts") ? who : "{}");
            assertThat(refused.statusCode() + " " + refused.headers().map() + refused.body())
                    .as(service)
                    .contains("ExpiredToken")
                    .startsWith("4");
        }
    }

    private static String told(String answer, String element) {
        return answer.replaceAll("(?s).*<" + element + ">|</" + element + ">.*", "");
    }

    @Test
    void playsBedrockInTheRegionsInWhichItTunes() throws Exception {
        for (String region : new String[] {"eu-central-1", "us-east-1", "us-west-2"}) {
            HttpRequest models = signed.inRegion(region)
                    .forService("bedrock")
                    .sign("GET", aws.endpoint().resolve("/foundation-models?byCustomizationType=FINE_TUNING"), "");

            HttpResponse<String> answer = client.send(models, HttpResponse.BodyHandlers.ofString());

            assertThat(answer.statusCode()).as(region).isEqualTo(200);
            assertThat(answer.body().contains("nova-micro")).as(region).isEqualTo(region.equals("us-east-1"));
            assertThat(answer.body().contains("llama3-1-8b")).as(region).isEqualTo(region.equals("us-west-2"));
        }
    }

    @Test
    void tellsPoliciesInWhichRegionItIsAsked() throws Exception {
        aws.iam().restrictUser("""
                {"Version": "2012-10-17", "Statement": [{
                  "Effect": "Allow", "Action": "*", "Resource": "*",
                  "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}}]}
                """);

        assertThat(sendAs("bedrock", signed.inRegion("us-east-1"), "").statusCode())
                .isEqualTo(200);
        assertThat(sendAs("bedrock", signed.inRegion("us-west-2"), "").statusCode())
                .isEqualTo(403);
        assertThat(sendAs("bedrock", signed, "").statusCode()).isEqualTo(403);
        assertThat(send(
                                "AWSPriceListService.DescribeServices",
                                signed.inRegion("us-east-1").forService("pricing"),
                                "{}")
                        .statusCode())
                .isEqualTo(200);
        assertError(400, "AccessDeniedException", send(LIST, signed, "{}"));
    }

    private HttpResponse<String> sendAs(String service, Signer signer, String body) throws Exception {
        Signer there = signer.forService(service);
        HttpRequest request = switch (service) {
            case "sagemaker" -> there.sign("POST", aws.endpoint(), body, "X-Amz-Target", LIST);
            case "logs" -> there.sign("POST", aws.endpoint(), body, "X-Amz-Target", "Logs_20140328.DescribeLogGroups");
            case "s3" -> there.sign("GET", aws.endpoint().resolve("/"), "");
            case "bedrock" -> there.sign("GET", aws.endpoint().resolve("/model-customization-jobs"), "");
            default -> there.sign("POST", aws.endpoint(), body);
        };
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> send(String target, Signer signer, String body)
            throws IOException, InterruptedException {
        return client.send(
                signer.sign("POST", aws.endpoint(), body, "X-Amz-Target", target, "Content-Type", CONTENT_TYPE),
                HttpResponse.BodyHandlers.ofString());
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
