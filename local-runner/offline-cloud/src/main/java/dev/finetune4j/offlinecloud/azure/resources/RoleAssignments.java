package dev.finetune4j.offlinecloud.azure.resources;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.rest.AzureCall;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.azure.rest.AzureGate;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.azure.rest.Operation;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who has which role at what, by assignments. There are a few of Azure's own roles. What the caller was given counts once somebody {@link
 * AzureGate#restrict restricted} the caller. Safe for use by several threads.
 */
final class RoleAssignments {
    private static final String TYPE = "Microsoft.Authorization/roleAssignments";
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;
    private static final String GUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
    private static final Pattern OF_PRINCIPAL = Pattern.compile("(?:principalId eq |assignedTo\\()'([^']*)'\\)?");
    private static final String BELOW = "/providers/{provider}/{type}/{resource}";

    /** The paths of what roles are assigned at. */
    private static final List<String> SCOPES =
            List.of(Named.GROUP, Named.GROUP + BELOW, Named.GROUP + BELOW + "/{type2}/{resource2}/{type3}/{resource3}");

    private static final JsonNode ROLES = Json.resource(RoleAssignments.class, "roles.json", new TypeReference<>() {});

    private final AzureGate gate;
    private final Clock clock;
    private final Predicate<String> isThere;
    private final Predicate<String> isServicePrincipal;
    private final Map<String, ObjectNode> assignments = new LinkedHashMap<>();

    /**
     * None at first.
     *
     * @param isThere whether there is a resource of an id
     * @param isServicePrincipal whether an object id is known to be an application's or a managed identity's
     */
    RoleAssignments(AzureGate gate, Clock clock, Predicate<String> isThere, Predicate<String> isServicePrincipal) {
        this.gate = gate;
        this.clock = clock;
        this.isThere = isThere;
        this.isServicePrincipal = isServicePrincipal;
    }

    List<Operation> operations() {
        List<Operation> all = new ArrayList<>();
        for (String scope : SCOPES) {
            String one = scope + "/providers/" + TYPE + "/{assignment}";
            all.add(Operation.management("RoleAssignments_List", "GET", scope + "/providers/" + TYPE, this::list));
            all.add(Operation.management("RoleAssignments_Create", "PUT", one, this::put));
            all.add(Operation.management("RoleAssignments_Get", "GET", one, this::get));
            all.add(Operation.management("RoleAssignments_Delete", "DELETE", one, this::delete));
        }
        return all;
    }

    private static String scope(AzureCall call) {
        return call.path()
                .substring(
                        0,
                        call.path()
                                .toLowerCase(Locale.ROOT)
                                .lastIndexOf("/providers/" + TYPE.toLowerCase(Locale.ROOT)));
    }

    private static String key(AzureCall call) {
        return call.path().toLowerCase(Locale.ROOT);
    }

    private synchronized Answer list(AzureCall call) throws ServiceError {
        String filter = call.query("$filter");
        Matcher asked = OF_PRINCIPAL.matcher(filter);
        if (!filter.isEmpty() && !asked.matches()) {
            throw AzureErrors.invalid("UnsupportedQuery", "The filter '" + filter + "' is not supported.");
        }
        String principal = filter.isEmpty() ? "" : String.valueOf(asked.group(1));
        List<ObjectNode> all = new ArrayList<>(gate.told());
        all.addAll(assignments.values());
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode found = answer.putArray("value");
        all.stream()
                .filter(one -> principal.isEmpty()
                        || one.at("/properties/principalId").asText().equalsIgnoreCase(principal))
                .filter(one -> isRelated(one.at("/properties/scope").asText(), scope(call)))
                .forEach(found::add);
        return AzureProtocol.json(OK, answer);
    }

    /** Whether one is at, above or below the other. */
    private static boolean isRelated(String scope, String asked) {
        String one = scope.toLowerCase(Locale.ROOT) + "/";
        String other = asked.toLowerCase(Locale.ROOT) + "/";
        return one.startsWith(other) || other.startsWith(one);
    }

