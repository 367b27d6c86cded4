package dev.finetune4j.offlinecloud.azure.resources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.BlobStore;
import dev.finetune4j.offlinecloud.azure.rest.AzureCall;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.azure.rest.AzureGate;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.azure.rest.Operation;
import dev.finetune4j.offlinecloud.azure.rest.ResourceCalls;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * One resource group of the resource manager: deployments of templates to it, and its storage accounts, key vaults, identities, role assignments and
 * budgets. Workspaces, and whatever else a template may name, are made by the operations of whoever has them. Safe for use by several threads.
 */
public final class OfflineResources {
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int ACCEPTED = 202;
    private static final int NO_CONTENT = 204;
    private static final String ALL = Named.GROUP + "/providers/Microsoft.Resources/deployments";
    private static final String ONE = ALL + "/{deployment}";
    private static final String RESULTS =
            "/subscriptions/{subscriptionId}/providers/Microsoft.Resources/operationresults/{operation}";

    private final Workspace place;
    private final String tenant;
    private final String storageSuffix;
    private final Clock clock;
    private final Duration step;
    private final ResourceCalls calls;
    private final StorageAccounts accounts;
    private final KeyVaults vaults;
    private final Identities identities;
    private final List<Operation> operations = new ArrayList<>();
    private final Map<String, Deployment> deployments = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final Map<String, Foreseen> foreseen = new HashMap<>();

    /** What is worked out, which is told from some time on. */
    private record Foreseen(Instant toldFrom, ObjectNode answer) {}

    /**
     * The group of a workspace.
     *
     * @param tenant whose subscription it is
     * @param clock by which deployments go on
     * @param step how long each step of a deployment takes
     * @param storageSuffix what follows {@code ACCOUNT.blob.} in addresses of storage
     * @param store the storage account that is there, with others beside it
     * @param calls make what templates ask for
     * @param gate of the caller
     */
    public OfflineResources(
            Workspace place,
            String tenant,
            Clock clock,
            Duration step,
            String storageSuffix,
            BlobStore store,
            ResourceCalls calls,
            AzureGate gate) {
        this.place = place;
        this.tenant = tenant;
        this.storageSuffix = storageSuffix;
        this.clock = clock;
        this.step = step;
        this.calls = calls;
        accounts = new StorageAccounts(place, store);
        vaults = new KeyVaults(place);
        identities = new Identities(place, tenant, gate);
        RoleAssignments roles = new RoleAssignments(
                gate,
                clock,
                calls::has,
                principal -> principal.equals(gate.caller()) || identities.isPrincipal(principal));
        operations.addAll(List.of(
                Operation.management(
                        "ResourceGroups_Get",
                        "GET",
                        Named.GROUP,
                        call -> AzureProtocol.json(OK, surroundings().groupTold())),
                Operation.management("Deployments_ListByResourceGroup", "GET", ALL, call -> list()),
                Operation.management("Deployments_CreateOrUpdate", "PUT", ONE, this::put),
                Operation.management(
                        "Deployments_Get",
                        "GET",
                        ONE,
                        call -> AzureProtocol.json(OK, existing(call).told())),
                Operation.management("Deployments_Delete", "DELETE", ONE, this::delete),
                Operation.management("Deployments_Validate", "POST", ONE + "/validate", this::validate),
                Operation.management("Deployments_WhatIf", "POST", ONE + "/whatIf", this::whatIf),
                Operation.management("DeploymentOperations_List", "GET", ONE + "/operations", this::listOperations),
                Operation.management(
                        "DeploymentOperationStatuses_Get",
                        "GET",
                        ONE + "/operationStatuses/{operation}",
                        call -> AzureProtocol.json(OK, existing(call).status())),
                Operation.management("OperationResults_Get", "GET", RESULTS, this::result)));
        operations.addAll(accounts.operations());
        operations.addAll(vaults.operations());
        operations.addAll(identities.operations());
        operations.addAll(new Budgets(place).operations());
        operations.addAll(roles.operations());
    }

