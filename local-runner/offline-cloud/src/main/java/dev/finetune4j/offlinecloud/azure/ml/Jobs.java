package dev.finetune4j.offlinecloud.azure.ml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.AzurePace;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.BlobStore;
import dev.finetune4j.offlinecloud.azure.rest.AzureCall;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.azure.rest.BodySchema;
import dev.finetune4j.offlinecloud.azure.rest.Operation;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.Stock;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The jobs of a workspace, by their ids. Guarded by the service that owns it. */
final class Jobs {
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int ACCEPTED = 202;
    private static final int NO_CONTENT = 204;
    private static final int PAGE = 50;
    private static final String TYPE = "Microsoft.MachineLearningServices/workspaces/jobs";

    /** What can be changed once a job is there. */
    private static final List<String> CHANGEABLE =
            List.of("displayName", "description", "tags", "properties", "isArchived");

    /** What the service says of a job and takes from nobody. */
    private static final List<String> TOLD = List.of("status", "services", "parameters");

    /** What a job is described with though it has none. */
    private static final List<String> MAPS = List.of("tags", "properties", "outputs");

    private static final List<String> MAPS_OF_COMMAND =
            List.of("tags", "properties", "inputs", "outputs", "environmentVariables", "parameters");

    private final Workspace workspace;
    private final Clock clock;
    private final AzurePace pace;
    private final Stock stock;
    private final CoreQuotas quotas;
    private final Container container;
    private final BlobStore store;
    private final Datastores datastores;
    private final RegistryData registry;
    private final Assets codes;
    private final JobRules rules;
    private final Map<String, CommandJob> jobs = new LinkedHashMap<>();
    private final List<CommandJob> removed = new ArrayList<>();
    private Duration listedAfter = Duration.ZERO;

    Jobs(
            Workspace workspace,
            Clock clock,
            AzurePace pace,
            Stock stock,
            CoreQuotas quotas,
            Container container,
            BlobStore store,
            Datastores datastores,
            RegistryData registry,
            Assets codes,
            JobRules rules) {
        this.workspace = workspace;
        this.clock = clock;
        this.pace = pace;
        this.stock = stock;
        this.quotas = quotas;
        this.container = container;
        this.store = store;
        this.datastores = datastores;
        this.registry = registry;
        this.codes = codes;
        this.rules = rules;
    }

    /** What can be asked for. */
    List<Operation> operations() {
        String all = Workspace.PATH + "/jobs";
        String one = all + "/{id}";
        return List.of(
                Operation.management("Jobs_List", "GET", all, this::list),
                Operation.management("Jobs_CreateOrUpdate", "PUT", one, this::put),
                Operation.management("Jobs_Get", "GET", one, this::get),
                Operation.management("Jobs_Cancel", "POST", one + "/cancel", this::cancel),
                Operation.management("Jobs_Delete", "DELETE", one, this::delete),
                Operation.management(
                        "JobOperations_Get",
                        "GET",
                        Workspace.LOCATION_PATH + "/mfeOperationResults/{operationId}",
                        this::operation));
    }

    Collection<CommandJob> all() {
        return jobs.values();
    }

    /** A job, whose id is told by the size of its letters too. */
    Optional<CommandJob> find(String id) {
        return Optional.ofNullable(jobs.get(id));
    }

    /** What all jobs are billed for, those whose records are gone, too; in the order in which they were made. */
    List<JobBill> bill() {
        return Stream.concat(removed.stream(), jobs.values().stream())
                .sorted(Comparator.comparing(CommandJob::createdAt))
                .map(job -> job.bill(clock.instant()))
                .toList();
    }

    /** How long a list does not know a job that was just made. */
    void listAfter(Duration time) {
        listedAfter = time;
    }

    void advance() {
        List.copyOf(jobs.values()).forEach(job -> job.advance(clock.instant()));
    }

    private CommandJob existing(AzureCall call) throws ServiceError {
        return find(call.label("id"))
                .orElseThrow(() -> AzureErrors.notFound("Not found: job " + call.label("id") + " does not exist."));
    }

