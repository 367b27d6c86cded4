package dev.finetune4j.azure.internal;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.extension.ResponseTransformerV2;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.http.Response;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Retry;
import dev.finetune4j.offlinecloud.azure.OfflineAzure;
import dev.finetune4j.offlinecloud.wire.LoopbackCertificate;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stands before the offline Azure. While it is broken, calls do not arrive, or do and their answers are lost; those that give tokens it lets
 * through.
 */
public final class BrokenWire implements AutoCloseable {
    private static final List<Break> BREAKS = List.of(Break.values());
    private static final Pattern OF_TOKENS =
            Pattern.compile("/metadata/.*|.*/oauth2/.*|/common/.*|.*openid-configuration.*");

    private static final Pattern NONE = Pattern.compile("");
    private static final String PASSWORD = "of no secret";
    private static final int TRIES = 20;

    private final WireMockServer server;
    private final OfflineAzure azure;
    private final Whims whims = new Whims();
    private final Losses losses = new Losses();

    /** How a call is answered. */
    public enum Break {
        /** The connection is reset. */
        RESET,
        /** It is closed without a word. */
        EMPTY,
        /** Noise comes, and the end. */
        GARBAGE,
        /** The status is good, and what follows is noise. */
        BAD_CHUNK,
        /** An answer that ends in the midst of its JSON, and says that it is whole. */
        CUT,
        /** The page of a proxy that failed. */
        ERROR_PAGE,
        /** The page of a proxy that wants somebody to sign in. */
        OTHER_PAGE;

        private ResponseDefinitionBuilder answer() {
            return switch (this) {
                case RESET -> aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER);
                case EMPTY -> aResponse().withFault(Fault.EMPTY_RESPONSE);
                case GARBAGE -> aResponse().withFault(Fault.RANDOM_DATA_THEN_CLOSE);
                case BAD_CHUNK -> aResponse().withFault(Fault.MALFORMED_RESPONSE_CHUNK);
                case CUT ->
                    aResponse().withHeader("Content-Type", "application/json").withBody("{\"value\":[{\"na");
                case ERROR_PAGE ->
                    aResponse()
                            .withStatus(500)
                            .withHeader("Content-Type", "text/html")
                            .withBody("<html><body><h1>Internal Server Error</h1></body></html>");
                case OTHER_PAGE ->
                    aResponse().withHeader("Content-Type", "text/html").withBody("<html>please sign in</html>");
            };
        }

