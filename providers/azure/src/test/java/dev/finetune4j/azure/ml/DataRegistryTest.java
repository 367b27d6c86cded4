package dev.finetune4j.azure.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.Context;
import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.azure.blob.BlobAddress;
import dev.finetune4j.azure.blob.BlobStore;
import dev.finetune4j.azure.blob.StoreSecret;
import dev.finetune4j.azure.internal.ArmResources;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.AccessPolicy.Holder;
import dev.finetune4j.spi.Provider;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** Rows go into a registry once, whoever else puts them there, and whatever breaks. */
@SuppressWarnings("NullAway.Init") // before all tests, and before each
@Tag("long")
class DataRegistryTest {
    private static final String GET = "RegistryDataVersions_Get";
    private static final String UPLOAD = "RegistryDataVersions_CreateOrGetStartPendingUpload";
    private static final String PUT = "RegistryDataVersions_CreateOrUpdate";
    private static final int MEBIBYTE = 1 << 20;

    private static Azurite blobs;

    @TempDir
    private Path home;

    private OfflineWorkspace place;
    private Path rows;

    @BeforeAll
    static void startBlobStorage() throws IOException {
        blobs = OfflineWorkspace.blobs();
    }

    @AfterAll
    static void endBlobStorage() {
        blobs.close();
    }

    @BeforeEach
    void open() throws IOException {
        place = TuningWorkspace.open(home, blobs);
        rows = Files.writeString(home.resolve("train.jsonl"), "{\"text\":\"a\"}\n");
    }

    @AfterEach
    void close() {
        place.close();
    }

    private Map<String, String> settings(Map<String, String> others) {
        Map<String, String> settings = new HashMap<>(TuningWorkspace.with(place.settings()));
        settings.put("data-registry", place.azure.registry());
        settings.putAll(others);
        return settings;
    }

    private DataRegistry registry(Map<String, String> others, AzureConnection connection) {
        return DataRegistry.of(new AzureMlSettings(settings(others), Map.of()).options(), connection)
                .orElseThrow();
    }

    private DataRegistry registry() {
        return registry(Map.of(), place.connection());
    }

    private int calls(String operation) {
        return place.azure.calls().of(operation).size();
    }

    /** The path of what a job names so. */
    private String path(String uri) {
        return "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/my-group/providers"
                + "/Microsoft.MachineLearningServices" + uri.substring("azureml:/".length());
    }

    private JsonNode version(String uri) {
        return new ArmResources(place.connection(), AzureMlOptions.USUAL_API_VERSION)
                .find(path(uri))
                .orElseThrow();
    }

    @Test
    void putsAContentThereOnce() throws IOException {
        String uri = registry().stage(rows);
        String again = registry()
                .stage(Files.copy(rows, Files.createDirectory(home.resolve("b")).resolve("train.jsonl")));

        assertThat(uri)
                .matches("azureml://registries/my-registry/data/finetune4j-[0-9a-f]{64}/versions/1")
                .isEqualTo(again)
                .isEqualTo(registry().uri(rows));
        assertThat(calls(UPLOAD)).isEqualTo(1);
        assertThat(calls(PUT)).isEqualTo(1);
        JsonNode properties = version(uri).path("properties");
        assertThat(properties.path("provisioningState").asText())
                .as("it waits until all regions have it")
                .isEqualTo("Succeeded");
        String address = properties.path("dataUri").asText();
        assertThat(address).endsWith("/train.jsonl").doesNotContain("?");
        String[] lies = address.substring(blobs.store().account().toString().length() + 1)
                .split("/", 2);
        blobs.store().download(lies[0], lies[1], home.resolve("there"));
        assertThat(home.resolve("there")).hasSameTextualContentAs(rows);

        Files.writeString(rows, "{\"text\":\"b\"}\n");
        assertThat(registry().stage(rows)).isNotEqualTo(uri);
        assertThat(calls(PUT)).isEqualTo(2);
    }

    /** It was not there when this one looked, and is when this one begins. */
    @Test
    void takesWhatAnotherLaunchPutThereMeanwhile() {
        String uri = registry().stage(rows);
        place.azure.faults().refuse(GET, 1, new ServiceError(404, "UserError", "Could not find asset"));

        assertThat(registry().stage(rows)).isEqualTo(uri);
        assertThat(calls(PUT)).isEqualTo(1);
    }