    private synchronized Answer put(AzureCall call) throws ServiceError {
        JsonNode wanted = call.json().path("properties");
        String name = call.label("assignment");
        String role = wanted.path("roleDefinitionId").asText().replaceFirst(".*/", "");
        String principal = wanted.path("principalId").asText();
        String scope = scope(call);
        if (!name.matches(GUID)) {
            throw AzureErrors.invalid(
                    "InvalidRoleAssignmentId",
                    "The role assignment ID '" + name + "' is not valid. The role assignment ID must be a GUID.");
        }
        if (!principal.matches(GUID)) {
            throw AzureErrors.invalid(
                    "InvalidPrincipalId",
                    "The Principal ID '" + principal + "' is not valid. Principal ID must be a GUID.");
        }
        if (!ROLES.has(role)) {
            throw AzureErrors.notFound(
                    "RoleDefinitionDoesNotExist",
                    "The specified role definition with ID '" + role + "' does not exist.");
        }
        if (scope.contains("/providers/") && !isThere.test(scope)) {
            throw Template.absent(scope);
        }
        String kind = wanted.path("principalType").asText("User");
        if (isServicePrincipal.test(principal) && !kind.equals("ServicePrincipal")) {
            throw AzureErrors.invalid(
                    "UnmatchedPrincipalType",
                    "The PrincipalId '" + principal
                            + "' has type 'ServicePrincipal' , which is different from specified" + " PrinciaplType '"
                            + kind + "'.");
        }
        refuseOther(call, role, principal, scope);
        boolean isNew = !assignments.containsKey(key(call));
        ObjectNode told = Json.records()
                .createObjectNode()
                .put("id", call.path())
                .put("name", name)
                .put("type", TYPE);
        ((ObjectNode) told.set("properties", wanted.deepCopy()).path("properties"))
                .put("scope", scope)
                .put("principalType", kind)
                .put("createdOn", clock.instant().toString());
        assignments.put(key(call), told);
        if (principal.equalsIgnoreCase(gate.caller())) {
            ObjectNode definition = ROLES.path(role).deepCopy();
            definition.putArray("AssignableScopes").add(scope);
            gate.grant(call.path(), definition);
        }
        return AzureProtocol.json(isNew ? CREATED : OK, told);
    }

    /** Refuses what is there under another name, and a name that is another's. */
    private void refuseOther(AzureCall call, String role, String principal, String scope) throws ServiceError {
        for (ObjectNode one : assignments.values()) {
            JsonNode there = one.path("properties");
            boolean isSame = there.path("roleDefinitionId").asText().endsWith(role)
                    && there.path("principalId").asText().equalsIgnoreCase(principal)
                    && there.path("scope").asText().equalsIgnoreCase(scope);
            boolean isNamedSo = one.path("id").asText().equalsIgnoreCase(call.path());
            if (isSame && !isNamedSo) {
                throw AzureErrors.conflict(
                        "RoleAssignmentExists",
                        "The role assignment already exists. The ID of the conflicting role assignment is "
                                + one.path("name").asText().replace("-", "") + ".");
            }
            if (isNamedSo && !isSame) {
                throw AzureErrors.conflict(
                        "RoleAssignmentUpdateNotPermitted",
                        "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.");
            }
        }
    }

    private synchronized Answer get(AzureCall call) throws ServiceError {
        ObjectNode found = assignments.get(key(call));
        if (found == null) {
            throw AzureErrors.notFound(
                    "RoleAssignmentNotFound", "The role assignment '" + call.label("assignment") + "' is not found.");
        }
        return AzureProtocol.json(OK, found);
    }

    private synchronized Answer delete(AzureCall call) {
        ObjectNode removed = assignments.remove(key(call));
        if (removed == null) {
            return Answer.empty(NO_CONTENT, Map.of());
        }
        gate.revoke(call.path());
        return AzureProtocol.json(OK, removed);
    }
}
