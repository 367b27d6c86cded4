package dev.finetune4j.offlinecloud.azure.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.rest.AzureCall;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.azure.rest.Operation;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/** Key vaults, whose names are kept when they are deleted. Nothing is kept in them. Safe for use by several threads. */
final class KeyVaults implements Preflight {
    private static final String TYPE = "Microsoft.KeyVault/vaults";
    private static final int OK = 200;
    private static final String NAME = "(?=.{3,24}$)[a-zA-Z](?:-?[a-zA-Z0-9])*";
    private static final String PURGE =
            "/subscriptions/{subscriptionId}/providers/Microsoft.KeyVault/locations/{location}/deletedVaults/{name}/purge";

    private final Named vaults;
    private final Set<String> deleted = new ConcurrentSkipListSet<>(String.CASE_INSENSITIVE_ORDER);

    /** None at first. */
    KeyVaults(Workspace place) {
        vaults = new Named(place, TYPE);
    }

    List<Operation> operations() {
        return List.of(
                Operation.management("Vaults_CreateOrUpdate", "PUT", vaults.path(), this::put),
                Operation.management("Vaults_Get", "GET", vaults.path(), vaults::get),
                Operation.management("Vaults_Delete", "DELETE", vaults.path(), this::delete),
                Operation.management("Vaults_PurgeDeleted", "POST", PURGE, this::purge));
    }

    Named all() {
        return vaults;
    }

    @Override
    public void check(String id) throws ServiceError {
        if (vaults.isOf(id)) {
            checkName(id.replaceFirst(".*/", ""));
        }
    }

    private void checkName(String name) throws ServiceError {
        if (!name.matches(NAME)) {
            throw AzureErrors.invalid(
                    "VaultNameNotValid",
                    "The vault name '" + name + "' is invalid. A vault's name must be between 3-24 alphanumeric"
                            + " characters. The name must begin with a letter, end with a letter or digit, and not"
                            + " contain consecutive hyphens.");
        }
        if (deleted.contains(name)) {
            throw AzureErrors.conflict(
                    "ConflictError",
                    "A vault with the same name already exists in deleted state. You need to either recover or purge"
                            + " existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for"
                            + " more information on soft delete.");
        }
        if (vaults.isTaken(name)) {
            throw AzureErrors.conflict(
                    "VaultAlreadyExists",
                    "The vault name '" + name + "' is already in use. Vault names are globally unique so it is possible"
                            + " that the name is already taken.");
        }
    }

    private Answer put(AzureCall call) throws ServiceError {
        ObjectNode body = call.json();
        checkName(call.label("name"));
        Named.checkLocation(body);
        for (String needed : List.of("tenantId", "sku")) {
            if (!body.path("properties").has(needed)) {
                throw AzureErrors.invalid("BadRequest", "The parameter properties." + needed + " is missing.");
            }
        }
        return vaults.put(call.label("name"), body);
    }

    private Answer delete(AzureCall call) {
        if (vaults.has(call.label("name"))) {
            deleted.add(call.label("name"));
        }
        return vaults.delete(call);
    }

    private Answer purge(AzureCall call) throws ServiceError {
        if (!deleted.remove(call.label("name"))) {
            throw AzureErrors.notFound(
                    "DeletedVaultNotFound", "The specified deleted vault '" + call.label("name") + "' does not exist.");
        }
        return Answer.empty(OK, Map.of());
    }
}
