package dev.finetune4j.azure.account;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.azure.internal.ArmResources;
import dev.finetune4j.azure.internal.AzureFailure;
import dev.finetune4j.azure.internal.Pause;
import dev.finetune4j.azure.internal.RoleAssignments;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.AccountFounder.Change;
import dev.finetune4j.spi.AccountFounder.Founding;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** The deployment of the template in a resource group, of which Azure tells beforehand what it would change. */
final class WorkspaceDeployment implements Founding {
    /** Of the API of deployments. */
    static final String VERSION = "2022-09-01";

    /** The template's parameters of whoever launches jobs: his object id, and {@code User} or what else he is. */
    static final String CALLER_ID = "callerId";

    static final String CALLER_TYPE = "callerType";

    /** The template's parameter of the roles that the caller has already. */
    private static final String HELD_ROLES = "heldRoles";

    private static final String NAME = "finetune4j";

    /** Half an hour, at the pace of people who wait. */
    private static final int LOOKS = 360;

    static final Duration PAUSE = Duration.ofSeconds(30);
    private static final Set<String> CHANGES = Set.of("Create", "Modify", "Delete", "Deploy");

    /** A name is held by something that was deleted and is still kept, or is elsewhere. */
    private static final Pattern HELD = Pattern.compile(
            "(?i)soft.?delet|deleted state|FlagMustBeSetForRestore|VaultAlreadyExists|StorageAccountAlreadyTaken");

    private static final Pattern TAKEN = Pattern.compile("VaultAlreadyExists|StorageAccountAlreadyTaken");

    private static final Pattern VAULT = Pattern.compile("(?i)vault");
    private static final Pattern WORKSPACE = Pattern.compile("(?i)workspace");
    private static final String USUAL_WORKSPACE = "finetune4j";

    private static final Pattern ASSIGNMENT =
            Pattern.compile("(?i)(.*)/providers/Microsoft\\.Authorization/roleAssignments/[^/]+");

    /** Azure's own, which the template assigns: their names are the same in every subscription, and the name of an assignment tells nothing. */
    private static final Map<String, String> ROLES = Map.of(
            "ba92f5b4-2d11-453d-a403-e96b0029c9fe", "Storage Blob Data Contributor",
            "f6c7c914-8db3-469d-8ca1-694a8f32e121", "AzureML Data Scientist",
            "f1a07417-d97a-45cb-824c-7a7467783830", "Managed Identity Operator");

    private static final Pattern CALLER = Pattern.compile("object id '([0-9a-fA-F-]{36})'");

    private final ArmResources manager;
    private final RoleAssignments roles;
    private final String subscription;
    private final String group;
    private final Duration betweenLooks;
    private final ObjectNode body = Json.records().createObjectNode();
    private List<Change> changes = List.of();
    private boolean isDeployed;

    /**
     * A deployment to a group.
     *
     * @param roles which were assigned there
     * @param betweenLooks how long to wait before the next look at what Azure is doing
     */
    WorkspaceDeployment(
            ArmResources manager, RoleAssignments roles, String subscription, String group, Duration betweenLooks) {
        this.manager = manager;
        this.roles = roles;
        this.subscription = subscription;
        this.group = group;
        this.betweenLooks = betweenLooks;
    }

    private String path() {
        return "/subscriptions/" + subscription + "/resourceGroups/" + group
                + "/providers/Microsoft.Resources/deployments/" + NAME;
    }

