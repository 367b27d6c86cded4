package dev.finetune4j.offlinecloud.azure.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.Route;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Calls of the resource manager's own to whoever has the resources, as it makes them for a deployment: by the operations that clients use, too. */
public final class ResourceCalls {
    private static final int NOT_FOUND = 404;

    private final Supplier<List<Operation>> operations;
    private final AzureGate gate;

    /**
     * Calls.
     *
     * @param operations all that there are, by the time of the first call
     * @param gate for whom resources are made
     */
    public ResourceCalls(Supplier<List<Operation>> operations, AzureGate gate) {
        this.operations = operations;
        this.gate = gate;
    }

    private record Found(Operation operation, AzureCall call) {}

    private Optional<Found> find(String method, String id, String base, String version, String body) {
        for (Operation operation : operations.get()) {
            Optional<Route.Match> match = operation.route().matchIgnoringCase(operation.name(), method, id);
            if (match.isPresent() && operation.door() == Operation.Door.MANAGEMENT) {
                return Optional.of(new Found(
                        operation,
                        new AzureCall(base, id, match.get().labels(), Map.of("api-version", version), body)));
            }
        }
        return Optional.empty();
    }

    private Found existing(String method, String id, String base, String version, String body) throws ServiceError {
        return find(method, id, base, version, body)
                .orElseThrow(() -> AzureErrors.invalid(
                        "InvalidResourceType",
                        "The resource type of '" + id + "' could not be found in the namespace '"
                                + AzureProtocol.provider(id) + "' for api version '" + version + "'."));
    }

    /**
     * Refuses to make a resource of a type or version that there is not, and one that the caller may not make.
     *
     * @param base where the client found the services
     */
    public void check(String id, String base, String version, ObjectNode body) throws ServiceError {
        Found found = existing("PUT", id, base, version, body.toString());
        ApiVersions.check(AzureProtocol.provider(found.operation().route().requestUri()), version);
        gate.admit(found.operation(), found.call());
    }

    /** Makes a resource, or changes it. */
    public void put(String id, String base, String version, ObjectNode body) throws ServiceError, IOException {
        Found found = existing("PUT", id, base, version, body.toString());
        found.operation().handler().answer(found.call()).close();
    }

    /** A resource as whoever asks for it is told; empty if it is not there. */
    public Optional<ObjectNode> get(String id, String base, String version) throws ServiceError {
        Optional<Found> found = find("GET", id, base, version, "");
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (Answer answer =
                found.get().operation().handler().answer(found.get().call())) {
            return Optional.of((ObjectNode) Json.records().readTree(answer.body()));
        } catch (ServiceError e) {
            if (e.status() == NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        } catch (IOException e) {
            throw new ServiceError(500, "InternalServerError", String.valueOf(e.getMessage()));
        }
    }

    /** A resource; empty if it is not there, or cannot be told of. */
    public Optional<ObjectNode> find(String id) {
        try {
            return get(id, "https://management.azure.com", "");
        } catch (ServiceError e) {
            return Optional.empty();
        }
    }

    /** Whether there is a resource. */
    public boolean has(String id) {
        return find(id).isPresent();
    }
}
