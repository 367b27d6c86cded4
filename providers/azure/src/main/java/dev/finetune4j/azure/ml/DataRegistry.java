package dev.finetune4j.azure.ml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.azure.blob.BlobAddress;
import dev.finetune4j.azure.blob.BlobStore;
import dev.finetune4j.azure.blob.StoreSecret;
import dev.finetune4j.azure.internal.ArmResources;
import dev.finetune4j.azure.internal.ArmResources.Begun;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.azure.internal.AzureFailure;
import dev.finetune4j.azure.internal.Pause;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.PlannedCall;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The data of a registry: files that jobs of several workspaces may read. Each content is there once, under a name of its digest, and is never
 * changed, so that whoever puts it there at the same time is as welcome, and nobody removes it. Safe for use by several threads and processes at once.
 */
final class DataRegistry {
    /** The service's word for putting data there. */
    private static final String WRITE = "Microsoft.MachineLearningServices/registries/assets/write";

    private static final String NAMES = "finetune4j-";

    /** Another content has another name, so that there is one. */
    private static final String VERSION = "1";

    private static final String DONE = "Succeeded";
    private static final Set<String> FAILED = Set.of("Failed", "Canceled");

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final int LOOKS = 28; // two minutes in all
    private static final Duration AGAIN = Duration.ofSeconds(30);

    private final AzureMlOptions options;
    private final RegistryAddress address;
    private final AzureConnection connection;
    private final ArmResources manager;

    private DataRegistry(AzureMlOptions options, RegistryAddress address, AzureConnection connection) {
        this.options = options;
        this.address = address;
        this.connection = connection;
        manager = new ArmResources(connection, options.apiVersion());
    }

    /** The registry that a job's rows are to go to; empty where they go to the store. Asks nothing yet. */
    static Optional<DataRegistry> of(AzureMlOptions options, AzureConnection connection) {
        return Optional.ofNullable(options.dataRegistry())
                .map(registry -> new DataRegistry(options, registry, connection));
    }

    /**
     * Where an upload goes, and what lets it in.
     *
     * @param root below which files are stored
     */
    private record Place(BlobAddress root, StoreSecret secret) {}

    /**
     * Refuses a registry that is not there.
     *
     * @throws FineTuneException with FT0939 if there is none, FT0942 if the caller has no role there
     */
    void refuseAbsent() {
        if (make(() -> manager.find(address.path())).isEmpty()) {
            throw absent("the service answered that there is none").asException();
        }
    }

    /** How a job would name a file; asks nothing. */
    String uri(Path file) {
        return address.dataUri(asset(file), VERSION);
    }

    /** The same call to a store, as what it is where it is one to the registry. */
    PlannedCall planned(PlannedCall call) {
        return call.target().startsWith("azureml://") ? new PlannedCall(WRITE, call.target(), call.content()) : call;
    }

    private static String asset(Path file) {
        return NAMES + BlobStore.digest(file);
    }

    /**
     * Puts a file there, unless it is. What broke off goes on where it was.
     *
     * @return how jobs name it
     * @throws FineTuneException with FT0939 if there is no such registry, FT0942 if the caller has no role there, FT0947 if it does not take the
     *     file, FT0943 if it does not answer or takes longer than two minutes, FT0961 to FT0969 if the upload fails
     */
    String stage(Path file) {
        String asset = asset(file);
        Optional<String> state = make(() -> state(asset)).filter(known -> !FAILED.contains(known));
        if (state.isEmpty()) {
            send(asset, file);
        } else if (!state.get().equals(DONE)) {
            await(asset, ""); // another launch has just put it there
        }
        return address.dataUri(asset, VERSION);
    }

    private void send(String asset, Path file) {
        Place place;
        try {
            place = begin(asset);
        } catch (RuntimeException e) {
            if (!isThere(asset)) {
                throw told(e);
            }
            await(asset, ""); // another launch was faster
            return;
        }
        AtomicReference<@Nullable StoreSecret> first = new AtomicReference<>(place.secret());
        Supplier<StoreSecret> secret = () -> {
            StoreSecret given = first.getAndSet(null);
            return given != null ? given : make(() -> begin(asset)).secret(); // it ends while a large file is sent
        };
        String name = String.valueOf(file.getFileName());
        BlobStore.open(place.root(), connection, secret, "registry", show(asset), Clock.systemUTC())
                .send(file, name);
        create(asset, place.root() + name);
    }

    /**
     * A place for an upload. The id of the upload is of the content, so that whoever comes after a broken one is sent to the same place; a service
     * that does not take it gives a place of its own, where nothing is gone on with.
     */
    private Place begin(String asset) {
        ObjectNode body = Json.records().createObjectNode().put("pendingUploadType", "TemporaryBlobReference");
        byte[] named = address.dataUri(asset, VERSION).getBytes(StandardCharsets.UTF_8);
        try {
            return begun(
                    asset,
                    body.deepCopy()
                            .put(
                                    "pendingUploadId",
                                    UUID.nameUUIDFromBytes(named).toString()));
        } catch (RuntimeException e) {
            if (AzureFailure.of(e) != AzureFailure.REFUSED
                    || AzureFailure.isAbsent(e)
                    || AzureFailure.isPlaceAbsent(e)
                    || state(asset).isPresent()) {
                throw e;
            }
            return begun(asset, body);
        }
    }