    private Answer put(AzureCall call) throws ServiceError {
        ObjectNode body = call.json();
        BodySchema.check(call.query("api-version"), "jobs", body);
        String id = call.label("id");
        ObjectNode properties = (ObjectNode) body.path("properties");
        properties.remove(TOLD);
        CommandJob existing = jobs.get(id);
        if (existing != null) {
            change(existing, properties);
            return AzureProtocol.json(OK, described(existing));
        }
        Machines machines = rules.check(id, properties);
        CommandJob job = new CommandJob(
                id,
                handed(id, properties),
                machines,
                clock.instant(),
                pace,
                stock,
                quotas,
                container,
                new JobLog(store, id));
        jobs.put(id, job);
        return AzureProtocol.json(CREATED, described(job));
    }

    /** What a machine is handed: where the datastores are, and a registry's data; and outputs without an address of their own have one by then. */
    private ObjectNode handed(String id, ObjectNode properties) {
        ObjectNode handed = Json.records().createObjectNode().put("name", id);
        codes.properties(properties.path("codeId").asText())
                .ifPresent(code -> handed.set("codeUri", code.path("codeUri")));
        ObjectNode kept = properties.deepCopy();
        handed.set("properties", kept);
        handed.set("datastores", datastores.addresses());
        handed.set("registryData", registry.addresses());
        if (!kept.has("experimentName")) {
            kept.put("experimentName", "Default");
        }
        if (!kept.has("displayName")) {
            kept.put("displayName", id);
        }
        for (Map.Entry<String, JsonNode> output : kept.path("outputs").properties()) {
            ObjectNode value = (ObjectNode) output.getValue();
            if (!value.has("uri")) {
                value.put(
                        "uri",
                        "azureml://datastores/workspaceblobstore/paths/azureml/" + id + "/" + output.getKey() + "/");
            }
            if (!value.has("mode")) {
                value.put("mode", "ReadWriteMount");
            }
        }
        return handed;
    }

