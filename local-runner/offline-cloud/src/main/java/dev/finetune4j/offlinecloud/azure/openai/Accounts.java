package dev.finetune4j.offlinecloud.azure.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.rest.AzureCall;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.azure.rest.BodySchema;
import dev.finetune4j.offlinecloud.azure.rest.Operation;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The resources of Azure OpenAI, as the resource manager knows them. Guarded by the service that owns it. */
final class Accounts {
    private static final String SUBSCRIPTION = "/subscriptions/{subscriptionId}";
    private static final String PROVIDER = "/providers/Microsoft.CognitiveServices";

    /** Path of the resources of a group. */
    static final String PATH = SUBSCRIPTION + "/resourceGroups/{resourceGroupName}" + PROVIDER + "/accounts";

    /** Path of what a subscription has in a region. */
    static final String LOCATION_PATH = SUBSCRIPTION + PROVIDER + "/locations/{location}";

    private static final String TYPE = "Microsoft.CognitiveServices/accounts";
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9-]{1,63}";
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;
    private static final int CONFLICT = 409;

    /** How long a name is kept after its resource was deleted. */
    private static final Duration KEPT = Duration.ofDays(2);

    private final Workspace workspace;
    private final OfflineOpenAi service;
    private final Deployments deployments;
    private final Map<String, Account> accounts = new LinkedHashMap<>();

    /** Resources that are purged, which have to be paid all the same. */
    private final List<Account> purged = new ArrayList<>();

    Accounts(Workspace workspace, OfflineOpenAi service, Deployments deployments) {
        this.workspace = workspace;
        this.service = service;
        this.deployments = deployments;
    }

    /** What can be asked for. */
    List<Operation> operations() {
        String one = PATH + "/{accountName}";
        String deleted = LOCATION_PATH + "/resourceGroups/{resourceGroupName}/deletedAccounts/{accountName}";
        return List.of(
                Operation.management("Accounts_ListByResourceGroup", "GET", PATH, this::list),
                Operation.management("Accounts_List", "GET", SUBSCRIPTION + PROVIDER + "/accounts", this::list),
                Operation.management("Accounts_Create", "PUT", one, this::put),
                Operation.management("Accounts_Get", "GET", one, this::get),
                Operation.management("Accounts_Delete", "DELETE", one, this::delete),
                Operation.management("Accounts_ListKeys", "POST", one + "/listKeys", this::keys),
                Operation.management(
                        "DeletedAccounts_List", "GET", SUBSCRIPTION + PROVIDER + "/deletedAccounts", this::listDeleted),
                Operation.management("DeletedAccounts_Get", "GET", deleted, this::getDeleted),
                Operation.management("DeletedAccounts_Purge", "DELETE", deleted, this::purge));
    }

    /** Makes one of kind OpenAI without asking, whose subdomain is its name. */
    void add(String name, String region) {
        add(name, region, "OpenAI", name);
    }

    private Account add(String name, String region, String kind, String subdomain) {
        Account account = new Account(name, id(name), region, kind, subdomain, service.now());
        accounts.put(key(name), account);
        return account;
    }

    private String id(String name) {
        return PATH.replace("{subscriptionId}", workspace.subscription())
                        .replace("{resourceGroupName}", workspace.resourceGroup())
                + "/" + name;
    }

    /** By what a name is found, in which the size of letters does not matter. */
    static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** One that is not deleted, by its name, in which the size of letters does not matter. */
    Optional<Account> find(String name) {
        return Optional.ofNullable(accounts.get(key(name))).filter(Account::isThere);
    }

    /** All that are not deleted. */
    List<Account> all() {
        return accounts.values().stream().filter(Account::isThere).toList();
    }

    /** All that ever were. */
    Stream<Account> ever() {
        return Stream.concat(accounts.values().stream(), purged.stream());
    }

    /** Lets go of names that were kept long enough. */
    void advance() {
        Instant now = service.now();
        for (Account account : List.copyOf(accounts.values())) {
            Optional<Instant> deletedAt = account.deletedAt();
            if (deletedAt.isPresent() && !deletedAt.get().plus(KEPT).isAfter(now)) {
                forget(account);
            }
        }
    }

    private void forget(Account account) {
        accounts.remove(key(account.name()));
        purged.add(account);
    }

    private Answer put(AzureCall call) throws ServiceError {
        String name = call.label("accountName");
        ObjectNode body = call.json();
        BodySchema.checkCognitive(call.query("api-version"), "accounts", body);
        String kind = body.path("kind").asText();
        if (!name.matches(NAME)) {
            throw AzureErrors.invalid(
                    "AccountNameInvalid",
                    "The account name '" + name
                            + "' is invalid: it must be 2 to 64 letters, digits or '-' that begin with a letter or digit.");
        }
        if (!kind.equals("OpenAI") && !kind.equals("AIServices")) {
            throw AzureErrors.invalid(
                    "InvalidApiSetId",
                    "The offline cloud has accounts of kind OpenAI and AIServices, was '" + kind + "'.");
        }
        String region = body.path("location").asText().replace(" ", "").toLowerCase(Locale.ROOT);
        if (TunableModels.in(region).isEmpty()) {
            throw AzureErrors.invalid(
                    "LocationNotAvailableForResourceType",
                    "The provided location '" + region + "' is not available for resource type '" + TYPE + "'.");
        }
        Account before = accounts.get(key(name));
        String subdomain = body.path("properties").path("customSubDomainName").asText("");
        if (before == null) {
            return AzureProtocol.json(CREATED, described(call, add(name, region, kind, subdomain)));
        }
        checkSame(before, region, subdomain);
        if (!before.isThere()) {
            if (!body.path("properties").path("restore").asBoolean()) {
                throw new ServiceError(
                        CONFLICT,
                        "FlagMustBeSetForRestore",
                        "An existing resource with ID '" + before.id()
                                + "' has been soft-deleted. To restore the resource, you must specify 'restore' to be 'true' in the"
                                + " property. If you don't want to restore existing resource, please purge it first.");
            }
            before.restore();
        }
        if (before.subdomain().isEmpty()) {
            before.subdomain(subdomain);
        }
        return AzureProtocol.json(OK, described(call, before));
    }

    /** What a resource keeps for good. */
    private static void checkSame(Account account, String region, String subdomain) throws ServiceError {
        if (!account.region().equals(region)) {
            throw new ServiceError(
                    CONFLICT,
                    "InvalidResourceLocation",
                    "The resource '" + account.name() + "' already exists in location '" + account.region()
                            + "'. A resource with the same name cannot be created in location '" + region
                            + "'. Please select a new resource name.");
        }
        if (!subdomain.isEmpty()
                && !account.subdomain().isEmpty()
                && !account.subdomain().equalsIgnoreCase(subdomain)) {
            throw AzureErrors.invalid(
                    "BadRequest",
                    "The custom subdomain '" + account.subdomain() + "' of '" + account.name()
                            + "' cannot be changed, was '" + subdomain + "'.");
        }
    }

    private Answer list(AzureCall call) {
        return all(all().stream().map(account -> described(call, account)));
    }

    private static Answer all(Stream<ObjectNode> told) {
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode all = answer.putArray("value");
        told.forEach(all::add);
        return AzureProtocol.json(OK, answer);
    }

    private Answer get(AzureCall call) throws ServiceError {
        return AzureProtocol.json(OK, described(call, service.existing(call)));
    }

    private Answer keys(AzureCall call) throws ServiceError {
        List<String> keys = service.existing(call).keys();
        return AzureProtocol.json(
                OK, Json.records().createObjectNode().put("key1", keys.get(0)).put("key2", keys.get(1)));
    }

    private Answer delete(AzureCall call) {
        Optional<Account> account = find(call.label("accountName"));
        if (account.isEmpty()) {
            return Answer.empty(NO_CONTENT, Map.of());
        }
        deployments.endAll(account.get());
        account.get().delete(service.now());
        return Answer.empty(OK, Map.of());
    }

    private Answer listDeleted(AzureCall call) {
        return all(accounts.values().stream()
                .filter(account -> !account.isThere())
                .map(account -> described(call, account)));
    }

    private Account deleted(AzureCall call) throws ServiceError {
        Account account = accounts.get(key(call.label("accountName")));
        if (account == null || account.isThere() || !account.region().equalsIgnoreCase(call.label("location"))) {
            throw missing(call);
        }
        return account;
    }

    private Answer getDeleted(AzureCall call) throws ServiceError {
        return AzureProtocol.json(OK, described(call, deleted(call)));
    }

    private Answer purge(AzureCall call) throws ServiceError {
        forget(deleted(call));
        return Answer.empty(OK, Map.of());
    }

    static ServiceError missing(AzureCall call) {
        return AzureErrors.notFound(
                "ResourceNotFound",
                "The Resource '" + TYPE + "/" + call.label("accountName") + "' under resource group '"
                        + call.label("resourceGroupName")
                        + "' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix");
    }

    private static ObjectNode described(AzureCall call, Account account) {
        ObjectNode told = Json.records()
                .createObjectNode()
                .put("id", account.id())
                .put("name", account.name())
                .put("type", TYPE)
                .put("kind", account.kind())
                .put("location", account.region());
        told.putObject("sku").put("name", "S0");
        String endpoint = call.base() + "/" + account.name() + "/";
        ObjectNode properties = told.putObject("properties")
                .put("provisioningState", "Succeeded")
                .put("endpoint", endpoint)
                .put("publicNetworkAccess", "Enabled")
                .put("dateCreated", account.createdAt().toString());
        if (!account.subdomain().isEmpty()) {
            properties.put("customSubDomainName", account.subdomain());
        }
        properties
                .putObject("endpoints")
                .put("OpenAI Language Model Instance API", endpoint)
                .put("OpenAI Model Scaleset API", endpoint);
        account.deletedAt()
                .ifPresent(at -> properties
                        .put("deletionDate", at.toString())
                        .put("scheduledPurgeDate", at.plus(KEPT).toString()));
        return told;
    }
}
