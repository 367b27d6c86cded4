package dev.finetune4j.azure.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.core.http.HttpHeaderName;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.spi.AccountFounder.Change;
import dev.finetune4j.spi.Diagnosis.Verdict;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What would be made is told before it is made; the same again changes nothing; what goes wrong is told with what to do. */
class WorkspaceDeploymentTest {
    private static final String MACHINE = "Standard_NC24ads_A100_v4";

    private final ScriptedManager manager = new ScriptedManager();

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

    @Test
    void tellsTheChangesAndMakesThemOnce() {
        WorkspaceDeployment first = group.prepared(Map.of("location", "northeurope"));

        assertThat(first.place()).isEqualTo("resource group my-group of " + OfflineGroup.PLACE.subscription());
        assertThat(first.changes())
                .contains(
                        new Change("create", "finetune4j", "Microsoft.MachineLearningServices/workspaces"),
                        new Change("create", "finetune4j", "Microsoft.Storage/storageAccounts/blobServices/containers"),
                        new Change(
                                "create",
                                "Storage Blob Data Contributor to the identity of jobs",
                                "Microsoft.Authorization/roleAssignments"),
                        new Change(
                                "create",
                                "AzureML Data Scientist to the caller",
                                "Microsoft.Authorization/roleAssignments"))
                .allSatisfy(change -> assertThat(change.action()).isEqualTo("create"));
        assertThat(first.changes())
                .filteredOn(change -> change.kind().equals("Microsoft.Authorization/roleAssignments"))
                .as("no role that the template assigns goes by a number")
                .allMatch(change -> change.name().contains(" to the "));
        assertThat(group.azure.calls().of("Deployments_CreateOrUpdate"))
                .as("nothing is made yet")
                .isEmpty();
        assertThat(group.carriedOut(first))
                .matches("(?s)places:\n  azure-ml:\n    subscription: " + OfflineGroup.PLACE.subscription()
                        + "\n    resource-group: my-group\n    workspace: finetune4j\n    region: northeurope\n"
                        + "    store: https://[^ ]+/ft4j[a-z2-7]{13}/finetune4j/finetune4j\n    datastore: finetune4j\n"
                        + "    identity: [0-9a-f-]{36}\n");

        WorkspaceDeployment again = group.prepared(Map.of());
        assertThat(again.changes()).isEmpty();
        assertThat(group.carriedOut(again)).contains("region: northeurope");
        assertThat(group.azure.calls().of("Deployments_CreateOrUpdate")).hasSize(1);
    }

    @Test
    void looksWhereverItIsTold() {
        manager.tellsWhereBy(HttpHeaderName.AZURE_ASYNCOPERATION);
        assertThat(manager.prepared().changes()).hasSize(1);

        manager.tellsWhereBy(null);
        assertThat(problem(manager::prepared).code()).isEqualTo("FT0957");
    }

    @Test
    void keepsWhatWasSetBefore() {
        group.carriedOut(group.prepared(Map.of("budget", "100", "budgetMail", "me@example.org")));

        WorkspaceDeployment change = group.prepared(Map.of("budget", "200"));
        assertThat(change.changes())
                .containsExactly(new Change("modify", "finetune4j-month", "Microsoft.Consumption/budgets"));
        group.carriedOut(change);

        assertThat(group.parameter("budget")).isEqualTo("200");
        assertThat(group.parameter("budgetMail")).isEqualTo("me@example.org");
    }

    /** An owner may not read or write files of an account that takes no keys. */
    @Test
    void givesWhoeverMakesItTheRolesOfALauncher() {
        group.carriedOut(group.prepared(Map.of("callerId", "")));
        assertThat(group.parameter("callerId")).isEmpty();

        group.carriedOut(group.prepared(Map.of()));
        assertThat(group.parameter("callerId"))
                .isEqualTo(group.azure.variables().get("AZURE_CLIENT_ID"));
        assertThat(group.parameter("callerType")).isEqualTo("ServicePrincipal");

        String another = "00000000-0000-0000-0000-000000000009";
        group.carriedOut(group.prepared(Map.of("callerId", another, "callerType", "Group")));
        group.carriedOut(group.prepared(Map.of()));
        assertThat(group.parameter("callerId")).isEqualTo(another);
        assertThat(group.parameter("callerType")).isEqualTo("Group");
    }