    /**
     * Has the changes worked out.
     *
     * @param wishes parameters; what is not among them stays as the last deployment had it
     * @param caller parameters of whoever launches jobs, where neither says who does
     */
    void prepare(WorkspaceTemplate template, ObjectNode wishes, ObjectNode caller) {
        JsonNode there =
                make(() -> manager.find(path())).orElseGet(() -> Json.records().createObjectNode());
        isDeployed = state(there).equals("Succeeded");
        ObjectNode deployment = body.putObject("properties").put("mode", "Incremental");
        deployment.set("template", template.json());
        ObjectNode parameters = deployment.putObject("parameters");
        JsonNode before = there.at("/properties/parameters");
        boolean isCallerTold = wishes.has(CALLER_ID)
                || !before.at("/" + CALLER_ID + "/value").asText().isEmpty();
        for (String name : template.names()) {
            JsonNode last = before.path(name).path("value");
            if (wishes.has(name)) {
                parameters.set(name, wishes.path(name));
            } else if (!isCallerTold && caller.has(name)) {
                parameters.set(name, caller.path(name));
            } else if (!last.isMissingNode() && !name.equals(HELD_ROLES)) { // which may have come and gone since
                parameters.putObject(name).set("value", last);
            }
        }
        refuseBudgetWithoutMail(parameters);
        JsonNode foreseen = foreseen();
        String launcher = parameters.at("/" + CALLER_ID + "/value").asText();
        String held = heldRoles(foreseen, launcher);
        if (!held.isEmpty()) {
            String told = parameters.at("/" + HELD_ROLES + "/value").asText();
            parameters.putObject(HELD_ROLES).put("value", told.isEmpty() ? held : told + "," + held);
            foreseen = foreseen();
        }
        changes = StreamSupport.stream(foreseen.at("/properties/changes").spliterator(), false)
                .filter(change -> CHANGES.contains(change.path("changeType").asText()))
                .map(change -> change(change, launcher))
                .toList();
    }

    private JsonNode foreseen() {
        JsonNode foreseen = make(() -> manager.workOut(path() + "/whatIf", body, betweenLooks, LOOKS))
                .orElseThrow(WorkspaceDeployment::notDone);
        if (!foreseen.path("status").asText().equals("Succeeded")) {
            throw notMade("Azure does not take the deployment", foreseen.path("error"));
        }
        return foreseen;
    }

    /**
     * The roles that would be assigned to the caller where he has them already. Azure tells two assignments by their names, works out that one would
     * be made, and then refuses a second one of the same role.
     */
    private String heldRoles(JsonNode foreseen, String caller) {
        return StreamSupport.stream(foreseen.at("/properties/changes").spliterator(), false)
                .filter(change -> change.path("changeType").asText().equals("Create"))
                .filter(change ->
                        change.at("/after/properties/principalId").asText().equalsIgnoreCase(caller))
                .flatMap(change -> heldRole(change, caller).stream())
                .distinct()
                .collect(Collectors.joining(","));
    }

    private Optional<String> heldRole(JsonNode change, String caller) {
        Matcher assignment = ASSIGNMENT.matcher(change.path("resourceId").asText());
        String role = change.at("/after/properties/roleDefinitionId").asText().replaceFirst(".*/", "");
        return assignment.matches() && roles.isAssigned(Objects.requireNonNull(assignment.group(1)), caller, role)
                ? Optional.of(role)
                : Optional.empty();
    }

    /** Azure takes no budget of which nobody is told, and says so only while it makes it. */
    private void refuseBudgetWithoutMail(ObjectNode parameters) {
        int budget = parameters.at("/budget/value").asInt();
        if (budget > 0 && parameters.at("/budgetMail/value").asText().isBlank()) {
            throw AzureAccountProblems.NOT_MADE
                    .error("a budget of " + budget + " needs somebody whom its mails go to")
                    .remedy(again() + " --set budget=" + budget + " --set budgetMail=me@example.org")
                    .asException();
        }
    }

    /** A resource's id ends with its kind and name, or several of both in turn. */
    private static Change change(JsonNode change, String caller) {
        String id = change.path("resourceId").asText();
        String[] parts = id.substring(id.lastIndexOf("/providers/") + "/providers/".length())
                .split("/");
        StringBuilder kind = new StringBuilder(parts[0]);
        for (int i = 1; i < parts.length; i += 2) {
            kind.append('/').append(parts[i]);
        }
        JsonNode assignment = change.at("/after/properties");
        String role = ROLES.get(assignment.path("roleDefinitionId").asText().replaceFirst(".*/", ""));
        String whom = assignment.path("principalId").asText().equalsIgnoreCase(caller)
                ? " to the caller"
                : " to the identity of jobs";
        return new Change(
                change.path("changeType").asText().toLowerCase(Locale.ROOT),
                role == null ? parts[parts.length - 1] : role + whom,
                kind.toString());
    }

