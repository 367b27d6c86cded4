package dev.finetune4j.azure.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.specialized.BlockBlobClient;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.offlinecloud.azure.AzurePace;
import dev.finetune4j.offlinecloud.azure.OfflineAzure;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.testkit.Beside;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A transfer that breaks off goes on where it was, by another process as well: all that is known of it lies in the store, or beside the file. */
@SuppressWarnings("NullAway.Init") // before all tests, and before each
class BrokenTransferTest {
    private static final int BLOCK = 1 << 16;
    private static final int BLOCKS = 10;

    private static Azurite blobs;
    private static OfflineAzure azure;

    @TempDir
    private Path folder;

    private AzureConnection connection;
    private Path file;

    @BeforeAll
    static void start() throws IOException {
        blobs = Azurite.start(Path.of("../../target/azurite"));
        azure = OfflineAzure.start(
                Workspace.sample(),
                Clock.systemUTC(),
                AzurePace.SWIFT,
                PlannedContainer.succeedingAfter(Duration.ofHours(1)),
                blobs);
    }

    @AfterAll
    static void end() {
        azure.close();
        blobs.close();
    }

    @BeforeEach
    void write() throws IOException {
        connection = AzureConnection.open(Map.of(), new ProviderContext(folder, azure.variables(), Clock.systemUTC()));
        byte[] content = new byte[BLOCK * BLOCKS - 1];
        new Random(folder.hashCode()).nextBytes(content);
        file = Files.write(folder.resolve("model.bin"), content);
    }

    private BlobStore store(Line line) {
        return BlobStore.open(
                BlobAddress.parse(azure.store() + "/" + folder.getFileName()).orElseThrow(),
                new AzureConnection(connection.cloud(), connection.credential(), line, 0),
                BLOCK);
    }

    @Test
    void sendsOnlyTheBlocksThatAreNotThere() throws Exception {
        Line breaking = new Line(connection.http());
        breaking.mostBlocks = 4;
        assertThatThrownBy(() -> store(breaking).stage(file)).hasMessageContaining("FT0963");
        assertThat(breaking.blocks).hasValue(4);
        assertThat(store(new Line(connection.http())).list(""))
                .as("nothing is there in part")
                .isEmpty();

        Line whole = new Line(connection.http());
        String name = store(whole).stage(file);

        assertThat(whole.blocks).hasValue(BLOCKS - 4);
        assertThat(store(whole).download(name, folder.resolve("home")).resolve("model.bin"))
                .hasSameBinaryContentAs(file);
        assertThat(blob(name + "model.bin").getProperties().getContentMd5())
                .as("for whoever fetches it by other means")
                .isEqualTo(MessageDigest.getInstance("MD5").digest(Files.readAllBytes(file)));
        store(whole).delete(name);
    }

    /** Blocks of the same place in another file are none of this one. */
    @Test
    void takesNoBlockOfAnotherContentForItsOwn() throws IOException {
        Line breaking = new Line(connection.http());
        breaking.mostBlocks = 4;
        assertThatThrownBy(() -> sender(breaking).send(StagedFile.read("sent", file, BLOCK), Map.of()))
                .hasMessageContaining("the line broke");
        byte[] content = Files.readAllBytes(file);
        content[BLOCK]++;
        StagedFile changed = StagedFile.read("sent", Files.write(folder.resolve("other"), content), BLOCK);

        Line whole = new Line(connection.http());
        sender(whole).send(changed, Map.of());

        assertThat(whole.blocks)
                .as("three of the four that were sent are the same")
                .hasValue(BLOCKS - 3);
        assertThat(blob("sent").downloadContent().toBytes()).isEqualTo(content);
    }

    private BlockSender sender(Line line) {
        return new BlockSender(
                container(line)
                        .retryOptions(
                                new RequestRetryOptions(RetryPolicyType.FIXED, 1, (Duration) null, null, null, null))
                        .buildAsyncClient()
                        .getBlobAsyncClient(folder.getFileName() + "/sent")
                        .getBlockBlobAsyncClient(),
                new BlobRequestConditions());
    }

    /** The client counts from the first byte that is sent, and gives up after a minute by itself. */
    @Test
    void waitsForAnAnswerAsLongAsSendingTakes() throws IOException {
        Path source = Files.createDirectories(folder.resolve("slowly"));
        Files.copy(file, source.resolve("of-many-blocks"));
        Files.write(source.resolve("of-one"), new byte[BLOCK]);
        Line line = new Line(connection.http());

        store(line).stage(source);

        assertThat(line.timeouts).hasSize(BLOCKS + 2).containsOnly(Duration.ofMinutes(5));
    }

