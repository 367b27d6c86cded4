package dev.finetune4j.azure.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.AccessPolicy;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A role of Azure's of just what is named. It can name no resource as its scope, so that its description says at which one it is to be
 * assigned.
 *
 * @param name after {@code finetune4j}
 * @param actions what is done by the resource manager, with what for
 * @param dataActions what is done to data, with what for
 * @param scope below which it can be assigned
 */
public record RoleDefinition(String name, Map<String, String> actions, Map<String, String> dataActions, String scope) {
    /**
     * The role as a policy.
     *
     * @param holder who has it
     * @param identity the job's, or empty
     * @param where it is to be assigned, such as {@code at /subscriptions/...}
     */
    public AccessPolicy policy(AccessPolicy.Holder holder, String identity, String where) {
        ObjectNode role = Json.records().createObjectNode();
        role.put("Name", "finetune4j " + name)
                .put("IsCustom", true)
                .put("Description", "what finetune4j's jobs take, and no more; assign it " + where);
        actions.keySet().forEach(role.putArray("Actions")::add);
        dataActions.keySet().forEach(role.putArray("DataActions")::add);
        role.putArray("AssignableScopes").add(scope);
        Map<String, String> reasons = new LinkedHashMap<>(actions);
        reasons.putAll(dataActions);
        return new AccessPolicy(holder, identity, Json.pretty(role), reasons);
    }
}
