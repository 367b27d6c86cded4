package dev.finetune4j.offlinecloud.azure.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.openai.Deployment.Settings;
import dev.finetune4j.offlinecloud.azure.openai.TunableModels.BaseModel;
import dev.finetune4j.offlinecloud.azure.rest.AzureCall;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.azure.rest.BodySchema;
import dev.finetune4j.offlinecloud.azure.rest.Operation;
import dev.finetune4j.offlinecloud.learner.AnswerCounter;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The deployments of all resources, as the resource manager knows them. Guarded by the service that owns it. */
final class Deployments {
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;
    private static final int TOKENS_A_UNIT = 1000;
    private static final int SECONDS_A_MINUTE = 60;
    private static final int MILLIS_A_SECOND = 1000;

    /** The only one that a tuned model has. */
    private static final String TUNED_VERSION = "1";

    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{1,63}";

    private final OfflineOpenAi service;

    Deployments(OfflineOpenAi service) {
        this.service = service;
    }

    /** What can be asked for. */
    List<Operation> operations() {
        String all = Accounts.PATH + "/{accountName}/deployments";
        String one = all + "/{deploymentName}";
        return List.of(
                Operation.management("Deployments_List", "GET", all, this::list),
                Operation.management("Deployments_CreateOrUpdate", "PUT", one, this::put),
                Operation.management("Deployments_Get", "GET", one, this::get),
                Operation.management("Deployments_Delete", "DELETE", one, this::delete),
                Operation.management(
                        "DeploymentOperations_Get",
                        "GET",
                        Accounts.LOCATION_PATH + "/operationResults/{accountName}/deployments/{deploymentName}",
                        this::operation));
    }

    /** Takes away what nobody asked for too long. */
    void advance(Account account) {
        Instant now = service.now();
        for (Deployment deployment : account.deployments()) {
            if (!deployment.endsAt().isAfter(now)) {
                end(account, deployment, deployment.endsAt());
            }
        }
    }

    private static void end(Account account, Deployment deployment, Instant at) {
        account.remove(deployment);
        account.pay(deployment.cost(at));
    }

    /** Takes all of a resource away, as when it is deleted. */
    void endAll(Account account) {
        account.deployments().forEach(one -> end(account, one, service.now()));
    }

    private Answer put(AzureCall call) throws ServiceError {
        Account account = service.existing(call);
        String name = call.label("deploymentName");
        ObjectNode body = call.json();
        BodySchema.checkCognitive(call.query("api-version"), "accounts/deployments", body);
        if (!name.matches(NAME)) {
            throw AzureErrors.invalid(
                    "InvalidResourceName",
                    "The deployment name '" + name
                            + "' is invalid: it must be 2 to 64 letters, digits, '.', '_' or '-' that begin with a letter or digit.");
        }
        Settings settings = settings(account, body);
        Optional<Deployment> before = account.deployment(name);
        checkRoom(account, name, settings);
        Deployment deployment = replacing(account, before.map(Deployment::name).orElse(name), settings);
        account.put(deployment);
        Answer answer = AzureProtocol.json(before.isEmpty() ? CREATED : OK, described(account, deployment))
                .with("Azure-AsyncOperation", statusUri(call, account, deployment.name()));
        return pausing(answer, deployment);
    }

    /** Tells in whole seconds how long to stay away, where there is something to wait for. */
    private Answer pausing(Answer answer, Deployment deployment) {
        Duration pause = deployment.pause(service.now());
        return pause.isZero()
                ? answer
                : answer.with(
                        AzureErrors.RETRY_AFTER,
                        Long.toString(pause.plusMillis(MILLIS_A_SECOND - 1).toSeconds()));
    }

    /** What comes in the place of what had the name before. Another capacity is no other deployment, and paid as one. */
    private Deployment replacing(Account account, String name, Settings settings) {
        Instant now = service.now();
        Optional<Deployment> before = account.deployment(name);
        if (before.isPresent() && before.get().settings().isSameAs(settings)) {
            return before.get().with(settings, now);
        }
        before.ifPresent(one -> end(account, one, now));
        return new Deployment(name, settings, now, now.plus(service.pace().deploying()));
    }

    private static String statusUri(AzureCall call, Account account, String name) {
        return call.base()
                + Accounts.LOCATION_PATH
                        .replace("{subscriptionId}", call.label("subscriptionId"))
                        .replace("{location}", account.region())
                + "/operationResults/"
                + account.name() + "/deployments/" + name + "?api-version=" + call.query("api-version");
    }

    /** What has the name already makes room for what comes in its place. */
    private void checkRoom(Account account, String name, Settings settings) throws ServiceError {
        OpenAiLimits limits = service.limits();
        List<Deployment> others = account.deployments().stream()
                .filter(one -> !one.name().equalsIgnoreCase(name))
                .toList();
        long tuned = others.stream().filter(one -> one.settings().isTuned()).count();
        boolean isFull =
                others.size() >= limits.deployments() || (settings.isTuned() && tuned >= limits.tunedDeployments());
        if (isFull) {
            throw AzureErrors.invalid(
                    "InsufficientQuota",
                    "The resource has " + tuned + " deployments of fine-tuned models and "
                            + others.size() + " in all, but may have " + limits.tunedDeployments()
                            + " and " + limits.deployments() + ".");
        }
    }

