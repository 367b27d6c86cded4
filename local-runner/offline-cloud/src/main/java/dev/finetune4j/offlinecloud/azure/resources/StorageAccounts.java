package dev.finetune4j.offlinecloud.azure.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.BlobStore;
import dev.finetune4j.offlinecloud.azure.rest.AzureCall;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.azure.rest.Operation;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Storage accounts and their containers of blobs, which are Azurite's. Safe for use by several threads. */
final class StorageAccounts implements Preflight {
    private static final String TYPE = "Microsoft.Storage/storageAccounts";
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final String NAME = "[a-z0-9]{3,24}";
    private static final String CONTAINER = "(?!-)(?!.*--)[a-z0-9-]{3,63}(?<!-)";
    private static final String SERVICE = "/blobServices/{service}";

    private final Named accounts;
    private final Workspace place;
    private final BlobStore store;

    /** What services and containers are made of, by their ids below their account. */
    private final Map<String, ObjectNode> inside = new TreeMap<>();

    /**
     * The account that is there from the start.
     *
     * @param store that account, with others beside it
     */
    StorageAccounts(Workspace place, BlobStore store) {
        accounts = new Named(place, TYPE);
        this.place = place;
        this.store = store;
        try {
            keep(store.name(), Json.records().createObjectNode().put("location", place.region()));
        } catch (ServiceError e) {
            throw new IllegalStateException("the first account has no place yet to be moved from", e);
        }
    }

    List<Operation> operations() {
        String one = accounts.path();
        return List.of(
                Operation.management("StorageAccounts_Create", "PUT", one, this::put),
                Operation.management("StorageAccounts_GetProperties", "GET", one, accounts::get),
                Operation.management("StorageAccounts_Delete", "DELETE", one, this::delete),
                Operation.management("BlobServices_SetServiceProperties", "PUT", one + SERVICE, this::putService),
                Operation.management("BlobServices_GetServiceProperties", "GET", one + SERVICE, this::getInside),
                Operation.management(
                        "BlobContainers_Create", "PUT", one + SERVICE + "/containers/{container}", this::putContainer),
                Operation.management(
                        "BlobContainers_Get", "GET", one + SERVICE + "/containers/{container}", this::getInside));
    }

    Named all() {
        return accounts;
    }

    @Override
    public void check(String id) throws ServiceError {
        if (accounts.isOf(id)) {
            checkName(id.replaceFirst(".*/", ""));
        }
    }

    private void checkName(String name) throws ServiceError {
        if (!name.matches(NAME)) {
            throw AzureErrors.invalid(
                    "AccountNameInvalid",
                    name + " is not a valid storage account name. Storage account name must be between 3 and 24"
                            + " characters in length and use numbers and lower-case letters only.");
        }
        if (accounts.isTaken(name)) {
            throw AzureErrors.conflict(
                    "StorageAccountAlreadyTaken", "The storage account named " + name + " is already taken.");
        }
    }

    /** A new one is empty, whatever another cloud left under its name. */
    private Answer put(AzureCall call) throws ServiceError, IOException {
        ObjectNode body = call.json();
        String name = call.label("name");
        checkName(name);
        Named.checkLocation(body);
        if (!accounts.has(name)) {
            store.of(name).clear();
        }
        return keep(name, body);
    }

    private Answer keep(String name, ObjectNode body) throws ServiceError {
        body.withObject("/properties/primaryEndpoints")
                .put("blob", store.of(name).account() + "/");
        return accounts.put(name, body);
    }

    private Answer delete(AzureCall call) throws IOException {
        synchronized (inside) {
            String below = accounts.id(call.label("name")) + "/";
            inside.keySet().removeIf(id -> id.startsWith(below));
        }
        store.of(call.label("name")).clear();
        return accounts.delete(call);
    }

    private String account(AzureCall call) throws ServiceError {
        String name = call.label("name");
        if (!accounts.has(name)) {
            throw new ServiceError(
                    404,
                    "ParentResourceNotFound",
                    "Failed to perform 'write' on resource(s) of type 'storageAccounts/blobServices', because the parent"
                            + " resource '" + accounts.id(name) + "' could not be found.");
        }
        return name;
    }

    private Answer putService(AzureCall call) throws ServiceError {
        account(call);
        return kept(call, TYPE + "/blobServices", call.label("service"));
    }

    private Answer putContainer(AzureCall call) throws ServiceError, IOException {
        String name = call.label("container");
        BlobStore blobs = store.of(account(call));
        if (!name.matches(CONTAINER)) {
            throw AzureErrors.invalid(
                    "ContainerOperationFailure", "The specified resource name contains invalid characters: " + name);
        }
        blobs.createContainer(name);
        return kept(call, TYPE + "/blobServices/containers", name);
    }

    private String id(AzureCall call) {
        String container = call.label("container");
        return accounts.id(call.label("name")) + "/blobServices/" + call.label("service")
                + (container.isEmpty() ? "" : "/containers/" + container);
    }

    private Answer kept(AzureCall call, String type, String name) throws ServiceError {
        ObjectNode body = call.json().put("id", id(call)).put("name", name);
        body.set("type", TextNode.valueOf(type));
        synchronized (inside) {
            return AzureProtocol.json(inside.put(id(call), body) == null ? CREATED : OK, body);
        }
    }

    private Answer getInside(AzureCall call) throws ServiceError {
        synchronized (inside) {
            ObjectNode body = inside.get(id(call));
            if (body == null) {
                throw AzureErrors.noResource(
                        TYPE, id(call).replaceFirst(".*/storageAccounts/", ""), place.resourceGroup());
            }
            return AzureProtocol.json(OK, body);
        }
    }
}
