package dev.finetune4j.offlinecloud.azure.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.Gate;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A subscription in which everybody who has signed in may do everything, until somebody gives the caller roles. They are assigned wherever they can
 * be. Their data actions are asked for by Azure OpenAI and by the store.
 */
public final class AzureGate implements Gate {
    private static final String DATA = "data";

    private final String caller;
    private final Clock clock;
    private volatile @Nullable List<Assignment> assignments;

    /** Roles that were assigned by the resource manager, by the ids of the assignments. */
    private final Map<String, Assignment> granted = new ConcurrentHashMap<>();

    /** Ids of resources, by what else calls name them. */
    private final Map<String, String> aliases = new ConcurrentHashMap<>();

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

    /** Id of the only one who signs in. */
    public String caller() {
        return caller;
    }

    /**
     * The caller has a role besides from now on. It lets in nobody who is not {@link #restrict restricted}, since these may do everything.
     *
     * @param assignment its id
     * @param role definition of the role, with the scope that it was assigned at
     */
    public void grant(String assignment, JsonNode role) {
        Instant now = clock.instant();
        granted.put(assignment.toLowerCase(Locale.ROOT), new Assignment(role, now, now));
    }

    /** The end of what {@link #grant} gave. */
    public void revoke(String assignment) {
        granted.remove(assignment.toLowerCase(Locale.ROOT));
    }

    /** Calls name a resource in another way, too. */
    public void alias(String other, String id) {
        aliases.put(other.toLowerCase(Locale.ROOT), id);
    }

    /** The roles that {@link #restrict} and {@link #assign} gave, as the resource manager tells of them. */
    public List<ObjectNode> told() {
        List<ObjectNode> all = new ArrayList<>();
        for (Assignment one : Optional.ofNullable(assignments).orElse(List.of())) {
            ObjectNode told = Json.records().createObjectNode();
            all.add(told);
            told.put(
                            "name",
                            UUID.nameUUIDFromBytes(one.role().toString().getBytes(StandardCharsets.UTF_8))
                                    .toString())
                    .put("type", "Microsoft.Authorization/roleAssignments")
                    .putObject("properties")
                    .put("principalId", caller)
                    .put("scope", one.role().at("/AssignableScopes/0").asText())
                    .put("createdOn", one.at().toString());
        }
        return all;
    }

    /** Lets the caller do what an operation takes. */
    void admit(Operation operation, AzureCall call) throws ServiceError {
        for (Access access : Rights.of(operation, call)) {
            admit("", access);
        }
    }

    @Override
    public void check(String session) {
        // tokens are looked at before
    }

    @Override
    public void admit(String session, Access access) throws ServiceError {
        if (!isAllowed(access)) {
            throw denial(session, access);
        }
    }

    /** Whether the caller may do something. */
    public boolean isAllowed(Access access) {
        List<Assignment> given = assignments;
        Instant now = clock.instant();
        Access known = new Access(
                access.action(),
                aliases.getOrDefault(access.resource().toLowerCase(Locale.ROOT), access.resource()),
                access.context());
        return given == null
                || Stream.concat(given.stream(), granted.values().stream())
                        .anyMatch(one -> !one.knownAt().isAfter(now) && allows(one.role(), known));
    }

    /** An access to data, which roles have actions of their own for. */
    public static Access toData(String action, String resource) {
        return Access.to(action, resource).with(DATA, "true");
    }

    private static boolean allows(JsonNode role, Access access) {
        String actions = access.context().containsKey(DATA) ? "DataActions" : "Actions";
        return texts(role.path(actions)).anyMatch(action -> matches(action, access.action()))
                && texts(role.path("Not" + actions)).noneMatch(action -> matches(action, access.action()))
                && texts(role.path("AssignableScopes")).anyMatch(scope -> isWithin(access.resource(), scope));
    }

    private static Stream<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText);
    }

    /** A star between slashes stands for nothing, too: by "workspaces/&#42;/read" a role of Azure's own reads workspaces. */
    private static boolean matches(String pattern, String action) {
        return isLike(pattern, action) || isLike(pattern.replace("/*/", "/"), action);
    }

    private static boolean isLike(String pattern, String action) {
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