    private Settings settings(Account account, ObjectNode body) throws ServiceError {
        JsonNode model = body.path("properties").path("model");
        String name = model.path("name").asText();
        String version = model.path("version").asText(TUNED_VERSION);
        String sku = body.path("sku").path("name").asText("Standard");
        int capacity = body.path("sku").path("capacity").asInt(1);
        if (!model.path("format").asText().equals("OpenAI") || name.isEmpty()) {
            throw properties("The model of a deployment must have the format 'OpenAI' and a name.");
        }
        if (!TunableModels.trainingTypes().contains(sku) || capacity < 1) {
            throw properties("The specified SKU '" + sku + "' with capacity " + capacity + " for model '" + name + " "
                    + version + "' is not supported in this region '" + account.region() + "'.");
        }
        String source = model.path("source").asText(model.path("sourceAccount").asText(account.id()));
        Optional<TunedModel> tuned = service.accountWithId(source)
                .flatMap(owner -> Optional.ofNullable(owner.models().get(name)));
        if (tuned.isPresent()) {
            if (!version.equals(TUNED_VERSION)) {
                throw notSupported(name, version);
            }
            BigDecimal hourly = TunableModels.offer(tuned.get().base(), sku, account.region())
                    .map(TunableModels.Offer::hosting)
                    .orElseThrow(() -> properties("The specified SKU '" + sku + "' for model '" + name
                            + "' is not supported in this region '" + account.region() + "'."));
            return new Settings(
                    name, version, sku, capacity, true, hourly, tuned.get().answers(), tags(body));
        }
        BaseModel base = TunableModels.find(name + "-" + version).orElseThrow(() -> notSupported(name, version));
        if (sku.equals(Deployment.TRIAL_SKU)) {
            throw properties("The specified SKU '" + sku + "' is for fine-tuned models only, not for '" + name + "'.");
        }
        return new Settings(
                base.alias(), version, sku, capacity, false, BigDecimal.ZERO, new AnswerCounter(), tags(body));
    }

    private static Map<String, String> tags(ObjectNode body) {
        Map<String, String> tags = new LinkedHashMap<>();
        body.path("tags")
                .properties()
                .forEach(tag -> tags.put(tag.getKey(), tag.getValue().asText()));
        return tags;
    }

    private static ServiceError notSupported(String name, String version) {
        return AzureErrors.invalid(
                "DeploymentModelNotSupported",
                "Creating account deployment is not supported by the model '" + name + "', version '" + version + "'.");
    }

    private static ServiceError properties(String message) {
        return AzureErrors.invalid("InvalidResourceProperties", message);
    }

    private Answer list(AzureCall call) throws ServiceError {
        Account account = service.existing(call);
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode all = answer.putArray("value");
        account.deployments().forEach(one -> all.add(described(account, one)));
        return AzureProtocol.json(OK, answer);
    }

    private Answer get(AzureCall call) throws ServiceError {
        Account account = service.existing(call);
        return AzureProtocol.json(OK, described(account, existing(account, call)));
    }

    /** How far a deployment is that was asked for, or how it ended, though it was taken away since. */
    private Answer operation(AzureCall call) throws ServiceError {
        Account account = service.existing(call);
        Optional<Deployment> found = account.deployment(call.label("deploymentName"));
        ObjectNode told = Json.records().createObjectNode();
        Optional<String> failure = account.failure(call.label("deploymentName"));
        if (failure.isPresent()) {
            told.put("status", "Failed")
                    .putObject("error")
                    .put("code", "DeploymentFailed")
                    .put("message", failure.get());
            return AzureProtocol.json(OK, told);
        }
        if (found.isEmpty() || found.get().isUp(service.now())) {
            return AzureProtocol.json(OK, told.put("status", "Succeeded"));
        }
        return pausing(AzureProtocol.json(OK, told.put("status", "InProgress")), found.get());
    }

    private static Deployment existing(Account account, AzureCall call) throws ServiceError {
        return account.deployment(call.label("deploymentName"))
                .orElseThrow(() -> AzureErrors.notFound(
                        "ResourceNotFound",
                        "The Resource 'Microsoft.CognitiveServices/accounts/" + account.name() + "/deployments/"
                                + call.label("deploymentName") + "' was not found."));
    }

    private Answer delete(AzureCall call) throws ServiceError {
        Account account = service.existing(call);
        Optional<Deployment> deployment = account.deployment(call.label("deploymentName"));
        if (deployment.isEmpty()) {
            return Answer.empty(NO_CONTENT, Map.of());
        }
        end(account, deployment.get(), service.now());
        return Answer.empty(OK, Map.of());
    }

    private ObjectNode described(Account account, Deployment deployment) {
        Settings settings = deployment.settings();
        ObjectNode told = Json.records()
                .createObjectNode()
                .put("id", account.id() + "/deployments/" + deployment.name())
                .put("name", deployment.name())
                .put("type", "Microsoft.CognitiveServices/accounts/deployments");
        told.putObject("sku").put("name", settings.sku()).put("capacity", settings.capacity());
        if (!settings.tags().isEmpty()) {
            ObjectNode tags = told.putObject("tags");
            settings.tags().forEach(tags::put);
        }
        ObjectNode properties = told.putObject("properties");
        properties
                .putObject("model")
                .put("format", "OpenAI")
                .put("name", settings.model())
                .put("version", settings.version());
        properties
                .put("provisioningState", deployment.provisioning(service.now()))
                .put("versionUpgradeOption", settings.isTuned() ? "NoAutoUpgrade" : "OnceNewDefaultVersionAvailable")
                .put("currentCapacity", settings.capacity())
                .putObject("capabilities")
                .put("chatCompletion", "true");
        properties
                .putArray("rateLimits")
                .addObject()
                .put("key", "token")
                .put("renewalPeriod", SECONDS_A_MINUTE)
                .put("count", settings.capacity() * TOKENS_A_UNIT);
        told.putObject("systemData")
                .put("createdBy", "offline")
                .put("createdByType", "Application")
                .put("createdAt", deployment.createdAt().toString());
        return told;
    }
}
