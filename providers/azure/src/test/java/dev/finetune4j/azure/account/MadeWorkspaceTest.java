package dev.finetune4j.azure.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.azure.ml.AzureMlProviderFactory;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.ml.Datastores;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.AccountFounder.Change;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.testkit.contract.JobFolder;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A resource manager that makes what the template says makes a workspace in which jobs run, and says what is in the way as Azure does. */
@Tag("long")
class MadeWorkspaceTest {
    private static final String MACHINE = "Standard_NC24ads_A100_v4";
    private static final String BLOB_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
    private static final String IDENTITY_OPERATOR = "f1a07417-d97a-45cb-824c-7a7467783830";
    private static final String DATA_SCIENTIST = "f6c7c914-8db3-469d-8ca1-694a8f32e121";
    private static final String WORKSPACE =
            OfflineGroup.GROUP + "/providers/Microsoft.MachineLearningServices/workspaces/finetune4j";
    private static final String AUTHORIZATION = "2022-04-01";
    private static final String ML = "2024-10-01";

    /** What whoever makes a workspace needs, and no more; the roles to launch there are of those that are made. */
    private static final String[] FOUNDER = {
        role("[\"*\"]", "[\"Microsoft.Authorization/*/Write\", \"Microsoft.Authorization/*/Delete\"]"),
        role("[\"Microsoft.Authorization/roleAssignments/write\", \"*/read\"]", "[]")
    };

    @SuppressWarnings("NullAway.Init") // before all tests
    private static Azurite blobs;

    @TempDir
    private Path home;

    @SuppressWarnings("NullAway.Init") // before each test
    private OfflineGroup group;

    @BeforeAll
    static void startBlobStorage() throws IOException {
        blobs = Azurite.start(Path.of("../../target/azurite"));
    }

    @AfterAll
    static void endBlobStorage() {
        blobs.close();
    }

    @BeforeEach
    void open() throws IOException {
        group = new OfflineGroup(home, blobs);
    }

    @AfterEach
    void close() {
        group.close();
    }

    private static String role(String actions, String notActions) {
        return "{\"Actions\": " + actions + ", \"NotActions\": " + notActions + ", \"AssignableScopes\": [\""
                + OfflineGroup.GROUP + "\", \"/subscriptions/" + OfflineGroup.PLACE.subscription()
                + "/providers/Microsoft.Resources\"]}";
    }

