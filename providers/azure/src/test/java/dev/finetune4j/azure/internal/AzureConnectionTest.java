package dev.finetune4j.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.Context;
import com.azure.identity.CredentialUnavailableException;
import dev.finetune4j.spi.ProviderContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

class AzureConnectionTest {
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void asksOnceForATokenWhereNobodyIsLoggedIn() {
        AzureConnection connection = connection(
                () -> {
                    throw new CredentialUnavailableException(
                            "Azure CLI not installed", new IllegalStateException("no az"));
                },
                List.of());

        assertThatThrownBy(() -> send(connection)).isInstanceOf(CredentialUnavailableException.class);
        assertThat(asked).hasValue(1);
    }

    @Test
    void triesAgainWhatMayPass() {
        AzureConnection connection = connection(
                AzureConnectionTest::token,
                List.of(
                        () -> {
                            throw new UncheckedIOException(new IOException("reset"));
                        },
                        () -> Answered.to(503, ""),
                        () -> Answered.to(200, "")));

        assertThat(send(connection).getStatusCode()).isEqualTo(200);
    }

    /** As all of Microsoft's clients. */
    @Test
    void triesAsOftenAsTheEnvironmentSays(@TempDir Path home) {
        Map<String, Integer> retries = Map.of("", 4, "1", 1, "0", 0, "often", 4);
        retries.forEach((said, meant) -> {
            Map<String, String> environment = Map.of(
                    "AZURE_REQUEST_RETRY_COUNT",
                    said,
                    "AZURE_TENANT_ID",
                    "t",
                    "AZURE_CLIENT_ID",
                    "c",
                    "AZURE_CLIENT_SECRET",
                    "s");
            AzureConnection open =
                    AzureConnection.open(Map.of(), new ProviderContext(home, environment, Clock.systemUTC()));
            assertThat(open.retries()).as(said).isEqualTo(meant);
        });
        AtomicInteger tries = new AtomicInteger();
        AzureConnection once = new AzureConnection(
                AzureCloud.of(AzureCloud.PUBLIC).orElseThrow(),
                scopes -> Mono.fromSupplier(AzureConnectionTest::token),
                new HttpClient() {
                    @Override
                    public Mono<HttpResponse> send(HttpRequest request) {
                        return Mono.fromSupplier(() -> sendSync(request, Context.NONE));
                    }

                    @Override
                    public HttpResponse sendSync(HttpRequest request, Context context) {
                        tries.incrementAndGet();
                        return Answered.to(503, "");
                    }
                },
                0);

        assertThat(send(once).getStatusCode()).isEqualTo(503);
        assertThat(tries).hasValue(1);
    }

    @Test
    void believesWhatLasts() {
        for (int status : List.of(400, 404, 409, 501)) {
            AzureConnection connection = connection(AzureConnectionTest::token, List.of(() -> Answered.to(status, "")));

            assertThat(send(connection).getStatusCode()).isEqualTo(status);
        }
    }

    /** In each form that azure-core heeds. */
    @Test
    void hangsInNoPauseThatIsLong() {
        OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
        Map<String, String> pauses = Map.of(
                "x-ms-retry-after-ms", "6000",
                "retry-after-ms", "6000",
                "retry-after", "6",
                "Retry-After", DateTimeFormatter.RFC_1123_DATE_TIME.format(now.plusSeconds(8)));
        pauses.forEach((header, pause) -> {
            AzureConnection connection = connection(
                    AzureConnectionTest::token,
                    List.of(() -> Answered.to(429, "")
                            .with(HttpHeaderName.DATE, DateTimeFormatter.RFC_1123_DATE_TIME.format(now))
                            .with(HttpHeaderName.fromString(header), pause)));

            assertThat(send(connection).getStatusCode()).as(pause).isEqualTo(429);
        });
    }

    /** As when a laptop wakes up. */
    @Test
    void triesANameAgainThatIsNotKnown() {
        for (Function<AzureConnection, HttpPipeline> pipeline :
                List.<Function<AzureConnection, HttpPipeline>>of(AzureConnection::managing, AzureConnection::asking)) {
            AzureConnection connection = connection(
                    AzureConnectionTest::token,
                    List.of(
                            () -> {
                                IOException unresolved = new ConnectException();
                                unresolved.initCause(new UnresolvedAddressException());
                                throw new UncheckedIOException(unresolved);
                            },
                            () -> Answered.to(200, "")));

            assertThat(send(pipeline.apply(connection)).getStatusCode()).isEqualTo(200);
        }
    }

    /** The client reports an interrupt as a failure of the call. */
    @Test
    void keepsTheInterruptOfWhoeverIsToStop() {
        AzureConnection connection = connection(AzureConnectionTest::token, List.of(() -> {
            throw new IllegalStateException(new InterruptedException());
        }));

        assertThatThrownBy(() -> send(connection)).isInstanceOf(IllegalStateException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    private static HttpResponse send(AzureConnection connection) {
        return send(connection.managing());
    }

    private static HttpResponse send(HttpPipeline pipeline) {
        return pipeline.sendSync(new HttpRequest(HttpMethod.GET, "https://management.azure.com/"), Context.NONE);
    }

    private static AccessToken token() {
        return new AccessToken("token", OffsetDateTime.now(ZoneOffset.UTC).plusHours(1));
    }

    private AzureConnection connection(Supplier<AccessToken> token, List<Supplier<HttpResponse>> answers) {
        Deque<Supplier<HttpResponse>> left = new ArrayDeque<>(answers);
        TokenCredential credential = scopes -> Mono.fromSupplier(() -> {
            asked.incrementAndGet();
            return token.get();
        });
        HttpClient http = new HttpClient() {
            @Override
            public Mono<HttpResponse> send(HttpRequest request) {
                return Mono.fromSupplier(() -> left.remove().get());
            }

            @Override
            public HttpResponse sendSync(HttpRequest request, Context context) {
                return left.remove().get();
            }
        };
        return new AzureConnection(AzureCloud.of(AzureCloud.PUBLIC).orElseThrow(), credential, http);
    }
}
