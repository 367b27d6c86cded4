package dev.finetune4j.offlinecloud.azure.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.Gate;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A subscription in which everybody who has signed in may do everything, until somebody gives the caller roles. They are assigned wherever they can
 * be. Of their data actions those of Azure OpenAI are asked for; the store looks at tokens alone.
 */
public final class AzureGate implements Gate {
    private static final int OK = 200;
    private static final String GROUPS = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";
    private static final String ROLES = "/providers/Microsoft.Authorization/roleAssignments";

    private final String caller;
    private final Clock clock;
    private volatile @Nullable List<Assignment> assignments;

    /**
     * A role that the caller has.
     *
     * @param at when it was assigned
     * @param knownAt from when on it is known everywhere
     */
    private record Assignment(JsonNode role, Instant at, Instant knownAt) {}

    /**
     * Nobody is held to roles yet.
     *
     * @param caller id of the only one who signs in
     * @param clock by which roles get known
     */
    public AzureGate(String caller, Clock clock) {
        this.caller = caller;
        this.clock = clock;
    }

    /** From now on the caller may do what role definitions say, in the form of {@code az role definition create}, and no more. */
    public void restrict(String... definitions) {
        assignments = assigned(Instant.EPOCH, Instant.EPOCH, definitions).toList();
    }

    /** The caller gets roles besides, which are not known everywhere for a while. */
    public void assign(Duration untilKnown, String... definitions) {
        Instant now = clock.instant();
        assignments = Stream.concat(
                        Optional.ofNullable(assignments).orElse(List.of()).stream(),
                        assigned(now, now.plus(untilKnown), definitions))
                .toList();
    }

    private static Stream<Assignment> assigned(Instant at, Instant knownAt, String... definitions) {
        return Stream.of(definitions)
                .map(definition -> new Assignment(Json.read(definition, JsonNode.class), at, knownAt));
    }

    /** What can be asked for. */
    public List<Operation> operations() {
        return List.of(
                Operation.management("RoleAssignments_ListForResourceGroup", "GET", GROUPS + ROLES, this::list),
                Operation.management(
                        "RoleAssignments_ListForResource",
                        "GET",
                        GROUPS + "/providers/{namespace}/{type}/{name}" + ROLES,
                        this::list));
    }

    /** Those of the caller, which is the one question that is answered. */
    private Answer list(AzureCall call) throws ServiceError {
        String filter = call.query("$filter");
        if (!filter.equals("assignedTo('" + caller + "')")) {
            throw AzureErrors.invalid("UnsupportedQuery", "The filter '" + filter + "' is not supported.");
        }
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode all = answer.putArray("value");
        for (Assignment one : Optional.ofNullable(assignments).orElse(List.of())) {
            all.addObject()
                    .put(
                            "name",
                            UUID.nameUUIDFromBytes(one.role().toString().getBytes(StandardCharsets.UTF_8))
                                    .toString())
                    .put("type", "Microsoft.Authorization/roleAssignments")
                    .putObject("properties")
                    .put("principalId", caller)
                    .put("scope", one.role().at("/AssignableScopes/0").asText())
                    .put("createdOn", one.at().toString());
        }
        return AzureProtocol.json(OK, answer);
    }

    @Override
    public void check(String session) {
        // tokens are looked at before
    }

    @Override
    public void admit(String session, Access access) throws ServiceError {
        List<Assignment> given = assignments;
        Instant now = clock.instant();
        if (given != null
                && given.stream().noneMatch(one -> !one.knownAt().isAfter(now) && allows(one.role(), access))) {
            throw denial(session, access);
        }
    }

    private static boolean allows(JsonNode role, Access access) {
        return Stream.concat(texts(role.path("Actions")), texts(role.path("DataActions")))
                        .anyMatch(action -> matches(action, access.action()))
                && texts(role.path("NotActions")).noneMatch(action -> matches(action, access.action()))
                && texts(role.path("AssignableScopes")).anyMatch(scope -> isWithin(access.resource(), scope));
    }

    private static Stream<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText);
    }

    private static boolean matches(String pattern, String action) {
        return Pattern.compile(
                        Stream.of(pattern.split("\\*", -1))
                                .map(Pattern::quote)
                                .reduce((a, b) -> a + ".*" + b)
                                .orElse(""),
                        Pattern.CASE_INSENSITIVE)
                .matcher(action)
                .matches();
    }

    private static boolean isWithin(String resource, String scope) {
        return (resource.toLowerCase(Locale.ROOT) + "/").startsWith(scope.toLowerCase(Locale.ROOT) + "/");
    }

    @Override
    public void admitRole(String role, Access access) {
        // jobs act as nobody whom roles are asked of
    }

    @Override
    public boolean trusts(String role, String service) {
        return true;
    }

    @Override
    public ServiceError denial(String session, Access access) {
        return AzureErrors.forbidden(caller, access.action(), access.resource());
    }
}
