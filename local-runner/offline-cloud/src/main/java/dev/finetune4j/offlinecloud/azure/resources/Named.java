package dev.finetune4j.offlinecloud.azure.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.rest.AzureCall;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Resources of one type in the group, by their names. Safe for use by several threads. */
final class Named {
    /** Path of what a group has. */
    static final String GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";

    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;

    private final Workspace place;
    private final String type;
    private final Set<String> taken = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    private final Map<String, ObjectNode> bodies = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    /**
     * None at first.
     *
     * @param place whose group it is
     * @param type with its provider, such as {@code Microsoft.KeyVault/vaults}
     */
    Named(Workspace place, String type) {
        this.place = place;
        this.type = type;
    }

    /** Path of one, whose label is {@code name}. */
    String path() {
        return GROUP + "/providers/" + type + "/{name}";
    }

    String id(String name) {
        return "/subscriptions/" + place.subscription() + "/resourceGroups/" + place.resourceGroup() + "/providers/"
                + type + "/" + name;
    }

    /** Whether an id is of one of these, there or not. */
    boolean isOf(String id) {
        return id.matches("(?i).*/providers/" + Pattern.quote(type) + "/[^/]+");
    }

    /** Somebody else has one of this name from now on, where names are of all subscriptions. */
    synchronized void take(String name) {
        taken.add(name);
    }

    synchronized boolean isTaken(String name) {
        return taken.contains(name);
    }

    synchronized boolean has(String name) {
        return bodies.containsKey(name);
    }

    /** Ids of all. */
    synchronized List<String> ids() {
        List<String> ids = new ArrayList<>();
        bodies.keySet().forEach(name -> ids.add(id(name)));
        return ids;
    }

    /** Takes what a resource is made of, and tells it. */
    synchronized Answer put(String name, ObjectNode body) throws ServiceError {
        ObjectNode before = bodies.get(name);
        if (before != null && !before.path("location").equals(body.path("location"))) {
            throw AzureErrors.conflict(
                    "InvalidResourceLocation",
                    "The resource '" + name + "' already exists in location '"
                            + before.path("location").asText() + "' in resource group '" + place.resourceGroup()
                            + "'. A resource with the same name cannot be created in location '"
                            + body.path("location").asText() + "'. Please select a new resource name.");
        }
        ObjectNode told = body.deepCopy().put("id", id(name)).put("name", name).put("type", type);
        told.withObject("/properties").put("provisioningState", "Succeeded");
        bodies.put(name, told);
        return AzureProtocol.json(before == null ? CREATED : OK, told);
    }

    /** Tells of one. */
    synchronized Answer get(AzureCall call) throws ServiceError {
        ObjectNode told = bodies.get(call.label("name"));
        if (told == null) {
            throw AzureErrors.noResource(type, call.label("name"), place.resourceGroup());
        }
        return AzureProtocol.json(OK, told);
    }

    /** Removes one, if it is there. */
    synchronized Answer delete(AzureCall call) {
        return Answer.empty(bodies.remove(call.label("name")) == null ? NO_CONTENT : OK, Map.of());
    }

    /** Refuses what says no region. */
    static void checkLocation(ObjectNode body) throws ServiceError {
        if (body.path("location").asText().isEmpty()) {
            throw AzureErrors.invalid("LocationRequired", "The location property is required for this definition.");
        }
    }
}