        private Response inPlaceOf(Response whole) {
            ResponseDefinition broken = answer().build();
            Response.Builder response = Response.Builder.like(whole).but();
            return (broken.getFault() == null
                            ? response.status(broken.getStatus())
                                    .headers(broken.getHeaders())
                                    .body(broken.getBody())
                            : response.fault(broken.getFault()))
                    .build();
        }
    }

    /**
     * A wire that is whole.
     *
     * @param folder for its keys
     */
    public BrokenWire(OfflineAzure azure, LoopbackCertificate certificate, Path folder) throws IOException {
        this.azure = azure;
        server = new WireMockServer(options()
                .dynamicHttpsPort()
                .httpDisabled(true)
                .http2TlsDisabled(true)
                .keystorePath(keys(certificate, folder).toString())
                .keystoreType("PKCS12")
                .keystorePassword(PASSWORD)
                .keyManagerPassword(PASSWORD)
                .trustAllProxyTargets(true)
                .preserveHostHeader(true)
                .extensions(whims, losses));
        server.start();
        server.stubFor(any(anyUrl())
                .willReturn(aResponse()
                        .proxiedFrom(azure.endpoint().toString())
                        .withTransformers(whims.getName(), losses.getName())));
    }

    private static Path keys(LoopbackCertificate certificate, Path folder) throws IOException {
        try {
            PrivateKey key =
                    KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der(certificate.key())));
            Certificate own = CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(der(certificate.certificate())));
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            keys.setKeyEntry("wire", key, PASSWORD.toCharArray(), new Certificate[] {own});
            Path file = folder.resolve("wire.p12");
            try (OutputStream to = Files.newOutputStream(file)) {
                keys.store(to, PASSWORD.toCharArray());
            }
            return file;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static byte[] der(Path pem) throws IOException {
        return Base64.getMimeDecoder().decode(Files.readString(pem).replaceAll("-----[A-Z ]+-----", ""));
    }

    /** Where clients find what the offline Azure has at an address. */
    public String at(String address) {
        return address.replace(azure.endpoint().toString(), server.baseUrl().replace("localhost", "127.0.0.1"));
    }

    /** Variables of the offline Azure, by which clients come here, and try each call once. */
    public Map<String, String> variables() {
        Map<String, String> variables = new HashMap<>(azure.variables());
        variables.replaceAll((name, value) -> at(value));
        variables.put("AZURE_REQUEST_RETRY_COUNT", "0");
        return variables;
    }

    /** From now on each call is answered so, and none arrives. */
    public void breakBy(Break how) {
        whims.set(1, new Random(0), how);
    }

    /** The answer to the next call of this kind is broken so, once it has done what it does. */
    public void breakAnswer(String calls, Break how) {
        losses.next(Pattern.compile(calls), how);
    }

    /** From now on a share of the calls is broken, each in another way: half of them do not arrive, of the others the answer is lost. */
    public void breakNowAndThen(double share, long seed) {
        whims.set(share / 2, new Random(seed), null);
        losses.set(share / 2, new Random(-seed));
    }

    /** From now on all calls come through. */
    public void mend() {
        whims.set(0, new Random(0), null);
        losses.set(0, new Random(0));
    }

    /** Calls that arrived and whose answers were lost, by method and address. */
    public List<String> lost() {
        return losses.lost();
    }

    /** Launches a job while the wire breaks now and then, and follows it until all that it tells and leaves is home. */
    public void bringHome(Provider provider, Submission job, VirtualClock clock, Path into) {
        var unused = patiently(() -> provider.submit(job));
        JobSnapshot end;
        do {
            clock.advance(Duration.ofMinutes(30));
            end = patiently(() -> provider.find(job.id())).orElseThrow();
        } while (!end.state().isTerminal());
        EventPage page = patiently(() -> provider.events(job.id(), EventPage.START));
        Path fetched = patiently(() -> provider.fetch(job.id(), into));

        assertThat(end.state()).as("%s", end.failure()).isEqualTo(RunState.SUCCEEDED);
        assertThat(page.events()).isNotEmpty();
        assertThat(fetched).isNotEmptyDirectory();
        assertThat(lost()).as("what came of nothing shows nothing").isNotEmpty();
    }

    /** Asks again what may be asked again, as a run does. */
    public static <T> T patiently(Supplier<T> call) {
        FineTuneException last = null;
        for (int i = 0; i < TRIES; i++) {
            try {
                return call.get();
            } catch (FineTuneException e) {
                assertThat(e.problems().get(0).retry()).as(e.getMessage()).isInstanceOf(Retry.After.class);
                last = e;
            }
        }
        throw new AssertionError("not answered", last);
    }

    @Override
    public void close() {
        server.stop();
    }

    /** Breaks answers of calls that have arrived. */
    private static final class Losses implements ResponseTransformerV2 {
        private final List<String> lost = new ArrayList<>();
        private double share;
        private Random random = new Random(0);
        private Pattern next = NONE;
        private Break how = Break.RESET;

        synchronized void set(double newShare, Random newRandom) {
            share = newShare;
            random = newRandom;
        }

        synchronized void next(Pattern calls, Break newHow) {
            next = calls;
            how = newHow;
        }

        synchronized List<String> lost() {
            return List.copyOf(lost);
        }

        @Override
        public String getName() {
            return "losses";
        }

        @Override
        public boolean applyGlobally() {
            return false;
        }

        @Override
        public synchronized Response transform(Response whole, ServeEvent call) {
            String url = call.getRequest().getUrl();
            String name = call.getRequest().getMethod() + " " + url;
            if (next.matcher(name).matches()) {
                next = NONE;
                lost.add(name);
                return how.inPlaceOf(whole);
            }
            if (OF_TOKENS.matcher(url).matches() || random.nextDouble() >= share) {
                return whole;
            }
            lost.add(name);
            return BREAKS.get(random.nextInt(BREAKS.size())).inPlaceOf(whole);
        }
    }

    private static final class Whims implements ResponseDefinitionTransformerV2 {
        private double share;
        private Random random = new Random(0);
        private @Nullable Break how;

        synchronized void set(double newShare, Random newRandom, @Nullable Break newHow) {
            share = newShare;
            random = newRandom;
            how = newHow;
        }

        @Override
        public String getName() {
            return "whims";
        }

        @Override
        public boolean applyGlobally() {
            return false;
        }

        @Override
        public synchronized ResponseDefinition transform(ServeEvent call) {
            if (OF_TOKENS.matcher(call.getRequest().getUrl()).matches() || random.nextDouble() >= share) {
                return call.getResponseDefinition();
            }
            Break chosen = how == null ? BREAKS.get(random.nextInt(BREAKS.size())) : how;
            return chosen.answer().build();
        }
    }
}