    /** What can be asked for. */
    public List<Operation> operations() {
        return operations;
    }

    /** Somebody else has a storage account of this name from now on, which is one of all subscriptions. */
    public void takeStorageAccount(String name) {
        accounts.all().take(name);
    }

    /** Somebody else has a key vault of this name from now on, which is one of all subscriptions. */
    public void takeKeyVault(String name) {
        vaults.all().take(name);
    }

    /** Lets deployments go on with what is due by now, though nobody asks. */
    public synchronized void advance() {
        deployments.values().forEach(one -> one.advance(clock.instant()));
    }

    private Surroundings surroundings() {
        return new Surroundings(place, tenant, storageSuffix, clock.instant());
    }

    private synchronized Deployment existing(AzureCall call) throws ServiceError {
        advance();
        Deployment found = deployments.get(call.label("deployment"));
        if (found == null) {
            throw AzureErrors.notFound(
                    "DeploymentNotFound", "Deployment '" + call.label("deployment") + "' could not be found.");
        }
        return found;
    }

    private synchronized Answer list() {
        advance();
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode all = answer.putArray("value");
        deployments.values().forEach(one -> all.add(one.told()));
        return AzureProtocol.json(OK, answer);
    }

    private Template template(AzureCall call) throws ServiceError {
        JsonNode properties = call.json().path("properties");
        if (!properties.path("mode").asText().equals("Incremental")) {
            throw AzureErrors.invalid(
                    "InvalidRequestContent", "The offline cloud deploys in the mode Incremental only.");
        }
        if (!properties.path("template").has("resources")) {
            throw Template.invalid("The template has no resources.");
        }
        return new Template(
                properties.path("template"),
                properties.path("parameters"),
                surroundings(),
                (id, version) -> calls.get(id, call.base(), version));
    }

    /** What can be said before anything is made: of types and versions, of what the caller may, and of names. */
    private void check(Template template, AzureCall call) throws ServiceError {
        List<ServiceError> wrong = new ArrayList<>();
        for (Template.Asked one : template.resources()) {
            calls.check(one.id(), call.base(), one.version(), one.body());
            for (Preflight preflight : List.of(accounts, vaults)) {
                try {
                    preflight.check(one.id());
                } catch (ServiceError e) {
                    wrong.add(e);
                }
            }
        }
        if (!wrong.isEmpty()) {
            throw AzureErrors.within(
                    AzureErrors.invalid(
                            "InvalidTemplateDeployment",
                            "The template deployment '" + call.label("deployment")
                                    + "' is not valid according to the validation procedure. The tracking id is '"
                                    + UUID.randomUUID() + "'. See inner errors for details."),
                    wrong);
        }
    }

    private synchronized Answer put(AzureCall call) throws ServiceError {
        advance();
        String name = call.label("deployment");
        if (!name.matches("[\\w.()-]{1,64}")) {
            throw AzureErrors.invalid("InvalidDeploymentName", "The deployment name '" + name + "' is invalid.");
        }
        Deployment before = deployments.get(name);
        if (before != null && !before.isOver()) {
            throw AzureErrors.conflict(
                    "DeploymentActive",
                    "Unable to edit or replace deployment '" + name + "': previous deployment from '" + before.begunAt()
                            + "' is still active.");
        }
        Template template = template(call);
        check(template, call);
        String id = surroundings().group() + "/providers/Microsoft.Resources/deployments/" + name;
        Deployment deployment = new Deployment(id, call.base(), template, calls, clock.instant(), step);
        deployments.put(name, deployment);
        return AzureProtocol.json(before == null ? CREATED : OK, deployment.told())
                .with(
                        "Azure-AsyncOperation",
                        call.base() + id + "/operationStatuses/" + deployment.operation() + "?api-version="
                                + call.query("api-version"));
    }

