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
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
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

    /** However soon it ends: all that asks for secrets counts against one limit. */
    private static final Duration KEPT = Duration.ofMinutes(1);

    private static final int DATE_CHARS = 10;
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

    /** @param end empty where it cannot be read */
    private record Signature(String query, Instant asked, Optional<Instant> end) {
        boolean isNew(Instant now) {
            return now.isBefore(asked.plus(KEPT));
        }

        boolean isGood(Instant now) {
            return isNew(now)
                    || end.filter(time -> now.isBefore(time.minus(SPARE))).isPresent();
        }

        @Override
        public String toString() {
            return "Signature[until " + end.map(Instant::toString).orElse("?") + "]";
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
        if (known == null || !known.isGood(now)) {
            known = sign(secret.get(), now);
            current = known;
        }
        return known.query();
    }

    /** When the signature ended that calls were made with; empty where it has not, or nobody knows. */
    synchronized Optional<Instant> ended() {
        Instant now = clock.instant();
        return Optional.ofNullable(current).flatMap(Signature::end).filter(end -> !end.isAfter(now));
    }

    /**
     * Has the next call ask for the secret, unless it was just asked for.
     *
     * @return whether it was asked for a while ago, so that there may be another one by now
     */
    synchronized boolean forget() {
        boolean isOld = current != null && !current.isNew(clock.instant());
        if (isOld) {
            current = null;
        }
        return isOld;
    }

    private Signature sign(StoreSecret given, Instant now) {
        if (given.isKey()) {
            Instant end = now.plus(SIGNED_FOR);
            return new Signature(made(given, end), now, Optional.of(end));
        }
        Matcher end = END.matcher(given.value());
        return new Signature(given.value(), now, end.find() ? time(end.group(1)) : Optional.empty());
    }

    /** A date, or a time with seconds or without. */
    private static Optional<Instant> time(String end) {
        try {
            String said = URLDecoder.decode(end, StandardCharsets.UTF_8);
            return Optional.of(
                    said.length() == DATE_CHARS
                            ? LocalDate.parse(said).atStartOfDay(ZoneOffset.UTC).toInstant()
                            : OffsetDateTime.parse(said).toInstant());
        } catch (DateTimeException | IllegalArgumentException e) {
            return Optional.empty();
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
