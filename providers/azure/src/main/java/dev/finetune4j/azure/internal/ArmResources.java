package dev.finetune4j.azure.internal;

import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.rest.Response;
import com.azure.core.http.rest.RestProxy;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Azure's resource manager, by which everything in a subscription is made, described and removed. Failures are azure-core's own
 * ({@link AzureFailure} tells their kind). Safe for use by several threads.
 */
public final class ArmResources {
    private static final int ACCEPTED = 202;

    /** What operations end with; what tells of none is a result. */
    private static final Set<String> OVER = Set.of("", "Succeeded", "Failed", "Canceled");

    private final ArmCalls calls;
    private final ArmCalls once;
    private final String manager;
    private final String version;

    /**
     * The resource manager of a cloud.
     *
     * @param version of the API, by its date
     */
    public ArmResources(AzureConnection connection, String version) {
        calls = RestProxy.create(ArmCalls.class, connection.managing());
        once = RestProxy.create(ArmCalls.class, connection.managingOnce());
        manager = connection.cloud().resourceManager().toString();
        this.version = version;
    }

    /** A resource; empty where the service answered that there is none. */
    public Optional<JsonNode> find(String resource) {
        try {
            return Optional.of(read(
                    calls.get(manager, bare(resource), version, Context.NONE).getValue()));
        } catch (HttpResponseException e) {
            if (AzureFailure.isAbsent(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** All resources of a list, page after page. */
    public List<JsonNode> list(String resource) {
        return list(calls, resource);
    }

    /** The same by one try of each call, for whoever would rather not know than wait. */
    public List<JsonNode> listOnce(String resource) {
        return list(once, resource);
    }

    private List<JsonNode> list(ArmCalls by, String resource) {
        List<JsonNode> all = new ArrayList<>();
        Set<String> asked = new HashSet<>();
        JsonNode page =
                read(by.get(manager, bare(resource), version, Context.NONE).getValue());
        while (true) {
            page.path("value").forEach(all::add);
            String next = page.path("nextLink").asText("");
            if (next.isEmpty() || !asked.add(next)) {
                return all;
            }
            page = read(by.at(manager, next, Context.NONE).getValue());
        }
    }

    /** Makes a resource, or changes what may be changed of it; by one try, so that whoever asked knows whether it was answered. */
    public JsonNode put(String resource, JsonNode body) {
        return read(once.put(manager, bare(resource), version, BinaryData.fromString(Json.line(body)), Context.NONE)
                .getValue());
    }

    /**
     * What was begun, and takes a while.
     *
     * @param resource as it is at first; without members where the answer does not tell it
     * @param operation address that tells how far it is; empty where the answer has none
     * @param pause how long the service asks to stay away from there; none where it does not say
     */
    public record Begun(JsonNode resource, String operation, Duration pause) {}

    /** The same as {@link #put} for what takes a while to make. */
    public Begun begin(String resource, JsonNode body) {
        Response<BinaryData> answer =
                once.make(manager, bare(resource), version, BinaryData.fromString(Json.line(body)), Context.NONE);
        HttpHeaders headers = answer.getHeaders();
        String operation = headers.getValue(HttpHeaderName.AZURE_ASYNCOPERATION);
        return begun(answer, operation == null ? headers.getValue(HttpHeaderName.LOCATION) : operation);
    }

    /** How far something is that was begun: its {@code status}, and the {@code error} that it ended with. */
    public Begun operation(String address) {
        return begun(calls.at(manager, address, Context.NONE), address);
    }

    private static Begun begun(Response<BinaryData> answer, @Nullable String operation) {
        String body = answer.getValue().toString();
        return new Begun(
                Json.read(body.isBlank() ? "{}" : body, JsonNode.class),
                operation == null ? "" : operation,
                AzureFailure.pause(answer.getHeaders()).orElse(Duration.ZERO));
    }

    /**
     * Asks for what takes a while to work out, which changes nothing, and waits for it.
     *
     * @param betweenLooks how long to wait before the next look
     * @param looks how often to look
     * @return empty where it is not worked out by then, or nobody tells where to look for it
     */
    public Optional<JsonNode> workOut(String resource, JsonNode body, Duration betweenLooks, int looks) {
        Response<BinaryData> answer =
                calls.begin(manager, bare(resource), version, BinaryData.fromString(Json.line(body)), Context.NONE);
        HttpHeaders headers = answer.getHeaders();
        Optional<String> address = Optional.ofNullable(headers.getValue(HttpHeaderName.LOCATION))
                .or(() -> Optional.ofNullable(headers.getValue(HttpHeaderName.AZURE_ASYNCOPERATION)));
        for (int look = 0; address.isPresent() && isUnderWay(answer) && look < looks; look++) {
            Pause.of(betweenLooks);
            answer = calls.at(manager, address.get(), Context.NONE);
        }
        return isUnderWay(answer) ? Optional.empty() : Optional.of(read(answer.getValue()));
    }

    /** A result that is not there yet is told by the status, an operation that is not over in its body. */
    private static boolean isUnderWay(Response<BinaryData> answer) {
        return answer.getStatusCode() == ACCEPTED
                || !OVER.contains(read(answer.getValue()).path("status").asText());
    }

    /** Does something with a resource. */
    public void post(String resource) {
        var unused = calls.post(manager, bare(resource), version, Context.NONE);
    }

    /** What a resource tells by a call of its own, and no reader: its secrets. */
    public JsonNode ask(String resource) {
        return read(calls.ask(manager, bare(resource), version, Context.NONE).getValue());
    }

    /** The same for a call that is told more. It may be made again, so that the same body must mean the same. */
    public JsonNode ask(String resource, JsonNode body) {
        return read(calls.begin(manager, bare(resource), version, BinaryData.fromString(Json.line(body)), Context.NONE)
                .getValue());
    }

    /** Removes a resource; without effect where there is none. */
    public void delete(String resource) {
        try {
            var unused = calls.delete(manager, bare(resource), version, Context.NONE);
        } catch (HttpResponseException e) {
            if (!AzureFailure.isAbsent(e)) {
                throw e;
            }
        }
    }

    private static String bare(String resource) {
        return resource.startsWith("/") ? resource.substring(1) : resource;
    }

    private static JsonNode read(BinaryData body) {
        return Json.read(body.toString(), JsonNode.class);
    }
}
