package dev.finetune4j.azure.internal;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.HttpPipelineCallContext;
import com.azure.core.http.HttpPipelineNextPolicy;
import com.azure.core.http.HttpPipelineNextSyncPolicy;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.http.policy.BearerTokenAuthenticationPolicy;
import com.azure.core.http.policy.ExponentialBackoffOptions;
import com.azure.core.http.policy.HttpPipelinePolicy;
import com.azure.core.http.policy.RequestIdPolicy;
import com.azure.core.http.policy.RequestRetryCondition;
import com.azure.core.http.policy.RetryOptions;
import com.azure.core.http.policy.RetryPolicy;
import com.azure.core.http.policy.UserAgentPolicy;
import com.azure.core.util.Configuration;
import com.azure.core.util.Context;
import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.Trust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;

/**
 * How Microsoft's services are asked: in which cloud, with whose tokens, how often a call is tried. Asks nothing until it is used, but where
 * the environment names a list of clouds.
 *
 * @param cloud whose services they are
 * @param credential gives tokens
 * @param http sends
 * @param retries how often a call that may be repeated is, at most
 */
public record AzureConnection(AzureCloud cloud, TokenCredential credential, HttpClient http, int retries) {
    /** The setting that names a cloud. */
    public static final String CLOUD = "cloud";

    /** What another {@link Duration} is said by, in the context of one call, than a call is usually waited for: sending counts. */
    public static final String RESPONSE_TIMEOUT = "azure-response-timeout";

    private static final String PROGRAM = "finetune4j";
    /** As azure-core calls it: how often calls are repeated. */
    private static final String RETRIES = Configuration.PROPERTY_AZURE_REQUEST_RETRY_COUNT;

    private static final int USUAL_RETRIES = 4;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final Duration CONNECTING = Duration.ofSeconds(10);
    private static final Duration ANSWERING = Duration.ofSeconds(60);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /** What a service may ask for within a call, each time: whoever waits there is not told. */
    private static final Duration LONGEST_PAUSE_ASKED = Duration.ofSeconds(5);

    /** One that repeats calls as usual. */
    public AzureConnection(AzureCloud cloud, TokenCredential credential, HttpClient http) {
        this(cloud, credential, http, USUAL_RETRIES);
    }

    /**
     * A connection.
     *
     * @param settings of a place, which may name a cloud and a credential
     * @throws UncheckedIOException if the list of clouds cannot be had, or the file of certificates cannot be read
     * @throws IllegalArgumentException if there is no such cloud
     */
    public static AzureConnection open(Map<String, String> settings, ProviderContext context) {
        Map<String, String> environment = context.environment();
        HttpClient http = client(environment);
        String name = settings.getOrDefault(CLOUD, AzureCloud.PUBLIC);
        AzureCloud cloud = AzureCloud.of(name).orElseThrow(() -> new IllegalArgumentException("no cloud " + name));
        String list = environment.getOrDefault(AzureCloud.METADATA, "");
        AzureCloud reached = list.isEmpty()
                ? cloud
                : cloud.in(read(http, list))
                        .orElseThrow(() -> new UncheckedIOException(
                                new IOException(AzureCloud.METADATA + " has no " + cloud.name())));
        String source = CredentialSource.of(settings, environment);
        TokenCredential credential = AzureCredentials.open(source, reached, environment, http);
        return new AzureConnection(reached, new SignIn(source, credential), http, retries(environment));
    }

    /** What is no small number counts as not said, as with azure-core. */
    private static int retries(Map<String, String> environment) {
        String said = environment.getOrDefault(RETRIES, "");
        return said.matches("\\d{1,2}") ? Integer.parseInt(said) : USUAL_RETRIES;
    }

    private static HttpClient client(Map<String, String> environment) {
        try {
            return new JdkHttpClientBuilder(
                            java.net.http.HttpClient.newBuilder().sslContext(Trust.context(environment)))
                    .connectionTimeout(CONNECTING)
                    .responseTimeout(ANSWERING)
                    .build();
        } catch (IOException e) {
            throw new UnreadTrust(e);
        }
    }

    private static JsonNode read(HttpClient http, String address) {
        try (HttpResponse answer = new HttpPipelineBuilder()
                .httpClient(http)
                .build()
                .sendSync(new HttpRequest(HttpMethod.GET, address), Context.NONE)) {
            return Json.read(answer.getBodyAsBinaryData().toString(), JsonNode.class);
        }
    }

    /** Sends with a token for the resource manager, which run histories take too. */
    public HttpPipeline managing() {
        return bearing(cloud.audience(), List.of(repetition()));
    }

    /** The same with one try of each call: whoever makes something must see each answer, and that there was none. */
    public HttpPipeline managingOnce() {
        return bearing(cloud.audience(), List.of());
    }