    @Override
    public String place() {
        return "resource group " + group + " of " + subscription;
    }

    @Override
    public List<Change> changes() {
        return changes;
    }

    @Override
    public String carryOut() {
        if (!changes.isEmpty() || !isDeployed) {
            var unused = make(() -> Optional.of(manager.put(path(), body)));
        }
        return jobFile(deployed().path("properties"));
    }

    private JsonNode deployed() {
        for (int look = 0; look < LOOKS; look++) {
            JsonNode now = make(() -> manager.find(path())).orElseThrow(WorkspaceDeployment::notDone);
            switch (state(now)) {
                case "Succeeded" -> {
                    return now;
                }
                case "Failed", "Canceled" ->
                    throw notMade("the deployment " + NAME + " is " + state(now), now.at("/properties/error"));
                default -> {
                    var unused = make(() -> {
                        Pause.of(betweenLooks);
                        return Optional.of(now);
                    });
                }
            }
        }
        throw notDone();
    }

    private static String state(JsonNode deployment) {
        return deployment.at("/properties/provisioningState").asText();
    }

    private static String jobFile(JsonNode deployment) {
        JsonNode outputs = deployment.path("outputs");
        String compute = outputs.at("/compute/value").asText();
        StringBuilder text = new StringBuilder("places:\n  azure-ml:\n");
        add(text, "subscription", outputs.at("/subscription/value").asText());
        add(text, "resource-group", outputs.at("/resourceGroup/value").asText());
        add(text, "workspace", outputs.at("/workspace/value").asText());
        add(text, "region", outputs.at("/region/value").asText());
        add(text, "store", outputs.at("/store/value").asText());
        add(text, "datastore", outputs.at("/datastore/value").asText());
        add(text, "identity", outputs.at("/identity/value").asText());
        add(text, "compute", compute);
        if (!compute.isEmpty()) { // a cluster's machines are of one size, and on one kind of terms
            JsonNode parameters = deployment.path("parameters");
            add(text, "machine", parameters.at("/clusterMachine/value").asText());
            String priority = parameters.at("/clusterPriority/value").asText();
            add(text, "spot", Boolean.toString(priority.equals("LowPriority")));
        }
        return text.toString();
    }

    private static void add(StringBuilder text, String name, String value) {
        if (!value.isEmpty()) {
            text.append("    ").append(name).append(": ").append(value).append('\n');
        }
    }

    private FineTuneException notMade(String summary, JsonNode error) {
        String reason = reason(error);
        Problem.Builder problem = AzureAccountProblems.NOT_MADE.error(summary).because(reason);
        if (HELD.matcher(reason).find()) {
            addWaysAround(reason, problem);
        } else if (reason.startsWith("RoleAssignmentExists")) {
            problem.because("somebody assigned a role of the caller's before, and Azure takes none twice")
                    .remedy(again() + " --set " + CALLER_ID + "=");
        } else {
            problem.remedy("az deployment operation group list --resource-group " + group + " --name " + NAME);
        }
        return problem.asException();
    }

    private String again() {
        return "finetune bootstrap azure --set resource-group=" + group;
    }