    @Test
    void refusesABudgetOfWhichNobodyIsTold() {
        Problem problem = problem(() -> group.prepared(Map.of("budget", "100")));

        assertThat(problem.code()).isEqualTo("FT0955");
        assertThat(problem.summary()).isEqualTo("a budget of 100 needs somebody whom its mails go to");
        assertThat(problem.remedies().get(0)).contains("--set budget=100 --set budgetMail=");
        assertThat(group.azure.calls().of("Deployments_WhatIf"))
                .as("nothing is worked out")
                .isEmpty();
        assertThat(group.prepared(Map.of("budget", "0")).changes()).isNotEmpty();
    }

    @Test
    void saysOfAClusterWhichMachinesItHas() {
        assertThat(group.carriedOut(group.prepared(Map.of("clusterMachine", MACHINE))))
                .endsWith("    compute: finetune4j\n    machine: " + MACHINE + "\n    spot: false\n");
        assertThat(group.carriedOut(group.prepared(Map.of(
                        "workspaceName", "another", "clusterMachine", MACHINE, "clusterPriority", "LowPriority"))))
                .as("which a plan must know, since what was trained may be lost")
                .endsWith("    machine: " + MACHINE + "\n    spot: true\n");
    }

    @Test
    void tellsTheInnermostReasonAndGoesOnWhereItWas() {
        WorkspaceDeployment failing = group.prepared(Map.of("clusterMachine", "Standard_X1"));

        Problem problem = problem(() -> group.carriedOut(failing));

        assertThat(problem.code()).isEqualTo("FT0955");
        assertThat(problem.causes().get(0)).startsWith("UserError: The specified Azure ML Compute VM size Standard_X1");
        WorkspaceDeployment mended = group.prepared(Map.of("clusterMachine", MACHINE));
        assertThat(mended.changes())
                .as("the rest is there")
                .containsExactly(
                        new Change("create", "finetune4j", "Microsoft.MachineLearningServices/workspaces/computes"));
        assertThat(group.carriedOut(mended)).contains("workspace: finetune4j");
    }

    @Test
    void tellsWhoMayNotAndWhatIsNotThere() {
        group.azure.restrictCaller();
        assertThat(problem(() -> group.prepared(Map.of()))).satisfies(denied -> {
            assertThat(denied.code()).isEqualTo("FT0956");
            assertThat(denied.remedies().get(0))
                    .contains(
                            "Contributor",
                            "--assignee " + group.azure.variables().get("AZURE_CLIENT_ID") + " --scope");
        });
        manager.refuse(403, "AuthorizationFailed", "no");
        assertThat(problem(manager::prepared).remedies().get(0)).contains("az ad signed-in-user show");
        manager.refuse(404, "ResourceGroupNotFound", "no");
        assertThat(problem(manager::prepared).remedies().get(0)).startsWith("az group create ");
    }

    @Test
    void tellsWhatTheTemplateDoesNotTake() {
        assertThat(problem(() -> group.prepared(Map.of("clusterPriority", "Cheap"))))
                .satisfies(refused -> {
                    assertThat(refused.code()).isEqualTo("FT0955");
                    assertThat(refused.causes().get(0))
                            .startsWith("InvalidTemplate: ")
                            .contains("clusterPriority");
                });
        assertThat(problem(() -> group.prepared(Map.of("workspaceName", "x")))
                        .causes()
                        .get(0))
                .contains("workspaceName");
    }

    @Test
    void tellsThatNobodyAnswers() {
        WorkspaceDeployment prepared = group.prepared(Map.of());
        group.azure.faults().breakDown("Deployments_CreateOrUpdate", 1);

        Problem problem = problem(() -> group.carriedOut(prepared));

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

    private static Problem problem(ThrowingCallable call) {
        FineTuneException failure = catchThrowableOfType(FineTuneException.class, call);
        assertThat(failure).isNotNull();
        List<Problem> problems = failure.problems();
        assertThat(problems.get(0).remedies()).isNotEmpty();
        return problems.get(0);
    }
}