    @Test
    void storesFilesOfAnySize() throws IOException {
        Path source = Files.createDirectories(folder.resolve("sizes"));
        for (int bytes : List.of(0, 1, BLOCK, BLOCK + 1)) {
            Files.write(source.resolve("of-" + bytes), new byte[bytes]);
        }
        Line line = new Line(connection.http());

        String name = store(line).stage(source);
        Path home = store(line).download(name, folder.resolve("home"));

        assertThat(line.blocks).as("of the one that is larger than a block").hasValue(2);
        for (int bytes : List.of(0, 1, BLOCK, BLOCK + 1)) {
            assertThat(home.resolve("of-" + bytes)).hasSize(bytes);
        }
        store(line).delete(name);
    }

    /** Two that launch the same at once see that nothing is there, and one of them is second. */
    @Test
    void takesWhatAnotherStoredMeanwhileForItsOwn() throws IOException {
        Path source = Files.createDirectories(folder.resolve("raced"));
        Files.copy(file, source.resolve("of-many-blocks"));
        Files.write(source.resolve("of-one"), new byte[BLOCK]);
        AtomicReference<String> first = new AtomicReference<>();
        Line second = new Line(connection.http());
        second.beforeStoring =
                () -> first.set(store(new Line(connection.http())).stage(source));

        String name = store(second).stage(source);

        assertThat(name).isEqualTo(first.get());
        assertThat(second.refused.get()).as("each file, as it is there").isEqualTo(2);
        Path home = store(second).download(name, folder.resolve("home"));
        assertThat(home.resolve("of-many-blocks")).hasSameBinaryContentAs(file);
        assertThat(home.resolve("of-one")).hasSize(BLOCK);
        store(second).delete(name);
    }

    @Test
    void fetchesOnlyTheBytesThatAreNotThere() {
        String name = store(new Line(connection.http())).stage(file);
        Path home = folder.resolve("home");
        breakOff(name, home);

        Line whole = new Line(connection.http());
        store(whole).download(name, home);

        assertThat(whole.ranges).containsExactly("bytes=" + 3 * BLOCK + "-");
        assertThat(home.resolve("model.bin")).hasSameBinaryContentAs(file);
        assertThat(home.toFile().list()).as("nothing is left beside it").containsExactly("model.bin");
        store(whole).delete(name);
    }

    /** What jobs write through a mount has no digest: only its size shows what else came. */
    @Test
    void bringsNothingOfAnotherSizeHome() throws IOException {
        write("written/model.bin", Files.readAllBytes(file));
        assertThat(blob("written/model.bin").getProperties().getContentMd5()).isNull();
        Path home = folder.resolve("home");
        breakOff("written/", home);

        Line careless = new Line(connection.http());
        careless.hasRanges = false;
        assertThatThrownBy(() -> store(careless).download("written/", home))
                .isInstanceOfSatisfying(FineTuneException.class, failure -> {
                    assertThat(failure.problems().get(0).code()).isEqualTo("FT0966");
                    assertThat(failure.problems().get(0).causes()).containsExactly("it has 851967 bytes, not 655359");
                });
        assertThat(home).isEmptyDirectory();

        Line whole = new Line(connection.http());
        store(whole).download("written/", home);
        assertThat(whole.ranges).as("from the beginning").containsExactly("none");
        assertThat(home.resolve("model.bin")).hasSameBinaryContentAs(file);
    }

    @Test
    void hasOneCallAtATimeBringAFile() throws IOException {
        write("written/model.bin", Files.readAllBytes(file));
        Path home = folder.resolve("home");
        Line first = new Line(connection.http());
        AtomicReference<Throwable> second = new AtomicReference<>();
        first.meanwhile = () -> second.set(
                catchThrowable(() -> store(new Line(connection.http())).download("written/", home)));

        store(first).download("written/", home);

        assertThat(second.get()).hasMessageContaining("FT0965").hasMessageContaining("by another call");
        assertThat(home.resolve("model.bin")).hasSameBinaryContentAs(file);
        assertThat(home.toFile().list()).containsExactly("model.bin");
    }

    @Test
    void leavesNoBytesOfAnEarlierVersion() throws IOException {
        byte[] content = Files.readAllBytes(file);
        write("written/model.bin", content);
        Path home = folder.resolve("home");
        breakOff("written/", home);
        content[0]++;
        write("written/model.bin", content);

        store(new Line(connection.http())).download("written/", home);

        assertThat(home.resolve("model.bin")).hasBinaryContent(content);
        assertThat(home.toFile().list()).containsExactly("model.bin");
    }

    private void breakOff(String name, Path home) {
        Line breaking = new Line(connection.http());
        breaking.mostBytes = 3 * BLOCK;
        assertThatThrownBy(() -> store(breaking).download(name, home)).hasMessageContaining("FT0963");
        assertThat(home.toFile().list()).singleElement().asString().endsWith(".partial");
    }