    /** Another name, or the end of what holds this one. The names of storage and vault follow from the workspace's and the generation. */
    private void addWaysAround(String reason, Problem.Builder problem) {
        JsonNode parameters = body.at("/properties/parameters");
        int next = parameters.at("/generation/value").asInt(1) + 1;
        String workspace = parameters.at("/workspaceName/value").asText(USUAL_WORKSPACE);
        String again = again();
        String withOthers = again + (workspace.equals(USUAL_WORKSPACE) ? "" : " --set workspaceName=" + workspace)
                + " --set generation=" + next;
        if (TAKEN.matcher(reason).find()) {
            problem.because(
                            "names of storage accounts and key vaults are of all subscriptions, and this one is taken: by somebody else,"
                                    + " or in another group or subscription of yours")
                    .remedy(withOthers);
            if (VAULT.matcher(reason)
                    .find()) { // Azure has the same words for one that was deleted elsewhere in the subscription
                addDeletedVault(problem);
            }
        } else if (VAULT.matcher(reason).find()) {
            problem.remedy(withOthers);
            addDeletedVault(problem);
        } else if (WORKSPACE.matcher(reason).find()) {
            problem.because("a workspace that was deleted is kept for 14 days with its name")
                    .remedy(again + " --set workspaceName=" + workspace + "-" + next)
                    .remedy("az rest --method delete --uri \"/subscriptions/" + subscription + "/resourceGroups/"
                            + group
                            + "/providers/Microsoft.MachineLearningServices/workspaces/" + workspace
                            + "?api-version=2024-10-01&forceToPurge=true\"");
        } else {
            problem.remedy(again + " --set generation=" + next + " --set workspaceName=" + workspace + "-" + next);
        }
    }

    private static void addDeletedVault(Problem.Builder problem) {
        problem.because("a key vault that was deleted is kept for 7 to 90 days with its name")
                .remedy(
                        "az keyvault list-deleted --resource-type vault --query '[].name'  # then az keyvault purge --name NAME");
    }

    /** Of an error within errors the innermost, which says what is wrong. */
    private static String reason(JsonNode error) {
        JsonNode first = error.path("details").path(0);
        return first.isMissingNode()
                ? error.path("code").asText("no reason") + ": "
                        + error.path("message").asText("is told")
                : reason(first);
    }

    private static FineTuneException notDone() {
        return AzureAccountProblems.UNREACHABLE
                .error("Azure is not done with the deployment " + NAME)
                .retry(Retry.after(PAUSE))
                .asException();
    }

    private <T> Optional<T> make(Supplier<Optional<T>> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw told(e);
        }
    }

    private FineTuneException told(RuntimeException failure) {
        String reason = AzureFailure.reason(failure);
        return switch (AzureFailure.of(failure)) {
            case DENIED ->
                AzureAccountProblems.NOT_ALLOWED
                        .error("the caller may not deploy to " + group)
                        .because(reason)
                        .remedy("for role in Contributor \"Role Based Access Control Administrator\"; do az role"
                                + " assignment create --role \"$role\" --assignee " + caller(reason)
                                + " --scope /subscriptions/" + subscription + "/resourceGroups/" + group + "; done")
                        .asException(failure);
            case CREDENTIALS ->
                AzureAccountProblems.NOT_ALLOWED
                        .error("Azure does not accept the credentials")
                        .remedy(AzureFailure.remedy(failure))
                        .because(reason)
                        .asException(failure);
            case REFUSED -> refused(failure, reason).asException(failure);
            case BUSY, OUTAGE ->
                AzureAccountProblems.UNREACHABLE
                        .error("Azure's resource manager does not answer")
                        .because(reason)
                        .retry(Retry.after(PAUSE))
                        .asException(failure);
        };
    }

    /** What is wrong with a part of the template may be told at once, within an error that only tells that something is. */
    private Problem.Builder refused(RuntimeException failure, String reason) {
        Problem.Builder problem = AzureAccountProblems.NOT_MADE
                .error("Azure refuses the deployment to " + group)
                .because(reason);
        JsonNode error = AzureFailure.error(failure);
        String innermost = reason(error);
        if (error.path("details").has(0)) {
            problem.because(innermost);
        }
        if (HELD.matcher(innermost).find()) {
            addWaysAround(innermost, problem);
            return problem;
        }
        return problem.remedy(
                AzureFailure.isAbsent(failure) || AzureFailure.isPlaceAbsent(failure)
                        ? "az group create --location westeurope --name " + group
                        : "az deployment operation group list --resource-group " + group + " --name " + NAME);
    }

    /** Azure says who was refused; whoever may assign roles is somebody else. */
    private static String caller(String reason) {
        Matcher caller = CALLER.matcher(reason);
        return caller.find() ? caller.group(1) : "\"$(az ad signed-in-user show --query id --output tsv)\"";
    }

    @Override
    public void close() {
        // what was worked out is kept by nobody
    }
}