    /** Sends with a token for Azure OpenAI. */
    public HttpPipeline asking() {
        return bearing(cloud.cognitiveAudience(), List.of(repetition()));
    }

    /** The same with one try of each call, as {@link #managingOnce}: nothing that Azure OpenAI makes has a name of ours. */
    public HttpPipeline askingOnce() {
        return bearing(cloud.cognitiveAudience(), List.of());
    }

    private HttpPipeline bearing(String audience, List<HttpPipelinePolicy> repetition) {
        List<HttpPipelinePolicy> policies =
                new ArrayList<>(List.of(new UserAgentPolicy(PROGRAM), new RequestIdPolicy()));
        policies.addAll(repetition);
        policies.add(new BearerTokenAuthenticationPolicy(credential, audience + "/.default"));
        policies.add(new NamedHost());
        return pipeline(policies);
    }

    /** Sends without a token, to addresses that are signed. */
    public HttpPipeline anonymous() {
        return pipeline(List.of(new UserAgentPolicy(PROGRAM), repetition()));
    }

    private HttpPipeline pipeline(List<HttpPipelinePolicy> policies) {
        List<HttpPipelinePolicy> all = new ArrayList<>(policies);
        all.add(0, new KeptInterrupt());
        return new HttpPipelineBuilder()
                .httpClient(http)
                .policies(all.toArray(HttpPipelinePolicy[]::new))
                .build();
    }

    /** Tells whoever sends that it is to stop. */
    private static final class KeptInterrupt implements HttpPipelinePolicy {
        @Override
        public Mono<HttpResponse> process(HttpPipelineCallContext context, HttpPipelineNextPolicy next) {
            return next.process();
        }

        @Override
        public HttpResponse processSync(HttpPipelineCallContext context, HttpPipelineNextSyncPolicy next) {
            try {
                return next.processSync();
            } catch (RuntimeException e) {
                AzureFailure.keepInterrupt(e);
                throw e;
            }
        }
    }

    /** Comes after the token was got, so that no address of whoever gives tokens is meant. */
    private static final class NamedHost implements HttpPipelinePolicy {
        @Override
        public Mono<HttpResponse> process(HttpPipelineCallContext context, HttpPipelineNextPolicy next) {
            return next.process().onErrorMap(failure -> told(failure, context));
        }

        @Override
        public HttpResponse processSync(HttpPipelineCallContext context, HttpPipelineNextSyncPolicy next) {
            try {
                return next.processSync();
            } catch (RuntimeException e) {
                throw told(e, context) instanceof UnknownHost unknown ? unknown : e;
            }
        }

        private static Throwable told(Throwable failure, HttpPipelineCallContext context) {
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
                    return new UnknownHost(context.getHttpRequest().getUrl().getHost(), failure);
                }
            }
            return failure;
        }
    }

    /** Pauses that a service asks for are kept. All calls that are sent so may be repeated: what they make has its name. */
    private RetryPolicy repetition() {
        return new RetryPolicy(new RetryOptions(new ExponentialBackoffOptions()
                        .setMaxRetries(retries)
                        .setBaseDelay(SHORTEST_PAUSE)
                        .setMaxDelay(LONGEST_PAUSE))
                .setShouldRetryCondition(AzureConnection::mayPass));
    }

    /**
     * As azure-core has it, but for a source that has no credentials: it will have none at the next try either. A name that is not known may be so
     * since the line is down, as when a machine wakes up.
     */
    private static boolean mayPass(RequestRetryCondition tried) {
        HttpResponse answer = tried.getResponse();
        if (answer == null) {
            Throwable failure = tried.getThrowable();
            return failure instanceof IOException
                    || failure instanceof TimeoutException
                    || failure instanceof UnknownHost;
        }
        int status = answer.getStatusCode();
        return !isToWaitLong(answer)
                && (status == HttpURLConnection.HTTP_CLIENT_TIMEOUT
                        || status == TOO_MANY_REQUESTS
                        || (status >= HttpURLConnection.HTTP_INTERNAL_ERROR
                                && status != HttpURLConnection.HTTP_NOT_IMPLEMENTED
                                && status != HttpURLConnection.HTTP_VERSION));
    }

    /** Whoever asked must hear of a long pause, and not hang in a call. */
    private static boolean isToWaitLong(HttpResponse answer) {
        return AzureFailure.pause(answer.getHeaders())
                .filter(pause -> pause.compareTo(LONGEST_PAUSE_ASKED) > 0)
                .isPresent();
    }

    /** Names no token. */
    @Override
    public String toString() {
        return "AzureConnection[" + cloud.name() + "]";
    }
}
