package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.sagemaker.OfflineHub.Content;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.Place;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The calls that look into the public hub. Whoever names another hub is told that there is none. */
final class HubCalls {
    /** Their names. */
    static final Set<String> OPERATIONS =
            Set.of("DescribeHub", "ListHubs", "DescribeHubContent", "ListHubContents", "ListHubContentVersions");

    private static final String SCHEMA = "2.2.0";

    private final OfflineHub hub;

    HubCalls(OfflineHub hub) {
        this.hub = hub;
    }

    /** What a call takes: the hub, and the content where it asks for one. */
    List<Access> accesses(String operation, ObjectNode request) {
        String action = "sagemaker:" + operation;
        Access toHub = Access.to(action, hub.arn());
        if (operation.equals("ListHubs")) {
            return List.of(Access.to(action, "*"));
        }
        String name = request.path("HubContentName").asText();
        if (!request.has("HubContentName")) {
            return List.of(toHub);
        }
        String version = request.path("HubContentVersion")
                .asText(hub.newest(name).map(Content::version).orElse("0.0.0"));
        return List.of(toHub, Access.to(action, hub.arn(name, version)));
    }

    ObjectNode answer(String operation, ObjectNode request) throws ServiceError {
        if (operation.equals("ListHubs")) {
            return hubs(request);
        }
        refuseOtherHub(request.path("HubName").asText());
        return switch (operation) {
            case "DescribeHub" -> hub();
            case "DescribeHubContent" -> describe(request);
            case "ListHubContents" -> page(request, isModel(request) ? hub.models() : List.of());
            case "ListHubContentVersions" -> page(request, versions(request));
            default -> throw new IllegalArgumentException("no call of the hub: " + operation);
        };
    }

    private void refuseOtherHub(String nameOrArn) throws ServiceError {
        if (!nameOrArn.equals(OfflineHub.NAME) && !nameOrArn.equals(hub.arn())) {
            throw notFound("Hub " + nameOrArn + " does not exist.");
        }
    }

    /** The public hub is one of those that an account sees. */
    private ObjectNode hubs(ObjectNode request) throws ServiceError {
        List<ObjectNode> found =
                OfflineHub.NAME.contains(request.path("NameContains").asText()) ? List.of(hub()) : List.of();
        ListPage<ObjectNode> page = ListPage.of(found, one -> Place.of(OfflineHub.NAME), false, request);
        ObjectNode answer = Json.records().createObjectNode();
        answer.putArray("HubSummaries").addAll(page.elements());
        return page.tellNext(answer);
    }

    private ObjectNode hub() {
        BigDecimal since = BigDecimal.valueOf(hub.since().toEpochMilli(), 3);
        return Json.records()
                .createObjectNode()
                .put("HubName", OfflineHub.NAME)
                .put("HubArn", hub.arn())
                .put("HubDisplayName", OfflineHub.NAME)
                .put("HubDescription", "Models of JumpStart")
                .put("HubStatus", "InService")
                .put("CreationTime", since)
                .put("LastModifiedTime", since);
    }

    private ObjectNode describe(ObjectNode request) throws ServiceError {
        String name = request.path("HubContentName").asText();
        Optional<Content> content = request.has("HubContentVersion")
                ? hub.find(name, request.path("HubContentVersion").asText())
                : hub.newest(name);
        if (!isModel(request) || content.isEmpty()) {
            throw notFound("Hub content " + name + " of type "
                    + request.path("HubContentType").asText() + " does not exist in hub " + OfflineHub.NAME + ".");
        }
        return summary(content.get())
                .put("HubName", OfflineHub.NAME)
                .put("HubArn", hub.arn())
                .put("HubContentDocument", content.get().document().toString());
    }

    private List<Content> versions(ObjectNode request) throws ServiceError {
        String name = request.path("HubContentName").asText();
        List<Content> versions = isModel(request) ? hub.versions(name) : List.of();
        if (versions.isEmpty()) {
            throw notFound("Hub content " + name + " does not exist in hub " + OfflineHub.NAME + ".");
        }
        return versions;
    }

    private static boolean isModel(ObjectNode request) {
        return request.path("HubContentType").asText().equals(OfflineHub.MODEL);
    }

    private ObjectNode page(ObjectNode request, List<Content> all) throws ServiceError {
        List<Content> found = all.stream()
                .filter(content ->
                        content.name().contains(request.path("NameContains").asText()))
                .filter(content -> isWithin(content, request))
                .sorted(order(request))
                .toList();
        ListPage<Content> page = ListPage.of(found, content -> place(found, content), false, request);
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode summaries = answer.putArray("HubContentSummaries");
        page.elements().forEach(content -> summaries.add(summary(content)));
        return page.tellNext(answer);
    }

    /** The hub does not change, so that a content stands where it stood. */
    private static Place place(List<Content> sorted, Content content) {
        return Place.of(String.format(Locale.ROOT, "%09d", sorted.indexOf(content)));
    }

    private static boolean isWithin(Content content, ObjectNode request) {
        double seconds = content.createdAt().toEpochMilli() / 1000.0;
        return (!request.has("CreationTimeAfter")
                        || seconds > request.path("CreationTimeAfter").asDouble())
                && (!request.has("CreationTimeBefore")
                        || seconds < request.path("CreationTimeBefore").asDouble());
    }

    /** In the order of publishing or of names; what is alike in that stays as it was. */
    private static Comparator<Content> order(ObjectNode request) {
        Comparator<Content> order = request.path("SortBy").asText().equals("HubContentName")
                ? Comparator.comparing(Content::name)
                : Comparator.comparing(Content::createdAt);
        return request.path("SortOrder").asText().equals("Descending") ? order.reversed() : order;
    }

    private ObjectNode summary(Content content) {
        return Json.records()
                .createObjectNode()
                .put("HubContentName", content.name())
                .put("HubContentArn", hub.arn(content.name(), content.version()))
                .put("HubContentVersion", content.version())
                .put("HubContentType", OfflineHub.MODEL)
                .put("DocumentSchemaVersion", SCHEMA)
                .put("HubContentDisplayName", content.name())
                .put("HubContentStatus", "Available")
                .put("SupportStatus", "Supported")
                .put("CreationTime", BigDecimal.valueOf(content.createdAt().toEpochMilli(), 3));
    }

    private static ServiceError notFound(String message) {
        return ServiceError.of("ResourceNotFound", message);
    }
}