    /** Takes what can be changed, if nothing else is another than it was. */
    private void change(CommandJob job, ObjectNode wanted) throws ServiceError {
        ObjectNode asked = (ObjectNode) handed(job.id(), wanted).path("properties");
        List<String> names = new ArrayList<>();
        asked.fieldNames().forEachRemaining(names::add);
        job.properties().fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            if (!CHANGEABLE.contains(name)
                    && !fixed(asked.path(name)).equals(fixed(job.properties().path(name)))) {
                throw AzureErrors.user(
                        "/properties/" + name,
                        "A job with this name already exists. If you are trying to submit a new job, use a different"
                                + " name. If you are trying to update an existing job, the existing job's " + name
                                + " cannot be changed. Only description, displayName, tags, properties and isArchived can"
                                + " be updated.");
            }
        }
        for (String name : CHANGEABLE) {
            if (wanted.has(name)) {
                job.properties().set(name, wanted.get(name));
            }
        }
    }

    /** The output {@code default} is the service's own. */
    private static JsonNode fixed(JsonNode value) {
        if (value instanceof ObjectNode object && object.has("default")) {
            return object.deepCopy().without("default");
        }
        return value.isObject() && value.isEmpty() ? Json.records().missingNode() : value;
    }

    private Answer get(AzureCall call) throws ServiceError {
        return AzureProtocol.json(OK, described(existing(call)));
    }

    /** The newest first. */
    private Answer list(AzureCall call) throws ServiceError {
        List<CommandJob> found = new ArrayList<>(jobs.values().stream()
                .filter(job -> isListed(job) && isAskedFor(job, call))
                .toList());
        found.sort((one, other) -> other.createdAt().compareTo(one.createdAt()));
        int from = skipped(call.query("$skip"));
        int to = Math.min(found.size(), from + PAGE);
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode all = answer.putArray("value");
        for (CommandJob job : found.subList(Math.min(from, to), to)) {
            all.add(described(job));
        }
        if (to < found.size()) {
            StringBuilder next = new StringBuilder(call.base() + call.path() + "?$skip=" + to);
            call.query().forEach((name, value) -> {
                if (!name.equals("$skip")) {
                    next.append('&').append(name).append('=').append(AzureCall.encoded(value));
                }
            });
            answer.put("nextLink", next.toString());
        }
        return AzureProtocol.json(OK, answer);
    }

    private boolean isListed(CommandJob job) {
        return !job.createdAt().plus(listedAfter).isAfter(clock.instant());
    }

    private static int skipped(String skip) throws ServiceError {
        if (!skip.matches("\\d{0,6}")) {
            throw AzureErrors.user("The continuation token '" + skip + "' is invalid.");
        }
        return skip.isEmpty() ? 0 : Integer.parseInt(skip);
    }

    private static boolean isAskedFor(CommandJob job, AzureCall call) {
        ObjectNode properties = job.properties();
        boolean isArchived = properties.path("isArchived").asBoolean();
        boolean isInView = switch (call.query("listViewType")) {
            case "All" -> true;
            case "ArchivedOnly" -> isArchived;
            default -> !isArchived;
        };
        String type = call.query("jobType");
        return isInView
                && (type.isEmpty() || type.equals(properties.path("jobType").asText()))
                && hasPair(properties.path("tags"), call.query("tag"))
                && hasPair(properties.path("properties"), call.query("properties"));
    }

    /** Whether there is {@code name=value}, or a name with any value. */
    private static boolean hasPair(JsonNode pairs, String wanted) {
        int sign = wanted.indexOf('=');
        if (sign < 0) {
            return wanted.isEmpty() || pairs.has(wanted);
        }
        return pairs.path(wanted.substring(0, sign)).asText().equals(wanted.substring(sign + 1))
                && pairs.has(wanted.substring(0, sign));
    }

    private Answer cancel(AzureCall call) throws ServiceError {
        CommandJob job = existing(call);
        if (job.status().isTerminal()) {
            return Answer.empty(OK, Map.of());
        }
        job.cancel(clock.instant());
        String where = call.base()
                + Workspace.LOCATION_PATH
                        .replace("{subscriptionId}", workspace.subscription())
                        .replace("{location}", workspace.region())
                + "/mfeOperationResults/jc:" + workspace.name() + ":" + job.id() + "?api-version="
                + call.query("api-version");
        return Answer.empty(ACCEPTED, Map.of("Location", where, "Retry-After", "1"));
    }

    /** Tells whether what {@link #cancel} began has ended. */
    private Answer operation(AzureCall call) throws ServiceError {
        String id = call.label("operationId").replaceFirst("^.*:", "");
        CommandJob job = find(id).orElseThrow(() -> AzureErrors.notFound("Not found: operation " + id));
        return job.status().isTerminal()
                ? Answer.empty(OK, Map.of())
                : Answer.empty(
                        ACCEPTED,
                        Map.of(
                                "Location",
                                call.base() + call.path() + "?api-version=" + call.query("api-version"),
                                "Retry-After",
                                "1"));
    }

    private Answer delete(AzureCall call) throws ServiceError {
        Optional<CommandJob> job = find(call.label("id"));
        if (job.isEmpty()) {
            return Answer.empty(NO_CONTENT, Map.of());
        }
        if (!job.get().status().isTerminal()) {
            throw AzureErrors.user("The job " + job.get().id() + " is in status "
                    + job.get().status().wireName() + " and cannot be deleted. Cancel it first.");
        }
        remove(job.get());
        return Answer.empty(OK, Map.of());
    }

    void remove(CommandJob job) {
        jobs.remove(job.id());
        removed.add(job);
    }

    private ObjectNode described(CommandJob job) {
        ObjectNode answer = Json.records()
                .createObjectNode()
                .put("id", workspace.id() + "/jobs/" + job.id())
                .put("name", job.id())
                .put("type", TYPE);
        ObjectNode properties = job.properties().deepCopy();
        answer.set("properties", properties);
        properties.put("status", job.status().wireName());
        properties.put("isArchived", properties.path("isArchived").asBoolean());
        for (String map : properties.path("jobType").asText().equals(PlayedTuning.JOB_TYPE) ? MAPS : MAPS_OF_COMMAND) {
            if (!properties.has(map)) {
                properties.putObject(map);
            }
        }
        ObjectNode services = properties.putObject("services");
        service(
                services,
                "Tracking",
                "azureml://" + workspace.region() + ".api.azureml.ms/mlflow/v1.0" + workspace.id());
        service(services, "Studio", "https://ml.azure.com/runs/" + job.id() + "?wsid=" + workspace.id());
        ((ObjectNode) properties.path("outputs"))
                .putObject("default")
                .put("jobOutputType", "uri_folder")
                .put("mode", "ReadWriteMount")
                .put("uri", "azureml://datastores/workspaceartifactstore/" + Datastores.run(job.id()));
        answer.set("systemData", SystemData.of(job.createdAt()));
        return answer;
    }

    private static void service(ObjectNode services, String name, String endpoint) {
        services.putObject(name).put("jobServiceType", name).put("endpoint", endpoint);
    }
}
