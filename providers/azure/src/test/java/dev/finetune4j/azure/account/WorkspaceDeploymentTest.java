package dev.finetune4j.azure.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.core.http.HttpHeaderName;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.spi.AccountFounder.Change;
import dev.finetune4j.spi.Diagnosis.Verdict;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What would be made is told before it is made; the same again changes nothing; what goes wrong is told with what to do. */
class WorkspaceDeploymentTest {
    private static final Map<String, String> CALLER = Map.of("callerId", "me", "callerType", "ServicePrincipal");

    private final ScriptedManager manager = new ScriptedManager();

    @Test
    void tellsTheChangesAndMakesThemOnce() {
        WorkspaceDeployment first = prepared(Map.of("location", "westeurope"));

        assertThat(first.place()).isEqualTo("resource group g of s");
        assertThat(first.changes())
                .containsExactly(
                        new Change("create", "ft4j1", "Microsoft.Storage/storageAccounts"),
                        new Change(
                                "create", "finetune4j", "Microsoft.Storage/storageAccounts/blobServices/containers"));
        assertThat(manager.calls).as("nothing is made yet").noneMatch(call -> call.startsWith("PUT"));
        assertThat(first.carryOut()).isEqualTo("""
                        places:
                          azure-ml:
                            subscription: s
                            resource-group: g
                            workspace: finetune4j
                            region: westeurope
                            store: https://ft4j1.blob.core.windows.net/finetune4j/finetune4j
                            datastore: finetune4j
                            identity: 00000000-0000-0000-0000-000000000002
                        """);

        WorkspaceDeployment again = prepared(Map.of());
        assertThat(again.changes()).isEmpty();
        assertThat(again.carryOut()).contains("workspace: finetune4j");
        assertThat(manager.calls.stream().filter(call -> call.startsWith("PUT")))
                .hasSize(1);
    }

    @Test
    void looksWhereverItIsTold() {
        manager.tellsWhereBy(HttpHeaderName.AZURE_ASYNCOPERATION);
        assertThat(prepared(Map.of()).changes()).hasSize(2);

        manager.tellsWhereBy(null);
        assertThat(problem(() -> prepared(Map.of())).code()).isEqualTo("FT0957");
    }

    @Test
    void keepsWhatWasSetBefore() {
        prepared(Map.of("budget", "100", "budgetMail", "me@example.org")).carryOut();

        WorkspaceDeployment change = prepared(Map.of("budget", "200"));
        assertThat(change.changes())
                .singleElement()
                .satisfies(one -> assertThat(one.action()).isEqualTo("modify"));
        change.carryOut();

        assertThat(manager.parameters().at("/budget/value").asInt()).isEqualTo(200);
        assertThat(manager.parameters().at("/budgetMail/value").asText()).isEqualTo("me@example.org");
    }

    /** An owner may not read or write files of an account that takes no keys. */
    @Test
    void givesWhoeverMakesItTheRolesOfALauncher() {
        prepared(Map.of("callerId", "")).carryOut();
        assertThat(manager.parameters().at("/callerId/value").asText()).isEmpty();

        prepared(Map.of()).carryOut();
        assertThat(manager.parameters().at("/callerId/value").asText()).isEqualTo("me");
        assertThat(manager.parameters().at("/callerType/value").asText()).isEqualTo("ServicePrincipal");

        prepared(Map.of("callerId", "another", "callerType", "Group")).carryOut();
        prepared(Map.of()).carryOut();
        assertThat(manager.parameters().at("/callerId/value").asText()).isEqualTo("another");
        assertThat(manager.parameters().at("/callerType/value").asText()).isEqualTo("Group");
    }

    @Test
    void refusesABudgetOfWhichNobodyIsTold() {
        Problem problem = problem(() -> prepared(Map.of("budget", "100")));

        assertThat(problem.code()).isEqualTo("FT0955");
        assertThat(problem.summary()).isEqualTo("a budget of 100 needs somebody whom its mails go to");
        assertThat(problem.remedies().get(0)).contains("--set budget=100 --set budgetMail=");
        assertThat(manager.calls).as("nothing is worked out").containsExactly("GET finetune4j");
        assertThat(prepared(Map.of("budget", "0")).changes()).isNotEmpty();
    }

