package dev.finetune4j.offlinecloud.azure.rest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.Gate;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A subscription in which everybody who has signed in may do everything, until somebody gives the caller roles. They are assigned wherever they can
 * be. Of their data actions nothing is asked here: the store looks at tokens alone.
 */
public final class AzureGate implements Gate {
    private final String caller;
    private volatile @Nullable List<JsonNode> roles;

    /** @param caller id of the only one who signs in */
    public AzureGate(String caller) {
        this.caller = caller;
    }

    /** From now on the caller may do what role definitions say, in the form of {@code az role definition create}, and no more. */
    public void restrict(String... definitions) {
        roles = Stream.of(definitions)
                .map(definition -> Json.read(definition, JsonNode.class))
                .toList();
    }

    @Override
    public void check(String session) {
        // tokens are looked at before
    }

    @Override
    public void admit(String session, Access access) throws ServiceError {
        List<JsonNode> given = roles;
        if (given != null && given.stream().noneMatch(role -> allows(role, access))) {
            throw denial(session, access);
        }
    }

    private static boolean allows(JsonNode role, Access access) {
        return texts(role.path("Actions")).anyMatch(action -> matches(action, access.action()))
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