    /** Somebody else's upload became the version, which another address cannot. */
    @Test
    void takesWhatSomebodyElsePutThereWhileItWasSent() {
        AzureConnection connection = place.connection();
        AtomicInteger puts = new AtomicInteger();
        HttpClient line = new Line(connection.http(), request -> {
            if (request.getHttpMethod() == HttpMethod.PUT
                    && request.getUrl().getPath().contains("/registries/")
                    && puts.getAndIncrement() == 0) {
                putElsewhere(registry().uri(rows));
            }
            return Mono.empty();
        });

        String uri = registry(Map.of(), with(line)).stage(rows);

        assertThat(puts).hasValue(1);
        assertThat(version(uri).at("/properties/dataUri").asText()).endsWith("/elsewhere.jsonl");
    }

    @Test
    void waitsForDataThatAnotherLaunchHasJustPutThere() {
        String uri = registry().uri(rows);
        putElsewhere(uri);

        registry().stage(rows);

        assertThat(version(uri).at("/properties/provisioningState").asText()).isEqualTo("Succeeded");
        assertThat(calls(PUT)).isEqualTo(1);
    }

    private void putElsewhere(String uri) {
        ArmResources manager = new ArmResources(place.connection(), AzureMlOptions.USUAL_API_VERSION);
        JsonNode upload = manager.ask(
                        path(uri) + "/startPendingUpload",
                        Json.read("{\"pendingUploadType\":\"TemporaryBlobReference\"}", JsonNode.class))
                .path("blobReferenceForConsumption");
        BlobAddress root = BlobAddress.parse(upload.path("blobUri").asText()).orElseThrow();
        StoreSecret secret =
                StoreSecret.ofAddress(upload.at("/credential/sasUri").asText()).orElseThrow();
        BlobStore.open(root, place.connection(), () -> secret, "registry", "none", Clock.systemUTC())
                .send(rows, "elsewhere.jsonl");
        manager.begin(
                path(uri),
                Json.read(
                        "{\"properties\":{\"dataType\":\"uri_file\",\"dataUri\":\"" + root + "elsewhere.jsonl\"}}",
                        JsonNode.class));
    }

    private AzureConnection with(HttpClient http) {
        AzureConnection connection = place.connection();
        return new AzureConnection(connection.cloud(), connection.credential(), http, 0);
    }

    @Test
    void looksWhereAnAnswerWasLost() {
        place.azure.faults().loseAnswer(PUT, 1);

        assertThat(version(registry().stage(rows))
                        .at("/properties/provisioningState")
                        .asText())
                .isEqualTo("Succeeded");
        assertThat(calls(PUT)).isEqualTo(1);
    }

    /** Nobody has seen the service take an id of the caller's, as its description says that it does. */
    @Test
    void uploadsElsewhereWhereTheIdOfItsUploadIsNotTaken() {
        place.azure.faults().refuse(UPLOAD, 1, new ServiceError(400, "UserError", "no such upload"));

        registry().stage(rows);

        assertThat(place.azure.calls().of(UPLOAD).get(1).request().path("body").has("pendingUploadId"))
                .isFalse();
        assertThat(calls(PUT)).isEqualTo(1);
    }

    @Test
    void goesOnWithAnUploadThatBrokeOffAndTellsNoSignature() throws IOException {
        byte[] content = new byte[33 * MEBIBYTE];
        new Random(7).nextBytes(content);
        Files.write(rows, content);
        CompletableFuture<Boolean> first = new CompletableFuture<>();
        AtomicInteger blocks = new AtomicInteger();
        HttpClient breaking = new Line(
                place.connection().http(),
                request -> isBlock(request) && blocks.getAndIncrement() > 0
                        ? Mono.fromFuture(first).then(Mono.error(new IOException("the line broke")))
                        : Mono.empty(),
                request -> {
                    if (isBlock(request)) {
                        first.complete(true);
                    }
                });

        FineTuneException broken = catchThrowableOfType(
                FineTuneException.class,
                () -> registry(Map.of(), with(breaking)).stage(rows));
        assertThat(broken.problems().get(0).code()).isEqualTo("FT0963");
        StringWriter told = new StringWriter();
        broken.printStackTrace(new PrintWriter(told));
        assertThat(told + broken.problems().toString() + registry()).doesNotContain("sig=");
        assertThat(calls(PUT)).isZero();

        AtomicInteger rest = new AtomicInteger();
        HttpClient whole = new Line(place.connection().http(), request -> {
            rest.addAndGet(isBlock(request) ? 1 : 0);
            return Mono.empty();
        });
        registry(Map.of(), with(whole)).stage(rows);

        assertThat(rest).as("of three, one of which is there").hasValue(2);
        assertThat(calls(PUT)).isEqualTo(1);
    }

    private static boolean isBlock(HttpRequest request) {
        return request.getUrl().toString().matches(".*[?&]comp=block(&.*)?");
    }

