package dev.finetune4j.azure.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpRequest;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.azure.internal.Answered;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import dev.finetune4j.testkit.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** A store that is asked by signatures: without a token, by one that has not ended, and with no secret in what is told. */
class SignedAccessTest {
    private static final String KEY = "c2VjcmV0LWtleS1vZi1uby1hY2NvdW50";
    private static final String REMEDY = "az ml datastore show --name jobs";
    private static final String EMPTY =
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ContainerName=\"jobs\">"
                    + "<Blobs/><NextMarker/></EnumerationResults>";

    private final List<HttpRequest> sent = new ArrayList<>();
    private final List<StoreSecret> asked = new ArrayList<>();
    private final VirtualClock clock = new VirtualClock();
    private int status = 200;
    private String code = "InvalidUri";

    private BlobStore store(StoreSecret secret) {
        return store(() -> secret);
    }

    private BlobStore store(Supplier<StoreSecret> kept) {
        HttpClient http = request -> {
            sent.add(request);
            return Mono.just(
                    status == 200
                            ? Answered.to(status, EMPTY).with(HttpHeaderName.CONTENT_TYPE, "application/xml")
                            : Answered.to(status, "").with(HttpHeaderName.fromString("x-ms-error-code"), code));
        };
        return BlobStore.open(
                BlobAddress.parse("https://account1.blob.core.windows.net/jobs/runs")
                        .orElseThrow(),
                Answered.connection(http),
                () -> {
                    StoreSecret secret = kept.get();
                    asked.add(secret);
                    return secret;
                },
                "datastore",
                REMEDY,
                clock);
    }

    private static StoreSecret key() {
        return StoreSecret.of(secret("AccountKey").put("key", KEY)).orElseThrow();
    }

    private static StoreSecret signature(Instant end) {
        return signature(end.toString());
    }

    private static StoreSecret signature(String end) {
        return StoreSecret.of(secret("Sas").put("sasToken", "?sv=2021-12-02&sr=c&se=" + end + "&sig=c2lnbmVk"))
                .orElseThrow();
    }

    private static ObjectNode secret(String type) {
        return Json.records().createObjectNode().put("secretsType", type);
    }

    @Test
    void makesSignaturesOfAKeyThatEndWithinTheHour() {
        BlobStore store = store(key());
        store.list("");
        clock.advance(Duration.ofMinutes(49));
        store.list("");
        assertThat(asked).as("asked for once").hasSize(1);
        clock.advance(Duration.ofMinutes(1));
        store.list("");
        assertThat(asked).as("before it ends").hasSize(2);
        assertThat(sent).allSatisfy(request -> {
            assertThat(request.getUrl().toString())
                    .contains("&spr=https&", "&sr=c&", "&sig=")
                    .doesNotContain(KEY);
            assertThat(request.getHeaders().getValue(HttpHeaderName.AUTHORIZATION))
                    .isNull();
        });
        String end = sent.get(0)
                .getUrl()
                .getQuery()
                .replaceFirst(".*&se=([^&]*)&.*", "$1")
                .replace("%3A", ":");
        assertThat(Instant.parse(end))
                .isEqualTo(clock.instant().plus(Duration.ofMinutes(10)).truncatedTo(ChronoUnit.SECONDS));
    }

    @Test
    void asksAnewForASignatureThatIsAboutToEnd() {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        BlobStore ending = store(signature(now.plus(Duration.ofMinutes(5))));
        ending.list("");
        ending.list("");
        assertThat(asked).as("not for each call").hasSize(1);
        clock.advance(Duration.ofMinutes(1));
        ending.list("");
        assertThat(asked).hasSize(2);
        assertThat(sent.get(0).getUrl().getQuery()).endsWith("&sig=c2lnbmVk");

        asked.clear();
        BlobStore lasting = store(signature(now.plus(Duration.ofHours(5))));
        lasting.list("");
        lasting.list("");
        assertThat(asked).hasSize(1);
    }

    /** Of the forms that storage takes. */
    @Test
    void readsWhenASignatureEnds() {
        for (String end : List.of("2026-01-02", "2026-01-01T10:00Z", "2026-01-01T10%3A00%3A00Z")) {
            asked.clear();
            BlobStore store = store(signature(end));
            store.list("");
            clock.advance(Duration.ofMinutes(2));
            store.list("");
            assertThat(asked).as(end).hasSize(1);
        }
    }

    /** Who asks by a signature has no role at the store, and lacks none. */
    @Test
    void tellsThatTheSignatureIsNotTaken() {
        status = 403;
        code = "AuthenticationFailed";
        Problem revoked = refusal(store(signature("2026-01-02")));
        assertThat(revoked.code()).isEqualTo("FT0964");
        assertThat(revoked.causes().get(0)).startsWith("AuthenticationFailed: ");
        assertThat(revoked.remedies()).containsExactly(REMEDY);
        assertThat(asked).as("it is new").hasSize(1);

        assertThat(refusal(store(signature("2025-12-31"))).causes().get(0))
                .startsWith("it ended at 2025-12-31T00:00:00Z; AuthenticationFailed: ");
    }

    private static Problem refusal(BlobStore store) {
        return catchThrowableOfType(FineTuneException.class, () -> store.list(""))
                .problems()
                .get(0);
    }

    @Test
    void asksAnewWhereTheKeyWasChanged() {
        BlobStore store = store(() -> {
            status = 200; // what is asked for now is of the new key
            return key();
        });
        store.list("");
        clock.advance(Duration.ofMinutes(2));
        status = 403;
        code = "AuthenticationFailed";

        store.list("");

        assertThat(asked).hasSize(2);
    }

    @Test
    void tellsNoSecret() {
        status = 400;
        for (StoreSecret secret : List.of(key(), signature(clock.instant().plus(Duration.ofHours(1))))) {
            Throwable failure = catchThrowable(() -> store(secret).list(""));

            assertThat(failure).hasMessageContaining("FT0963");
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                assertThat(cause.toString()).doesNotContain(KEY, "sig=", "c2lnbmVk");
            }
            assertThat(secret.toString()).doesNotContain(KEY, "c2lnbmVk");
        }
    }

    @Test
    void knowsADatastoreThatKeepsNone() {
        assertThat(StoreSecret.of(secret("ServicePrincipal").put("clientSecret", "x")))
                .isEmpty();
        assertThat(StoreSecret.of(Json.records().createObjectNode())).isEmpty();
        assertThat(StoreSecret.of(secret("AccountKey").putNull("key"))).isEmpty();
        assertThat(StoreSecret.of(secret("Sas").put("sasToken", " \n"))).isEmpty();
    }

    @Test
    void goesByTheKindOfASecret() {
        StoreSecret signature = StoreSecret.of(
                        secret("Sas").put("sasToken", "?sv=1&sig=c2lnbmVk\n").putNull("key"))
                .orElseThrow();

        assertThat(signature.isKey()).isFalse();
        assertThat(signature.value()).as("as an address has it").isEqualTo("sv=1&sig=c2lnbmVk");
    }
}
