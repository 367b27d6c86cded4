package dev.finetune4j.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.testkit.Beside;
import dev.finetune4j.testkit.VirtualClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.SageMakerServiceClientConfiguration;

/** Clients are as they are said to be: who calls, how often, how long, and where. */
class ClientsTest {
    private static final List<String> SCHEMES = List.of("http", "https");
    private static final String STATUS = "{\"TrainingJobName\":\"one\",\"TrainingJobStatus\":\"InProgress\"}";

    @Test
    void haveWhatTheConnectionSays() {
        AwsConnection connection = new AwsConnection("eu-central-1", "SAGEMAKER", 4, Duration.ofSeconds(60));

        try (SageMakerClient client = connection.open(SageMakerClient.builder(), context(Map.of()))) {
            SageMakerServiceClientConfiguration is = client.serviceClientConfiguration();

            assertThat(is.region()).isEqualTo(Region.EU_CENTRAL_1);
            assertThat(is.endpointOverride()).isEmpty();
            assertThat(is.overrideConfiguration().apiCallTimeout()).contains(Duration.ofSeconds(60));
            assertThat(is.overrideConfiguration().retryStrategy().orElseThrow())
                    .isInstanceOf(StandardRetryStrategy.class)
                    .satisfies(strategy -> assertThat(strategy.maxAttempts()).isEqualTo(4));
        }
        Map<String, String> elsewhere =
                Map.of("AWS_ENDPOINT_URL", "http://all.test", "AWS_ENDPOINT_URL_SAGEMAKER", "http://one.test");
        try (SageMakerClient client = connection.open(SageMakerClient.builder(), context(elsewhere))) {
            assertThat(client.serviceClientConfiguration().endpointOverride()).contains(URI.create("http://one.test"));
        }
    }

    @Test
    void sayWhoCallsAndTryAsOftenAsTheyMay() {
        try (Place place = new Place();
                SageMakerClient client = new AwsConnection("eu-central-1", "SAGEMAKER", 3, Duration.ofMinutes(1))
                        .open(SageMakerClient.builder(), context(place.environment()))) {
            place.server.stubFor(WireMock.any(WireMock.anyUrl())
                    .willReturn(WireMock.aResponse().withStatus(503)));

            assertThatThrownBy(() -> client.describeTrainingJob(request -> request.trainingJobName("one")))
                    .isNotNull();

            assertThat(place.server.findAll(WireMock.anyRequestedFor(WireMock.anyUrl())))
                    .hasSize(3)
                    .allSatisfy(request -> {
                        assertThat(request.getHeader("User-Agent"))
                                .startsWith("finetune4j")
                                .contains("aws-sdk-java/");
                        assertThat(request.getHeader("X-Amz-Target")).isEqualTo("SageMaker.DescribeTrainingJob");
                        assertThat(request.getHeader("Authorization"))
                                .contains("Credential=AKIDEXAMPLE/", "/eu-central-1/sagemaker/aws4_request");
                    });
        }
    }

    @Test
    void waitNoLongerThanACallMayTake() {
        try (Place place = new Place();
                SageMakerClient client = new AwsConnection("eu-central-1", "SAGEMAKER", 4, Duration.ofMillis(300))
                        .open(SageMakerClient.builder(), context(place.environment()))) {
            place.server.stubFor(WireMock.any(WireMock.anyUrl())
                    .willReturn(WireMock.aResponse()
                            .withHeader("x-amzn-RequestId", "one")
                            .withBody(STATUS)
                            .withFixedDelay(2000)));

            assertThatThrownBy(() -> client.describeTrainingJob(request -> request.trainingJobName("one")))
                    .isInstanceOf(SdkClientException.class)
                    .hasMessageContaining("300 millis");
        }
    }

    /** Whoever stands between client and Amazon is told the name of the host that is meant. */
    @Test
    void goToTheFipsEndpointWhereTheEnvironmentSaysSo() throws IOException {
        assertThat(hostMeantBy(Map.of("AWS_USE_FIPS_ENDPOINT", "true"), "us-east-1"))
                .contains("fips")
                .contains("us-east-1.amazonaws.com:443");
        assertThat(hostMeantBy(Map.of("AWS_USE_FIPS_ENDPOINT", "false"), "us-east-1"))
                .contains("us-east-1.amazonaws.com:443")
                .doesNotContain("fips");
        assertThat(hostMeantBy(Map.of(), "cn-north-1")).contains("cn-north-1.amazonaws.com.cn:443");
        assertThat(hostMeantBy(Map.of(), "us-gov-west-1")).contains("us-gov-west-1.amazonaws.com:443");
    }

    private static String hostMeantBy(Map<String, String> environment, String region) throws IOException {
        try (ServerSocket between = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            between.setSoTimeout(30_000);
            CompletableFuture<String> asked = Beside.supply(() -> firstLine(between));
            for (String scheme : SCHEMES) {
                System.setProperty(scheme + ".proxyHost", "127.0.0.1");
                System.setProperty(scheme + ".proxyPort", Integer.toString(between.getLocalPort()));
            }
            try (SageMakerClient client = new AwsConnection(region, "SAGEMAKER", 1, Duration.ofSeconds(20))
                    .open(SageMakerClient.builder(), context(environment))) {
                assertThatThrownBy(() -> client.describeTrainingJob(request -> request.trainingJobName("one")))
                        .isInstanceOf(SdkClientException.class);
            } finally {
                for (String scheme : SCHEMES) {
                    System.clearProperty(scheme + ".proxyHost");
                    System.clearProperty(scheme + ".proxyPort");
                }
            }
            return asked.join();
        }
    }

    private static String firstLine(ServerSocket between) {
        try (Socket client = between.accept();
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))) {
            String line = String.valueOf(lines.readLine());
            client.getOutputStream().write("HTTP/1.1 403 Forbidden\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return line;
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private static ProviderContext context(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
        environment.put("AWS_SECRET_ACCESS_KEY", "secret");
        return new ProviderContext(Path.of("target"), environment, new VirtualClock());
    }

    /** A local server that answers as a test says. */
    private static final class Place implements AutoCloseable {
        private final WireMockServer server =
                new WireMockServer(WireMockConfiguration.options().dynamicPort());

        Place() {
            server.start();
        }

        Map<String, String> environment() {
            return Map.of("AWS_ENDPOINT_URL", server.baseUrl());
        }

        @Override
        public void close() {
            server.stop();
        }
    }
}