    /** Made by who may assign roles, and launched in by the roles that were assigned. */
    @Test
    void runsAJobForWhoeverMadeIt() throws IOException {
        group.azure.restrictCaller(FOUNDER);
        WorkspaceDeployment prepared = group.prepared(Map.of());
        assertThat(prepared.changes())
                .extracting(Change::action)
                .containsOnly("create")
                .hasSize(11);
        Map<String, String> settings = settings(group.carriedOut(prepared));
        group.azure.restrictCaller();

        assertThat(settings).containsEntry("workspace", "finetune4j").containsEntry("datastore", "finetune4j");
        assertThat(ran("made", settings).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(blobs.store().of(account(settings)).list("finetune4j", "finetune4j/"))
                .as("the files lie in the account that was made")
                .anyMatch(name -> name.endsWith("adapter_config.json"));
        assertThat(blobs.store().list(Datastores.JOBS, "")).isEmpty();
    }

    @Test
    void changesNothingTheSecondTimeAndOnlyWhatIsWishedForTheThird() throws IOException {
        group.carriedOut(group.prepared(Map.of()));

        assertThat(group.prepared(Map.of()).changes()).isEmpty();
        WorkspaceDeployment cluster = group.prepared(Map.of("clusterMachine", MACHINE));
        assertThat(cluster.changes())
                .containsExactly(
                        new Change("create", "finetune4j", "Microsoft.MachineLearningServices/workspaces/computes"));
        Map<String, String> settings = settings(group.carriedOut(cluster));
        assertThat(settings).containsEntry("compute", "finetune4j").containsEntry("machine", MACHINE);

        assertThat(ran("on-cluster", settings).state()).isEqualTo(RunState.SUCCEEDED);
        WorkspaceDeployment larger = group.prepared(Map.of("clusterNodes", "4"));
        assertThat(larger.changes())
                .containsExactly(
                        new Change("modify", "finetune4j", "Microsoft.MachineLearningServices/workspaces/computes"));
        group.carriedOut(larger);
        assertThat(group.resource("Microsoft.MachineLearningServices/workspaces/finetune4j/computes/finetune4j", ML)
                        .at("/properties/properties/scaleSettings/maxNodeCount")
                        .asInt())
                .isEqualTo(4);
    }

    /** What was made is in the state that the template says, and the budget with it. */
    @Test
    void isWhatTheTemplateSays() {
        Map<String, String> settings =
                settings(group.carriedOut(group.prepared(Map.of("budget", "100", "budgetMail", "me@example.org"))));

        String account = account(settings);
        JsonNode workspace = group.resource("Microsoft.MachineLearningServices/workspaces/finetune4j", ML);
        assertThat(workspace.at("/properties/storageAccount").asText()).endsWith("/storageAccounts/" + account);
        assertThat(group.resource("Microsoft.Storage/storageAccounts/" + account, "2023-05-01")
                        .at("/properties/allowSharedKeyAccess")
                        .asBoolean(true))
                .isFalse();
        assertThat(group.resource("Microsoft.Consumption/budgets/finetune4j-month", "2023-11-01")
                        .at("/properties/timePeriod/startDate")
                        .asText())
                .isEqualTo("2026-01-01");
        assertThat(group.resource("Microsoft.ManagedIdentity/userAssignedIdentities/finetune4j-job", "2023-01-31")
                        .at("/properties/clientId")
                        .asText())
                .isEqualTo(settings.get("identity"));
        assertThat(assignments())
                .extracting(one -> one.path("roleDefinitionId").asText().replaceFirst(".*/", ""))
                .containsExactlyInAnyOrder(
                        BLOB_CONTRIBUTOR, BLOB_CONTRIBUTOR, DATA_SCIENTIST, "f1a07417-d97a-45cb-824c-7a7467783830");
    }

    /** By the roles that were assigned alone. */
    @Test
    void knowsTheIdentityThatJobsActAs() {
        Map<String, String> settings = settings(group.carriedOut(group.prepared(Map.of())));
        group.azure.restrictCaller();
        String made = settings.get("identity");

        assertThat(identity(settings)).isEqualTo(Diagnosis.ok("identity", made + " is an identity of finetune4j"));

        settings.put("identity", "00000000-0000-0000-0000-000000000009");
        assertThat(identity(settings))
                .isEqualTo(Diagnosis.warn(
                        "identity",
                        "00000000-0000-0000-0000-000000000009 is none of finetune4j, which has " + made,
                        "places.azure-ml.identity: " + made));
    }

    private Diagnosis identity(Map<String, String> settings) {
        FineTuneJob job = FineTuneJob.builder(
                        "letters",
                        ModelRef.parse("tiny"),
                        TaskSpec.of(TaskKind.SENTIMENT),
                        DataSpec.ofFile("letters.jsonl"))
                .place(new ProviderId("azure-ml"), settings)
                .build();
        return new AzureExaminer()
                .examine(group.context, job).stream()
                        .filter(one -> one.name().equals("identity"))
                        .findFirst()
                        .orElseThrow();
    }

    /** As by the remedy of whoever lacked a role: to Azure it is the same one, whatever the assignment is called. */
    @Test
    void leavesOutTheRolesThatTheCallerHasByOtherNames() {
        group.carriedOut(group.prepared(Map.of("callerId", "")));
        assertThat(assignments()).as("that of the job's identity").hasSize(1);
        String container = assignments().get(0).path("scope").asText();
        assign(container, BLOB_CONTRIBUTOR);

        WorkspaceDeployment again = group.prepared(Map.of());

        assertThat(again.changes())
                .extracting(Change::action, Change::kind)
                .as("the roles at workspace and identity")
                .containsExactly(
                        tuple("create", "Microsoft.Authorization/roleAssignments"),
                        tuple("create", "Microsoft.Authorization/roleAssignments"));
        group.carriedOut(again);
        assertThat(assignments()).hasSize(4);
        assertThat(group.prepared(Map.of()).changes()).isEmpty();
        assertThat(group.prepared(Map.of("clusterMachine", MACHINE)).changes()).hasSize(1);
    }

    @Test
    void tellsOfARoleThatWasAssignedSinceItLooked() {
        group.carriedOut(group.prepared(Map.of("callerId", "")));
        WorkspaceDeployment again = group.prepared(Map.of());
        assign(assignments().get(0).path("scope").asText(), BLOB_CONTRIBUTOR);

        Problem problem = problem(() -> group.carriedOut(again));

        assertThat(problem.code()).isEqualTo("FT0955");
        assertThat(problem.causes().get(0)).startsWith("RoleAssignmentExists: The role assignment already exists.");
        assertThat(problem.remedies())
                .containsExactly("finetune bootstrap azure --set resource-group=my-group --set callerId=");
    }

    @Test
    void mayNotLaunchWhereNoRoleWasAssigned() {
        Map<String, String> settings = settings(group.carriedOut(group.prepared(Map.of("callerId", ""))));
        assign(WORKSPACE, DATA_SCIENTIST);
        group.azure.restrictCaller();

        Problem problem = problem(() -> ran("alien", settings));

        assertThat(problem.code()).as("files ask for a role of their own").isEqualTo("FT0962");
        assertThat(problem.causes().toString())
                .containsPattern("AuthorizationPermissionMismatch: This request .+ \\(correlation [-\\w]+\\)")
                .doesNotContain("StorageSharedKeyCredential");
    }

    /** Storage is the last to know of a role, and whoever may only launch sees no roles but those at the identity. */
    @Test
    void isWaitedForByWhomItLetLaunch() {
        Map<String, String> settings = settings(group.carriedOut(group.prepared(Map.of())));
        group.resources(AUTHORIZATION).delete(assignmentOfCaller(BLOB_CONTRIBUTOR)); // as storage sees it
        String operator = assignmentOfCaller(IDENTITY_OPERATOR);
        group.resources(AUTHORIZATION).delete(operator);
        String identity = operator.substring(0, operator.indexOf("/providers/Microsoft.Authorization/"));
        assign(identity, IDENTITY_OPERATOR); // a moment ago, however long the deployment took
        group.azure.restrictCaller();

        Problem soon = problem(() -> ran("soon", settings));
        assertThat(soon.code()).isEqualTo("FT0962");
        assertThat(soon.retry()).isEqualTo(Retry.after(Duration.ofSeconds(30)));
        assertThat(soon.causes().get(0)).startsWith("a role was assigned at ");

        group.clock.advance(Duration.ofMinutes(11));
        assertThat(problem(() -> ran("soon", settings)).retry())
                .as("it is known everywhere by then")
                .isEqualTo(Retry.NEVER);
    }

    private String assignmentOfCaller(String role) {
        return group
                .resources(AUTHORIZATION)
                .list(OfflineGroup.GROUP + "/providers/Microsoft.Authorization/roleAssignments")
                .stream()
                .filter(one -> one.at("/properties/roleDefinitionId").asText().endsWith(role))
                .filter(one -> one.at("/properties/principalId")
                        .asText()
                        .equals(group.azure.variables().get("AZURE_CLIENT_ID")))
                .map(one -> one.path("id").asText())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void goesPastAWorkspaceThatWasDeletedAndIsKept() {
        group.carriedOut(group.prepared(Map.of()));
        group.resources(ML).delete(WORKSPACE);

        Problem problem = problem(() -> group.carriedOut(group.prepared(Map.of())));

        assertThat(problem.causes().get(0)).startsWith("BadRequest: Soft-deleted workspace exists.");
        assertThat(problem.causes().get(1)).isEqualTo("a workspace that was deleted is kept for 14 days with its name");
        assertThat(problem.remedies())
                .containsExactly(
                        "finetune bootstrap azure --set resource-group=my-group --set workspaceName=finetune4j-2",
                        "az rest --method delete --uri \"" + WORKSPACE + "?api-version=2024-10-01&forceToPurge=true\"");
        assertThat(group.carriedOut(group.prepared(Map.of("workspaceName", "finetune4j-2"))))
                .contains("workspace: finetune4j-2");
        group.resources(ML).delete(WORKSPACE + "?forceToPurge=true");
        assertThat(group.carriedOut(group.prepared(Map.of("workspaceName", "finetune4j"))))
                .contains("workspace: finetune4j\n");
    }

    @Test
    void goesPastAVaultThatWasDeletedAndIsKept() {
        group.carriedOut(group.prepared(Map.of()));
        group.resources("2023-07-01")
                .delete(group.resource("Microsoft.MachineLearningServices/workspaces/finetune4j", ML)
                        .at("/properties/keyVault")
                        .asText());
        group.resources(ML).delete(WORKSPACE + "?forceToPurge=true");

        Problem problem = problem(() -> group.carriedOut(group.prepared(Map.of())));

        assertThat(problem.causes())
                .anySatisfy(cause -> assertThat(cause)
                        .startsWith("ConflictError: A vault with the same name already exists in deleted state."));
        assertThat(problem.causes()).contains("a key vault that was deleted is kept for 7 to 90 days with its name");
        assertThat(problem.remedies().get(0))
                .isEqualTo("finetune bootstrap azure --set resource-group=my-group --set generation=2");
        assertThat(problem.remedies().get(1)).contains("az keyvault purge");
        assertThat(group.carriedOut(group.prepared(Map.of("generation", "2")))).contains("workspace: finetune4j\n");
    }

    @Test
    void goesPastNamesThatAreTaken() {
        for (String kind : List.of("Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults")) {
            String workspace = "of-" + kind.replaceFirst(".*/", "");
            Map<String, String> wishes = Map.of("workspaceName", workspace, "generation", "1");
            String name = group.prepared(wishes).changes().stream()
                    .filter(change -> change.kind().equals(kind))
                    .findFirst()
                    .orElseThrow()
                    .name();
            if (kind.endsWith("vaults")) {
                group.azure.takeKeyVault(name);
            } else {
                group.azure.takeStorageAccount(name);
            }
            Problem problem = problem(() -> group.carriedOut(group.prepared(wishes)));

            assertThat(problem.code()).isEqualTo("FT0955");
            assertThat(problem.causes().get(0)).startsWith("InvalidTemplateDeployment: ");
            assertThat(problem.causes().get(1)).contains("lready").contains(name);
            assertThat(problem.causes().get(2))
                    .contains("by somebody else, or in another group or subscription of yours");
            assertThat(problem.remedies().get(0))
                    .isEqualTo("finetune bootstrap azure --set resource-group=my-group --set workspaceName=" + workspace
                            + " --set generation=2");
            if (kind.endsWith("vaults")) {
                assertThat(problem.causes().get(3))
                        .as("it may be a deleted one of yours")
                        .contains("was deleted");
                assertThat(problem.remedies()).hasSize(2).last().asString().contains("az keyvault list-deleted");
            } else {
                assertThat(problem.causes()).hasSize(3);
                assertThat(problem.remedies()).hasSize(1);
            }
            assertThat(group.carriedOut(group.prepared(Map.of("workspaceName", workspace, "generation", "2"))))
                    .contains("workspace: " + workspace + "\n");
        }
    }

    /** One who may deploy and not assign roles is told of what is missing before anything is made. */
    @Test
    void tellsWhoMayNot() {
        group.azure.restrictCaller(FOUNDER[0]);

        Problem problem = problem(() -> group.prepared(Map.of()));

        assertThat(problem.code()).isEqualTo("FT0956");
        assertThat(problem.causes().get(0)).contains("Microsoft.Authorization/roleAssignments/write");
        assertThat(problem.remedies().get(0)).contains("Role Based Access Control Administrator");
    }

    private List<JsonNode> assignments() {
        return group
                .resources(AUTHORIZATION)
                .list(OfflineGroup.GROUP + "/providers/Microsoft.Authorization/roleAssignments")
                .stream()
                .map(one -> one.path("properties"))
                .toList();
    }

    /** As {@code az role assignment create} does it, which makes up a name. */
    private void assign(String scope, String role) {
        ObjectNode body = Json.records().createObjectNode();
        body.putObject("properties")
                .put(
                        "roleDefinitionId",
                        "/subscriptions/" + OfflineGroup.PLACE.subscription()
                                + "/providers/Microsoft.Authorization/roleDefinitions/" + role)
                .put("principalId", group.azure.variables().get("AZURE_CLIENT_ID"))
                .put("principalType", "ServicePrincipal");
        group.resources(AUTHORIZATION)
                .put(
                        scope
                                + "/providers/Microsoft.Authorization/roleAssignments/0a0a0a0a-0a0a-0a0a-0a0a-0a0a0a0a0a0a",
                        body);
    }

    /** A job of two hours' training, with nothing but what bootstrap said. */
    private JobSnapshot ran(String name, Map<String, String> settings) throws IOException {
        Map<String, String> all = new HashMap<>(Map.of("machine", MACHINE));
        all.putAll(settings);
        try (Provider provider = new AzureMlProviderFactory().open(group.context, all)) {
            RunId id = provider.submit(JobFolder.in(home).job(name, 2).build()).id();
            for (int hours = 0; hours < 5; hours++) {
                group.clock.advance(Duration.ofHours(1));
                provider.find(id);
            }
            return provider.find(id).orElseThrow();
        }
    }

    private static Map<String, String> settings(String jobFile) {
        Map<String, String> settings = new HashMap<>();
        jobFile.lines().filter(line -> line.startsWith("    ")).forEach(line -> {
            String[] parts = line.strip().split(": ", 2);
            settings.put(parts[0], parts[1]);
        });
        return settings;
    }

    private static String account(Map<String, String> settings) {
        return String.valueOf(settings.get("store")).replaceFirst(".*/(ft4j[^/]*)/.*", "$1");
    }

    private static Problem problem(ThrowingCallable call) {
        FineTuneException failure = catchThrowableOfType(FineTuneException.class, call);
        assertThat(failure).isNotNull();
        return failure.problems().get(0);
    }
}