    @Test
    void tellsOfARegistryThatIsNotThere() {
        for (Map<String, String> other :
                List.of(Map.of("data-registry", "another"), Map.of("data-registry-resource-group", "another-group"))) {
            DataRegistry registry = registry(other, place.connection());
            Problem looked = problem(registry::refuseAbsent);
            Problem staged = problem(() -> registry.stage(rows));

            assertThat(looked.code()).isEqualTo("FT0939").isEqualTo(staged.code());
            assertThat(looked.summary()).startsWith("there is no registry ").isEqualTo(staged.summary());
            assertThat(looked.remedies())
                    .containsExactly(
                            "az resource list --resource-type Microsoft.MachineLearningServices/registries --query"
                                    + " \"[].[name,resourceGroup]\"",
                            "places.azure-ml.data-registry-resource-group: GROUP");
        }
        assertThat(calls(PUT)).isZero();
    }

    private static Problem problem(Executable call) {
        return catchThrowableOfType(FineTuneException.class, call::execute)
                .problems()
                .get(0);
    }

    @Test
    void tellsWhatTheRegistryHasAgainstTheData() {
        place.azure.faults().refuse(PUT, 1, new ServiceError(400, "UserError", "no data here"));

        Problem refused = problem(() -> registry().stage(rows));

        assertThat(refused.code()).isEqualTo("FT0947");
        assertThat(refused.causes().get(0)).contains("no data here");
        assertThat(refused.remedies()).containsExactly("az ml data list --registry-name my-registry");
        place.azure.faults().denyAccess(GET, 1);
        assertThat(problem(() -> registry().stage(rows)).code()).isEqualTo("FT0942");
    }

    /** With the roles that are printed, and no others, rows come there. */
    @Test
    void takesTheRolesThatArePrintedAndWaitsForThem() {
        try (Provider provider = place.openWith(settings(Map.of()))) {
            String[] roles = provider.policies("runs", ModelRef.parse("tiny")).stream()
                    .filter(policy -> policy.holder() == Holder.CALLER)
                    .map(AccessPolicy::document)
                    .toArray(String[]::new);
            assertThat(provider.policies("runs", ModelRef.parse("tiny")))
                    .filteredOn(policy -> policy.holder() == Holder.JOB)
                    .anyMatch(policy -> policy.document().contains("registries/assets/read"))
                    .noneMatch(policy -> policy.document().contains("registries/assets/write"));
            place.azure.restrictCaller(Stream.of(roles)
                    .filter(role -> !role.contains("registry user"))
                    .toArray(String[]::new));
            Problem lacking = problem(() -> provider.submit(
                    TuningWorkspace.job(place, "lacking-0123abcd-1", 1).build()));
            assertThat(lacking.code()).isEqualTo("FT0942");
            assertThat(lacking.causes().toString()).contains("registries/read");
            assertThat(lacking.remedies()).containsExactly("finetune policy JOB --for caller");
            assertThat(lacking.retry()).isEqualTo(Retry.NEVER);

            place.azure.assignCaller(Duration.ofMinutes(3), roles);
            assertThat(problem(() -> provider.submit(TuningWorkspace.job(place, "lacking-0123abcd-1", 1)
                                    .build()))
                            .retry())
                    .isEqualTo(Retry.after(Duration.ofSeconds(30)));
            place.clock.advance(Duration.ofMinutes(4));

            assertThat(provider.submit(TuningWorkspace.job(place, "lacking-0123abcd-1", 1)
                                    .build())
                            .state())
                    .isEqualTo(RunState.QUEUED);
        }
    }

    /** On which something happens before each request, or in its place, and after each answer. */
    private record Line(HttpClient http, Function<HttpRequest, Mono<HttpResponse>> before, Consumer<HttpRequest> after)
            implements HttpClient {
        Line(HttpClient http, Function<HttpRequest, Mono<HttpResponse>> before) {
            this(http, before, request -> {});
        }

        @Override
        public Mono<HttpResponse> send(HttpRequest request) {
            return send(request, Context.NONE);
        }

        @Override
        public HttpResponse sendSync(HttpRequest request, Context context) {
            return before.apply(request).blockOptional().orElseGet(() -> {
                HttpResponse answer = http.sendSync(request, context);
                after.accept(request);
                return answer;
            });
        }

        @Override
        public Mono<HttpResponse> send(HttpRequest request, Context context) {
            return before.apply(request)
                    .switchIfEmpty(
                            Mono.defer(() -> http.send(request, context).doOnNext(answer -> after.accept(request))));
        }
    }
}
