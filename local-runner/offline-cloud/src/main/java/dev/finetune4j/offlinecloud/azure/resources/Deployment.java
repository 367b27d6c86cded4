package dev.finetune4j.offlinecloud.azure.resources;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.azure.rest.ResourceCalls;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The making of what a template asks for: in each step all resources that need none any more, those that the template names last first, since
 * nobody may rely on their order. One that fails ends the deployment when the others are made that do not need it. Guarded by its owner.
 */
final class Deployment {
    private static final Set<String> SLOW = Set.of("Microsoft.MachineLearningServices/workspaces");

    private final String id;
    private final String base;
    private final Template template;
    private final ResourceCalls calls;
    private final Instant begunAt;
    private final Duration step;
    private final String operation = UUID.randomUUID().toString();
    private final List<Template.Asked> left;
    private final Set<String> made = new TreeSet<>();
    private final Map<Template.Asked, ServiceError> failed = new LinkedHashMap<>();
    private final List<ObjectNode> operations = new ArrayList<>();
    private String state = "Accepted";
    private int steps;
    private ObjectNode outputs = Json.records().createObjectNode();
    private List<ServiceError> errors = List.of();

    /**
     * A deployment that has not begun yet.
     *
     * @param id its own
     * @param base where the client found the services
     * @param step how long each step takes
     */
    Deployment(String id, String base, Template template, ResourceCalls calls, Instant begunAt, Duration step) {
        this.id = id;
        this.base = base;
        this.template = template;
        this.calls = calls;
        this.begunAt = begunAt;
        this.step = step;
        left = new ArrayList<>(template.resources());
    }

    boolean isOver() {
        return !state.equals("Accepted") && !state.equals("Running");
    }

    Instant begunAt() {
        return begunAt;
    }

    /** What whoever waits for it asks for. */
    String operation() {
        return operation;
    }

    String state() {
        return state;
    }

    /** Goes on with what is due by now. */
    void advance(Instant now) {
        while (!isOver() && !begunAt.plus(step.multipliedBy(steps + 1L)).isAfter(now)) {
            steps++;
            state = "Running";
            List<Template.Asked> ready = new ArrayList<>();
            for (Iterator<Template.Asked> all = left.iterator(); all.hasNext(); ) {
                Template.Asked one = all.next();
                if (made.containsAll(one.needs())) {
                    ready.add(one);
                    all.remove();
                }
            }
            Collections.reverse(ready);
            ready.forEach(one -> make(one, now));
            if (ready.isEmpty()) {
                end();
            }
        }
    }

    private void make(Template.Asked one, Instant now) {
        ObjectNode told = Json.records().createObjectNode();
        ObjectNode properties = told.put("operationId", UUID.randomUUID().toString())
                .put("id", id + "/operations/" + told.path("operationId").asText())
                .putObject("properties")
                .put("provisioningOperation", "Create")
                .put("timestamp", now.toString());
        properties
                .putObject("targetResource")
                .put("id", one.id())
                .put("resourceType", type(one.id()))
                .put("resourceName", one.id().replaceFirst(".*/", ""));
        operations.add(told);
        try {
            calls.put(one.id(), base, one.version(), template.body(one));
            made.add(one.id().toLowerCase(Locale.ROOT));
            properties.put("provisioningState", "Succeeded").put("statusCode", "OK");
        } catch (ServiceError e) {
            fail(one, e, properties);
        } catch (IOException | RuntimeException e) {
            fail(one, new ServiceError(500, "InternalServerError", String.valueOf(e.getMessage())), properties);
        }
    }

    private void fail(Template.Asked one, ServiceError why, ObjectNode properties) {
        ServiceError told = SLOW.contains(type(one.id()))
                ? AzureErrors.within(
                        AzureErrors.conflict(
                                "ResourceDeploymentFailure",
                                "The resource write operation failed to complete successfully, because it reached terminal"
                                        + " provisioning state 'Failed'."),
                        List.of(why))
                : why;
        failed.put(one, told);
        properties.put("provisioningState", "Failed").put("statusCode", Integer.toString(told.status()));
        properties.putObject("statusMessage").set("error", AzureErrors.json(told));
    }

    private void end() {
        errors = List.copyOf(failed.values());
        if (errors.isEmpty()) {
            try {
                outputs = template.outputs();
            } catch (ServiceError e) {
                errors = List.of(e);
            }
        }
        state = errors.isEmpty() ? "Succeeded" : "Failed";
    }

    /** A resource's kind, of the last provider in its id. */
    static String type(String id) {
        String[] parts = id.substring(id.lastIndexOf("/providers/") + "/providers/".length())
                .split("/");
        StringBuilder type = new StringBuilder(parts[0]);
        for (int i = 1; i < parts.length; i += 2) {
            type.append('/').append(parts[i]);
        }
        return type.toString();
    }

    /** As whoever asks for it is told. */
    ObjectNode told() {
        ObjectNode told = Json.records()
                .createObjectNode()
                .put("id", id)
                .put("name", id.replaceFirst(".*/", ""))
                .put("type", "Microsoft.Resources/deployments");
        ObjectNode properties = told.putObject("properties")
                .put("mode", "Incremental")
                .put("provisioningState", state)
                .put("timestamp", begunAt.plus(step.multipliedBy(steps)).toString())
                .put("duration", step.multipliedBy(steps).toString())
                .put("correlationId", operation);
        properties.set("parameters", template.parameters());
        if (state.equals("Succeeded")) {
            properties.set("outputs", outputs);
            ArrayNode resources = properties.putArray("outputResources");
            template.resources().forEach(one -> resources.addObject().put("id", one.id()));
        }
        error().ifPresent(error -> properties.set("error", error));
        return told;
    }

    /** How far it is. */
    ObjectNode status() {
        ObjectNode status = Json.records().createObjectNode().put("status", state);
        error().ifPresent(error -> status.set("error", error));
        return status;
    }

    private Optional<ObjectNode> error() {
        return errors.isEmpty()
                ? Optional.empty()
                : Optional.of(AzureErrors.json(AzureErrors.within(
                        AzureErrors.conflict(
                                "DeploymentFailed",
                                "At least one resource deployment operation failed. Please list deployment operations for"
                                        + " details. Please see https://aka.ms/arm-deployment-operations for usage details."),
                        errors)));
    }

    List<ObjectNode> operations() {
        return operations;
    }
}