    @Test
    void saysOfAClusterWhichMachinesItHas() {
        assertThat(prepared(Map.of("clusterMachine", "Standard_NC24ads_A100_v4"))
                        .carryOut())
                .endsWith("    compute: finetune4j\n    machine: Standard_NC24ads_A100_v4\n    spot: false\n");
        assertThat(prepared(Map.of("clusterPriority", "LowPriority")).carryOut())
                .as("which a plan must know, since what was trained may be lost")
                .endsWith("    machine: Standard_NC24ads_A100_v4\n    spot: true\n");
    }

    @Test
    void tellsTheInnermostReasonAndGoesOnWhereItWas() {
        manager.failOf("SkuNotAvailable");
        WorkspaceDeployment failing = prepared(Map.of());

        Problem problem = problem(failing::carryOut);

        assertThat(problem.code()).isEqualTo("FT0955");
        assertThat(problem.causes()).containsExactly("SkuNotAvailable: the reason");
        manager.failOf("");
        assertThat(prepared(Map.of()).carryOut()).contains("workspace: finetune4j");
    }

    /** Another name of the same role at the same place is none to Azure. */
    @Test
    void tellsHowToGoPastARoleThatTheCallerHas() {
        manager.failOf("RoleAssignmentExists", "The role assignment already exists.");
        WorkspaceDeployment failing = prepared(Map.of());

        assertThat(problem(failing::carryOut).remedies())
                .containsExactly("finetune bootstrap azure --set resource-group=g --set callerId=");
    }

    @Test
    void tellsHowToGoPastANameThatIsStillHeld() {
        manager.failOf("FlagMustBeSetForRestore");
        WorkspaceDeployment failing = prepared(Map.of());

        assertThat(problem(failing::carryOut).remedies())
                .containsExactly(
                        "finetune bootstrap azure --set resource-group=g --set generation=2 --set workspaceName=finetune4j-2");
    }

    /** As Azure says it of each. */
    @Test
    void tellsHowToGoPastWhatWasDeletedAndIsKept() {
        String workspace = "Soft-deleted workspace exists. Please purge or recover it.";
        String vault = "A vault with the same name already exists in deleted state. You need to either recover or purge"
                + " existing key vault.";
        manager.failOf("BadRequest", workspace);
        WorkspaceDeployment failing = prepared(Map.of("workspaceName", "mine"));
        assertThat(problem(failing::carryOut)).satisfies(held -> {
            assertThat(held.causes())
                    .containsExactly(
                            "BadRequest: " + workspace,
                            "a workspace that was deleted is kept for 14 days with its name");
            assertThat(held.remedies())
                    .containsExactly(
                            "finetune bootstrap azure --set resource-group=g --set workspaceName=mine-2",
                            "az rest --method delete --uri \"" + ScriptedManager.GROUP
                                    + "/providers/Microsoft.MachineLearningServices/workspaces/mine?api-version=2024-10-01"
                                    + "&forceToPurge=true\"");
        });

        manager.failOf("ConflictError", vault);
        WorkspaceDeployment next = prepared(Map.of("generation", "4", "workspaceName", "mine"));
        assertThat(problem(next::carryOut)).satisfies(held -> {
            assertThat(held.causes()).contains("a key vault that was deleted is kept for 7 to 90 days with its name");
            assertThat(held.remedies().get(0))
                    .as("nobody may have stored the workspace's name")
                    .isEqualTo(
                            "finetune bootstrap azure --set resource-group=g --set workspaceName=mine --set generation=5");
            assertThat(held.remedies().get(1)).contains("az keyvault purge");
        });

        manager.failOf("");
        WorkspaceDeployment third = prepared(Map.of());
        manager.refuseWithin(409, "ConflictError", vault);
        assertThat(problem(third::carryOut)).satisfies(held -> {
            assertThat(held.code()).isEqualTo("FT0955");
            assertThat(held.causes()).contains("ConflictError: " + vault);
            assertThat(held.remedies().get(0)).contains("--set generation=");
        });
    }

