package dev.finetune4j.offlinecloud.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.bedrock.TuningBody;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Paths, queries, statuses and errors as the service's model has them. */
class RestJsonProtocolTest {
    private static final String JOBS = "/model-customization-jobs";

    private final HttpClient client = HttpClient.newHttpClient();
    private OfflineAws aws;
    private Signer signed;

    @BeforeEach
    void open() throws IOException {
        aws = OfflineAws.start(
                TuningBody.ACCOUNT,
                new VirtualClock(),
                Pace.LIFELIKE,
                PlannedContainer.succeedingAfter(Duration.ofHours(1)));
        signed = Signer.of(aws, "us-east-1", "bedrock");
    }

    @AfterEach
    void close() {
        aws.close();
    }

    @Test
    void hasOneThingAtItsNameAndAtItsEncodedArn() throws Exception {
        HttpResponse<String> made =
                send("POST", JOBS, signed, TuningBody.nova("job-1").toString());
        assertThat(made.statusCode()).isEqualTo(201);
        String arn = Json.read(made.body(), ObjectNode.class).path("jobArn").asText();

        HttpResponse<String> byName = send("GET", JOBS + "/job-1", signed, "");
        HttpResponse<String> byArn =
                send("GET", JOBS + "/" + URLEncoder.encode(arn, StandardCharsets.UTF_8), signed, "");

        assertThat(byName.statusCode()).isEqualTo(200);
        assertThat(byArn.body()).isEqualTo(byName.body());
        assertThat(Json.read(byArn.body(), ObjectNode.class)
                        .path("creationTime")
                        .asText())
                .isEqualTo("2026-01-01T00:00:00Z");
        assertThat(send("POST", JOBS + "/job-1/stop", signed, "").statusCode()).isEqualTo(200);
    }

    @Test
    void readsTheQueryByTheTypesOfTheModel() throws Exception {
        send("POST", JOBS, signed, TuningBody.nova("job-1").toString());
        send("POST", JOBS, signed, TuningBody.nova("other").toString());

        assertThat(names("?maxResults=1&sortOrder=Ascending")).hasSize(1);
        assertThat(names("?nameContains=job&creationTimeAfter=2025-12-31T23%3A59%3A59%2B00%3A00"))
                .containsExactly("job-1");
        assertThat(names("?creationTimeBefore=2025-12-31T23:59:59Z")).isEmpty();
    }

    private List<String> names(String query) throws Exception {
        return Json.read(send("GET", JOBS + query, signed, "").body(), ObjectNode.class)
                .findValuesAsText("jobName");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /model-customization-jobs/none, 404, ResourceNotFoundException",
        "GET, /model-customization-jobs/a_b, 400, ValidationException",
        "GET, /model-customization-jobs?maxResults=many, 400, SerializationException",
        "GET, /model-customization-jobs?maxResults=1001, 400, ValidationException",
        "GET, /model-customization-jobs?creationTimeAfter=yesterday, 400, SerializationException",
        "GET, /custom-models?isOwned=perhaps, 400, SerializationException",
        "DELETE, /model-customization-jobs/job-1, 404, UnknownOperationException",
        "GET, /nothing, 404, UnknownOperationException"
    })
    void namesTheErrorInAHeader(String method, String path, int status, String error) throws Exception {
        HttpResponse<String> answer = send(method, path, signed, "");

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("x-amzn-ErrorType")).contains(error);
        assertThat(Json.read(answer.body(), ObjectNode.class).path("message").asText())
                .isNotEmpty();
    }

    @Test
    void letsNobodyInWhoIsNotSigned() throws Exception {
        HttpRequest bare =
                HttpRequest.newBuilder(URI.create(aws.endpoint() + JOBS)).build();

        assertRefused("MissingAuthenticationTokenException", client.send(bare, HttpResponse.BodyHandlers.ofString()));
        assertRefused("UnrecognizedClientException", as(signed.withKey("AKIDSTRANGER", aws.secretAccessKey(), "")));
        assertRefused("UnrecognizedClientException", as(signed.withKey(aws.accessKeyId(), aws.secretAccessKey(), "t")));
        assertRefused("InvalidSignatureException", as(signed.withKey(aws.accessKeyId(), "guessed", "")));
        assertRefused("InvalidSignatureException", as(signed.inRegion("eu-west-1")));
    }

    private HttpResponse<String> as(Signer signer) throws Exception {
        return send("GET", JOBS, signer, "");
    }

    private static void assertRefused(String error, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.headers().firstValue("x-amzn-ErrorType")).contains(error);
    }

    @Test
    void givesErrorsTheStatusOfTheModel() throws Exception {
        aws.faults().throttle("ListModelCustomizationJobs", 1).denyAccess("ListModelCustomizationJobs", 1);

        assertThat(send("GET", JOBS, signed, "").statusCode()).isEqualTo(429);
        assertThat(send("GET", JOBS, signed, "").statusCode()).isEqualTo(403);
        assertThat(send("GET", JOBS, signed, "").statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> send(String method, String path, Signer signer, String body)
            throws IOException, InterruptedException {
        return client.send(
                signer.sign(method, URI.create(aws.endpoint() + path), body), HttpResponse.BodyHandlers.ofString());
    }
}
