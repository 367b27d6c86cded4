package dev.finetune4j.azure.blob;

import com.azure.core.http.HttpPipelineCallContext;
import com.azure.core.http.HttpPipelineNextPolicy;
import com.azure.core.http.HttpPipelineNextSyncPolicy;
import com.azure.core.http.HttpPipelinePosition;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.policy.HttpPipelinePolicy;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.blob.sas.BlobContainerSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.sas.SasProtocol;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Signs what is asked of a store, as the store's secret lets. The secret is asked for when it is first needed, and again before a signature ends;
 * of a key signatures are made that end within the hour. Safe for use by several threads.
 */
final class SignedAccess implements HttpPipelinePolicy {
    private static final Duration SIGNED_FOR = Duration.ofHours(1);

    /** Calls that are on their way must come before it ends. */
    private static final Duration SPARE = Duration.ofMinutes(10);

    private static final Pattern END = Pattern.compile("(?:^|&)se=([^&]+)");

    private final BlobAddress root;
    private final Supplier<StoreSecret> secret;
    private final Clock clock;
    private @Nullable Signature current;

    /**
     * For a store.
     *
     * @param secret asks for it
     * @param clock by which the store looks at signatures
     */
    SignedAccess(BlobAddress root, Supplier<StoreSecret> secret, Clock clock) {
        this.root = root;
        this.secret = secret;
        this.clock = clock;
    }

    private record Signature(String query, Instant until) {
        @Override
        public String toString() {
            return "Signature[until " + until + "]";
        }
    }

    @Override
    public Mono<HttpResponse> process(HttpPipelineCallContext context, HttpPipelineNextPolicy next) {
        return Mono.fromCallable(() -> signed(context.getHttpRequest()))
                .subscribeOn(Schedulers.boundedElastic()) // who asks for the secret may have to wait
                .flatMap(request -> next.process());
    }

    @Override
    public HttpResponse processSync(HttpPipelineCallContext context, HttpPipelineNextSyncPolicy next) {
        var unused = signed(context.getHttpRequest());
        return next.processSync();
    }

    /** Once for all tries of a call. */
    @Override
    public HttpPipelinePosition getPipelinePosition() {
        return HttpPipelinePosition.PER_CALL;
    }

    private HttpRequest signed(HttpRequest request) {
        String address = request.getUrl().toString();
        return request.setUrl(address + (address.contains("?") ? "&" : "?") + query());
    }

    private synchronized String query() {
        Signature known = current;
        Instant now = clock.instant();
        if (known == null || !now.isBefore(known.until())) {
            known = sign(secret.get(), now);
            current = known;
        }
        return known.query();
    }

    private Signature sign(StoreSecret given, Instant now) {
        if (given.isKey()) {
            return new Signature(
                    made(given, now.plus(SIGNED_FOR)), now.plus(SIGNED_FOR).minus(SPARE));
        }
        Matcher end = END.matcher(given.value());
        return new Signature(given.value(), (end.find() ? time(end.group(1), now) : now).minus(SPARE));
    }

    /** One whose end cannot be read is asked for anew each time. */
    private static Instant time(String end, Instant otherwise) {
        try {
            return Instant.parse(end.replace("%3A", ":").replace("%3a", ":"));
        } catch (DateTimeParseException e) {
            return otherwise;
        }
    }

    private String made(StoreSecret key, Instant end) {
        BlobContainerSasPermission permission = new BlobContainerSasPermission()
                .setReadPermission(true)
                .setAddPermission(true)
                .setCreatePermission(true)
                .setWritePermission(true)
                .setDeletePermission(true)
                .setListPermission(true);
        return new BlobContainerClientBuilder()
                .endpoint(root.endpoint())
                .containerName(root.container())
                .credential(new StorageSharedKeyCredential(root.account(), key.value()))
                .buildClient()
                .generateSas(new BlobServiceSasSignatureValues(end.atOffset(ZoneOffset.UTC), permission)
                        .setProtocol(SasProtocol.HTTPS_ONLY));
    }
}