    /** What was made stays. */
    private synchronized Answer delete(AzureCall call) throws ServiceError {
        if (!existing(call).isOver()) {
            throw AzureErrors.conflict(
                    "DeploymentBeingActive", "The deployment '" + call.label("deployment") + "' is still active.");
        }
        deployments.remove(call.label("deployment"));
        return Answer.empty(NO_CONTENT, Map.of());
    }

    private synchronized Answer validate(AzureCall call) throws ServiceError {
        advance();
        Template template = template(call);
        check(template, call);
        ObjectNode answer = Json.records().createObjectNode();
        ObjectNode properties = answer.putObject("properties").put("provisioningState", "Succeeded");
        properties.set("parameters", template.parameters());
        ArrayNode validated = properties.putArray("validatedResources");
        template.resources().forEach(one -> validated.addObject().put("id", one.id()));
        return AzureProtocol.json(OK, answer);
    }

    /** Nobody is asked of names before, which tell only when something is made. */
    private synchronized Answer whatIf(AzureCall call) throws ServiceError {
        advance();
        Template template = template(call);
        ObjectNode answer = Json.records().createObjectNode().put("status", "Succeeded");
        ArrayNode changes = answer.putObject("properties").putArray("changes");
        Set<String> named = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (Template.Asked one : template.resources()) {
            calls.check(one.id(), call.base(), one.version(), one.body());
            named.add(one.id());
            changes.add(change(one, template.foreseen(one), calls.get(one.id(), call.base(), one.version())));
        }
        List<String> there = new ArrayList<>(accounts.all().ids());
        there.addAll(vaults.all().ids());
        there.addAll(identities.all().ids());
        there.add(place.id());
        there.stream()
                .filter(id -> !named.contains(id))
                .forEach(id -> changes.addObject().put("resourceId", id).put("changeType", "Ignore"));
        String operation = UUID.randomUUID().toString();
        foreseen.put(operation, new Foreseen(clock.instant().plus(step), answer));
        return later(call, operation);
    }

    private static ObjectNode change(Template.Asked asked, ObjectNode after, Optional<ObjectNode> before) {
        String type = before.isEmpty() ? "Create" : isWithin(after, before.get()) ? "NoChange" : "Modify";
        ObjectNode change =
                Json.records().createObjectNode().put("resourceId", asked.id()).put("changeType", type);
        before.ifPresent(there -> change.set("before", there));
        after.put("id", asked.id()).put("apiVersion", asked.version());
        change.set("after", after);
        return change;
    }

    /** Whether all that is wanted is there; more may be. */
    private static boolean isWithin(JsonNode wanted, JsonNode there) {
        if (!(wanted instanceof ObjectNode object)) {
            return wanted.equals(there)
                    || (wanted.isValueNode()
                            && there.isValueNode()
                            && wanted.asText().equals(there.asText()));
        }
        return object.properties().stream()
                .allMatch(member -> isWithin(member.getValue(), there.path(member.getKey())));
    }

    private Answer later(AzureCall call, String operation) {
        String where = call.base()
                + RESULTS.replace("{subscriptionId}", place.subscription()).replace("{operation}", operation)
                + "?api-version=" + call.query("api-version");
        return Answer.empty(ACCEPTED, Map.of("Location", where, "Retry-After", "1"));
    }

    private synchronized Answer result(AzureCall call) throws ServiceError {
        Foreseen found = foreseen.get(call.label("operation"));
        if (found == null) {
            throw AzureErrors.notFound("NotFound", "There is no operation " + call.label("operation") + ".");
        }
        return found.toldFrom().isAfter(clock.instant())
                ? later(call, call.label("operation"))
                : AzureProtocol.json(OK, found.answer());
    }

    private synchronized Answer listOperations(AzureCall call) throws ServiceError {
        ObjectNode answer = Json.records().createObjectNode();
        answer.putArray("value").addAll(existing(call).operations());
        return AzureProtocol.json(OK, answer);
    }
}