    private Place begun(String asset, ObjectNode body) {
        JsonNode told = manager.ask(address.dataPath(asset, VERSION) + "/startPendingUpload", body)
                .path("blobReferenceForConsumption");
        Optional<BlobAddress> root = BlobAddress.parse(told.path("blobUri").asText());
        Optional<StoreSecret> secret =
                StoreSecret.ofAddress(told.at("/credential/sasUri").asText());
        if (root.isEmpty() || secret.isEmpty()) {
            throw refused(asset, "it told no place that files can be uploaded to")
                    .asException();
        }
        return new Place(root.get(), secret.get());
    }

    /** By one try, so that a lost answer is followed by a look. */
    private void create(String asset, String blob) {
        ObjectNode body = Json.records().createObjectNode();
        body.putObject("properties")
                .put("dataType", "uri_file")
                .put("dataUri", blob)
                .put("description", "rows of fine-tuning jobs, by finetune4j");
        String operation = "";
        try {
            Begun begun = manager.begin(address.dataPath(asset, VERSION), body);
            if (begun.resource().at("/properties/provisioningState").asText().equals(DONE)) {
                return;
            }
            operation = begun.operation();
        } catch (RuntimeException e) {
            if (!isThere(asset)) {
                throw told(e);
            } // another launch was faster, or the answer was lost
        }
        await(asset, operation);
    }

    /** Until a registry has brought it to all of its regions. */
    private void await(String asset, String operation) {
        Duration pause = SHORTEST_PAUSE;
        String state = "";
        for (int look = 0; look < LOOKS; look++) {
            // By the data itself, as far as it can be seen: operations are nothing that roles of a registry let look
            // at.
            state = make(() -> state(asset)).orElseGet(() -> ofOperation(operation, "/status"));
            if (state.equals(DONE)) {
                return;
            }
            if (FAILED.contains(state)) {
                String why = ofOperation(operation, "/error/message");
                throw refused(asset, why.isEmpty() ? "it ended as " + state : why)
                        .asException();
            }
            Pause.of(pause);
            Duration doubled = pause.multipliedBy(2);
            pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
        }
        throw AzureMlProblems.UNREACHABLE
                .error("the registry " + address.name() + " has not taken " + asset + " yet")
                .because("after two minutes it is " + (state.isEmpty() ? "not there" : state))
                .retry(Retry.after(AGAIN))
                .asException();
    }

    /** What an operation tells; empty where it tells nothing, or not the caller. */
    private String ofOperation(String operation, String pointer) {
        if (operation.isEmpty()) {
            return "";
        }
        try {
            return manager.operation(operation).resource().at(pointer).asText("");
        } catch (RuntimeException e) {
            AzureFailure.keepInterrupt(e);
            return "";
        }
    }

    /** How far a version is; empty where there is none. */
    private Optional<String> state(String asset) {
        return manager.find(address.dataPath(asset, VERSION))
                .map(found -> found.at("/properties/provisioningState").asText(DONE));
    }

    private boolean isThere(String asset) {
        return make(() -> state(asset)).isPresent();
    }

    private <T> T make(Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw told(e);
        }
    }

    private FineTuneException told(RuntimeException failure) {
        if (failure instanceof FineTuneException known) {
            return known;
        }
        AzureFailure.keepInterrupt(failure);
        if (AzureFailure.of(failure) != AzureFailure.REFUSED) {
            return AzureMlErrors.told(failure, "the registry " + address.name(), options);
        }
        if (AzureFailure.isAbsent(failure) || AzureFailure.code(failure).equals("ResourceGroupNotFound")) {
            return absent(AzureFailure.reason(failure)).asException(failure);
        }
        return AzureFailure.isPlaceAbsent(failure)
                ? AzureMlErrors.told(failure, address.name(), options)
                : refused("data", AzureFailure.reason(failure)).asException(failure);
    }

    private Problem absent(String reason) {
        return AzureMlProblems.NO_REGISTRY
                .error("there is no registry " + address.name() + " in the resource group " + address.resourceGroup())
                .because(reason)
                .at(Location.ofKey(AzureMlSettings.PREFIX + AzureMlSettings.DATA_REGISTRY))
                .remedy("az resource list --resource-type Microsoft.MachineLearningServices/registries --query"
                        + " \"[].[name,resourceGroup]\"")
                .remedy(AzureMlSettings.PREFIX + AzureMlSettings.DATA_REGISTRY_GROUP + ": GROUP")
                .build();
    }

    private Problem refused(String asset, String reason) {
        return AzureMlProblems.REFUSED
                .error("the registry " + address.name() + " does not take " + asset)
                .because(reason)
                .remedy("az ml data list --registry-name " + address.name())
                .build();
    }

    private String show(String asset) {
        return "az ml data show --registry-name " + address.name() + " --name " + asset + " --version " + VERSION;
    }

    @Override
    public String toString() {
        return address.name() + " in " + address.resourceGroup();
    }
}