    /** As a mount does. */
    private void write(String name, byte[] content) {
        BlockBlobClient blob = blob(name).getBlockBlobClient();
        String block = Base64.getEncoder().encodeToString(new byte[] {1});
        blob.stageBlock(block, BinaryData.fromBytes(content));
        var unused = blob.commitBlockList(List.of(block), true);
    }

    private BlobClient blob(String name) {
        return container(connection.http()).buildClient().getBlobClient(folder.getFileName() + "/" + name);
    }

    private BlobContainerClientBuilder container(HttpClient http) {
        return new BlobContainerClientBuilder()
                .endpoint(BlobAddress.parse(azure.store()).orElseThrow().endpoint())
                .containerName("jobs")
                .credential(connection.credential())
                .httpClient(http);
    }

    /** A line that may break, and counts what came through. */
    private static final class Line implements HttpClient {
        private static final HttpHeaderName RANGE = HttpHeaderName.fromString("x-ms-range");

        private final HttpClient http;
        private final AtomicInteger tried = new AtomicInteger();
        private final AtomicInteger blocks = new AtomicInteger();
        private final CompletableFuture<Void> full = new CompletableFuture<>();
        private final List<String> ranges = Collections.synchronizedList(new ArrayList<>());
        private int mostBlocks = Integer.MAX_VALUE;
        private final List<Object> timeouts = Collections.synchronizedList(new ArrayList<>());
        private int mostBytes = Integer.MAX_VALUE;
        private boolean hasRanges = true;
        private Runnable meanwhile = () -> {};
        private @Nullable Runnable beforeStoring;
        private final AtomicInteger refused = new AtomicInteger();

        Line(HttpClient http) {
            this.http = http;
        }

        @Override
        public Mono<HttpResponse> send(HttpRequest request) {
            return send(request, Context.NONE);
        }

        @Override
        public Mono<HttpResponse> send(HttpRequest request, Context context) {
            if (request.getHttpMethod() == HttpMethod.PUT) {
                timeouts.add(context.getData("azure-response-timeout").orElse("usual"));
                Runnable before = beforeStoring;
                beforeStoring = null;
                if (before != null) {
                    Beside.await(before);
                }
            }
            if (request.getUrl().toString().matches(".*[?&]comp=block(&.*)?")) {
                return tried.incrementAndGet() > mostBlocks
                        ? Mono.fromFuture(full).then(broken())
                        : http.send(request, context).doOnNext(answer -> {
                            if (blocks.incrementAndGet() == mostBlocks) {
                                full.complete(null);
                            }
                        });
            }
            if (request.getHttpMethod() != HttpMethod.GET || request.getUrl().getQuery() != null) {
                return http.send(request, context).doOnNext(answer -> {
                    if (answer.getStatusCode() == 409) {
                        refused.incrementAndGet();
                    }
                });
            }
            Beside.await(meanwhile);
            ranges.add(Objects.requireNonNullElse(request.getHeaders().getValue(RANGE), "none"));
            if (!hasRanges) {
                var unused = request.getHeaders().remove(RANGE);
            }
            return http.send(request, context).map(answer -> new Cut(answer, mostBytes));
        }

        private static <T> Mono<T> broken() {
            return Mono.error(new IOException("the line broke"));
        }
    }

    /** An answer of which so many bytes come. */
    private static final class Cut extends HttpResponse {
        private final HttpResponse whole;
        private final int most;

        Cut(HttpResponse whole, int most) {
            super(whole.getRequest());
            this.whole = whole;
            this.most = most;
        }

        @Override
        public int getStatusCode() {
            return whole.getStatusCode();
        }

        @Override
        @Deprecated
        public @Nullable String getHeaderValue(String name) {
            return whole.getHeaders().getValue(HttpHeaderName.fromString(name));
        }

        @Override
        public HttpHeaders getHeaders() {
            return whole.getHeaders();
        }

        @Override
        public Flux<ByteBuffer> getBody() {
            return whole.getBodyAsByteArray()
                    .flatMapMany(bytes -> bytes.length <= most
                            ? Flux.just(ByteBuffer.wrap(bytes))
                            : Flux.concat(Flux.just(ByteBuffer.wrap(bytes, 0, most)), Line.broken()));
        }

        @Override
        public Mono<byte[]> getBodyAsByteArray() {
            return whole.getBodyAsByteArray();
        }

        @Override
        public Mono<String> getBodyAsString() {
            return whole.getBodyAsString();
        }

        @Override
        public Mono<String> getBodyAsString(Charset charset) {
            return whole.getBodyAsString(charset);
        }
    }
}
