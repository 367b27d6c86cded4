package dev.finetune4j.offlinecloud.azure.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.rest.AzureCall;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.azure.rest.AzureGate;
import dev.finetune4j.offlinecloud.azure.rest.Operation;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListSet;

/** Identities that jobs act as. Safe for use by several threads. */
final class Identities {
    private static final String TYPE = "Microsoft.ManagedIdentity/userAssignedIdentities";
    private static final String NAME = "[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}";

    private final Named identities;
    private final String tenant;
    private final AzureGate gate;
    private final Set<String> principals = new ConcurrentSkipListSet<>();

    /** None at first. */
    Identities(Workspace place, String tenant, AzureGate gate) {
        identities = new Named(place, TYPE);
        this.tenant = tenant;
        this.gate = gate;
    }

    List<Operation> operations() {
        return List.of(
                Operation.management("UserAssignedIdentities_CreateOrUpdate", "PUT", identities.path(), this::put),
                Operation.management("UserAssignedIdentities_Get", "GET", identities.path(), identities::get),
                Operation.management("UserAssignedIdentities_Delete", "DELETE", identities.path(), identities::delete));
    }

    Named all() {
        return identities;
    }

    /** Whether somebody is one of these, by the object id by which roles are assigned. */
    boolean isPrincipal(String id) {
        return principals.contains(id);
    }

    /** Jobs name it by its client id. */
    private Answer put(AzureCall call) throws ServiceError {
        ObjectNode body = call.json();
        String name = call.label("name");
        if (!name.matches(NAME)) {
            throw AzureErrors.invalid("InvalidParameter", "The name '" + name + "' of the identity is invalid.");
        }
        Named.checkLocation(body);
        String id = identities.id(name);
        String principal = uuid("principal of " + id);
        String client = uuid("client of " + id);
        principals.add(principal);
        gate.alias(identities.id(client), id);
        body.withObject("/properties")
                .put("tenantId", tenant)
                .put("principalId", principal)
                .put("clientId", client);
        return identities.put(name, body);
    }

    private static String uuid(String of) {
        return UUID.nameUUIDFromBytes(of.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