    @Test
    void tellsWhoMayNotAndWhatIsNotThere() {
        String caller = "00000000-0000-0000-0000-000000000007";
        manager.refuse(403, "AuthorizationFailed", "The client 'me' with object id '" + caller + "' may not");
        assertThat(problem(() -> prepared(Map.of()))).satisfies(denied -> {
            assertThat(denied.code()).isEqualTo("FT0956");
            assertThat(denied.remedies().get(0)).contains("Contributor", "--assignee " + caller + " --scope");
        });
        manager.refuse(403, "AuthorizationFailed");
        assertThat(problem(() -> prepared(Map.of())).remedies().get(0)).contains("az ad signed-in-user show");
        manager.refuse(400, "InvalidTemplate");
        assertThat(problem(() -> prepared(Map.of()))).satisfies(refused -> {
            assertThat(refused.code()).isEqualTo("FT0955");
            assertThat(refused.causes().get(0)).startsWith("InvalidTemplate: no");
        });
    }

    @Test
    void tellsThatNobodyAnswers() {
        WorkspaceDeployment prepared = prepared(Map.of());
        manager.refuse(503, "ServerBusy");

        Problem problem = problem(prepared::carryOut);

        assertThat(problem.code()).isEqualTo("FT0957");
        assertThat(problem.retry()).isInstanceOf(Retry.After.class);
    }

    @Test
    void refusesWhatCannotBeSetBeforeAnybodyIsAsked() {
        ProviderContext context =
                new ProviderContext(Path.of("target"), Map.of("AZURE_SUBSCRIPTION_ID", "s"), new VirtualClock());

        assertThatThrownBy(() -> new AzureFounder().prepare(context, Map.of()))
                .hasMessageContaining("FT0955")
                .hasMessageContaining("no resource-group is told");
        assertThat(problem(() -> new AzureFounder().prepare(context, Map.of("resource-group", "g", "nodes", "1"))))
                .satisfies(problem -> {
                    assertThat(problem.summary()).isEqualTo("there is nothing to set by nodes");
                    assertThat(problem.causes().get(0)).contains("clusterNodes");
                });
        assertThat(problem(() -> new AzureFounder().prepare(context, Map.of("resource-group", "g", "cloud", "Blue"))))
                .satisfies(problem -> {
                    assertThat(problem.summary()).isEqualTo("there is no cloud Blue");
                    assertThat(problem.code()).isEqualTo("FT0955");
                });
        assertThatThrownBy(
                        () -> new AzureFounder().prepare(context, Map.of("resource-group", "g", "clusterNodes", "two")))
                .hasMessageContaining("clusterNodes must be a whole number, was two");
    }

    /** A list of clouds that is not to be had says nothing of credentials. */
    @Test
    void tellsAnOutageFromCredentials() throws IOException {
        ProviderContext context = new ProviderContext(
                Path.of("target"),
                Map.of("AZURE_SUBSCRIPTION_ID", "s", "ARM_CLOUD_METADATA_URL", "http://localhost:" + closedPort()),
                new VirtualClock());

        Problem problem = problem(() -> new AzureFounder().prepare(context, Map.of("resource-group", "g")));

        assertThat(problem.code()).isEqualTo("FT0957");
        assertThat(problem.retry()).isInstanceOf(Retry.After.class);
        assertThat(new AzureExaminer().examine(context, null))
                .singleElement()
                .satisfies(one -> assertThat(one.verdict()).isEqualTo(Verdict.UNKNOWN));
    }

    private static int closedPort() throws IOException {
        try (ServerSocket closed = new ServerSocket(0)) {
            return closed.getLocalPort();
        }
    }

    private WorkspaceDeployment prepared(Map<String, String> wishes) {
        WorkspaceDeployment deployment = new WorkspaceDeployment(
                manager.resources(), manager.roles(), "s", "g", Duration.ofMillis(1));
        WorkspaceTemplate template = WorkspaceTemplate.shipped();
        deployment.prepare(template, template.parameters(wishes), template.parameters(CALLER));
        return deployment;
    }

    private static Problem problem(ThrowingCallable call) {
        FineTuneException failure = catchThrowableOfType(FineTuneException.class, call);
        assertThat(failure).isNotNull();
        List<Problem> problems = failure.problems();
        assertThat(problems.get(0).remedies()).isNotEmpty();
        return problems.get(0);
    }
}
