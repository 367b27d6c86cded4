package dev.finetune4j.azure.ml;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.azure.account.AzureExaminer;
import dev.finetune4j.azure.internal.ArmResources;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.Diagnosis.Verdict;
import dev.finetune4j.spi.ProviderContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What would get in the way of a job at Azure ML is found before it is launched, each with what to do. */
@Tag("long")
class AzureExaminerTest {
    private static final String MACHINE = "Standard_NC24ads_A100_v4";
    private static final String FAMILY = "standardNCADSA100v4Family";

    @SuppressWarnings("NullAway.Init") // before all tests
    private static Azurite blobs;

    @TempDir
    private Path home;

    @SuppressWarnings("NullAway.Init") // before each test
    private OfflineWorkspace place;

    @BeforeAll
    static void startBlobStorage() throws IOException {
        blobs = OfflineWorkspace.blobs();
    }

    @AfterAll
    static void endBlobStorage() {
        blobs.close();
    }

    @BeforeEach
    void open() throws IOException {
        place = new OfflineWorkspace(home, blobs);
    }

    @AfterEach
    void close() {
        place.close();
    }

    @Test
    void findsAReadyWorkspaceAndChangesNothing() {
        List<Diagnosis> all = examine(Map.of());

        assertThat(all).extracting(Diagnosis::name).containsExactly("credentials", "workspace", "store", "quota");
        assertThat(all).allSatisfy(one -> assertThat(one.verdict()).isEqualTo(Verdict.OK));
        assertThat(all.get(3).found())
                .isEqualTo(MACHINE + " needs 24 cores of NCADSA100v4 in westeurope, you have 1000");
        assertThat(place.azure.calls().of("Jobs_CreateOrUpdate")).isEmpty();
    }

    @Test
    void looksAtTheCredentialsAloneWhereNoJobIsNamed() {
        assertThat(new AzureExaminer().examine(context(place.azure.variables()), null))
                .containsExactly(Diagnosis.ok("credentials", "environment gives tokens of AzureCloud"));
    }

    @Test
    void tellsOfCredentialsThatAreNotTaken() {
        Map<String, String> variables = new HashMap<>(place.azure.variables());
        variables.put("AZURE_CLIENT_SECRET", "not the secret");

        assertThat(new AzureExaminer().examine(context(variables), job(Map.of())))
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.verdict()).isEqualTo(Verdict.FAIL);
                    assertThat(one.remedy())
                            .as("of the source that is meant")
                            .isEqualTo("export AZURE_CLIENT_SECRET=SECRET");
                    assertThat(one.found()).doesNotContain("not the secret");
                });
    }

    @Test
    void tellsOfAQuotaThatIsTooSmall() {
        place.azure.quota(FAMILY, 0);

        Diagnosis quota = last(examine(Map.of()));

        assertThat(quota.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(quota.found()).endsWith("in westeurope, you have 0");
        assertThat(quota.remedy())
                .startsWith("az quota create --resource-name " + FAMILY + " --limit-object value=24 --scope ");
        place.azure.quota("LowPriority", 23);
        assertThat(last(examine(Map.of("spot", "true")))).satisfies(low -> {
            assertThat(low.verdict()).isEqualTo(Verdict.FAIL);
            assertThat(low.found()).endsWith("needs 24 cores of low priority in westeurope, you have 23");
        });
    }

    @Test
    void tellsOfAQuotaThatIsUsedUpNow() {
        place.azure.quota(FAMILY, 24);
        place.open().submit(place.job("running", 5).build());
        place.clock.advance(Duration.ofHours(1));

        Diagnosis quota = last(examine(Map.of()));

        assertThat(quota.verdict()).isEqualTo(Verdict.WARN);
        assertThat(quota.found()).endsWith("you have 24, of which 24 are in use");
    }

    @Test
    void tellsOfAnotherRegionAndOfNoWorkspace() {
        assertThat(examine(Map.of("region", "northeurope")).get(1)).satisfies(workspace -> {
            assertThat(workspace.verdict()).isEqualTo(Verdict.FAIL);
            assertThat(workspace.found())
                    .isEqualTo("FT0933: my-workspace is in westeurope, and the job is planned in northeurope");
            assertThat(workspace.remedy()).isEqualTo("places.azure-ml.region: westeurope");
        });
        assertThat(examine(Map.of("workspace", "another")).get(1)).satisfies(workspace -> {
            assertThat(workspace.verdict()).isEqualTo(Verdict.FAIL);
            assertThat(workspace.found()).startsWith("FT0946: there is no workspace ");
            assertThat(workspace.remedy()).startsWith("az ml workspace list");
        });
    }

    @Test
    void tellsOfAStoreThatIsNotTheWorkspaces() {
        Diagnosis store = examine(Map.of("datastore", "archive")).get(2);

        assertThat(store.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(store.found()).startsWith("FT0946: the datastore archive of my-workspace is not of ");
    }

    @Test
    void looksAtTheRegistryThatRowsAreToGoTo() {
        Map<String, String> settings = TuningWorkspace.with(Map.of("data-registry", place.azure.registry()));

        assertThat(examine(settings))
                .contains(Diagnosis.ok("registry", "my-registry in my-group can be read"))
                .extracting(Diagnosis::name)
                .containsExactly("credentials", "workspace", "store", "registry", "quota");
        assertThat(examine(TuningWorkspace.with(Map.of("data-registry", "another")))
                        .get(3))
                .satisfies(registry -> {
                    assertThat(registry.verdict()).isEqualTo(Verdict.FAIL);
                    assertThat(registry.found())
                            .isEqualTo("FT0939: there is no registry another in the resource group my-group");
                    assertThat(registry.remedy()).startsWith("az resource list ");
                });
    }

    @Test
    void tellsOfAClusterThatIsNotThere() {
        Diagnosis cluster = last(examine(Map.of("compute", "gpus")));

        assertThat(cluster.name()).isEqualTo("cluster");
        assertThat(cluster.found()).startsWith("FT0946: there is no cluster gpus");
    }

    @Test
    void tellsWhyAClusterGetsNoMachineThoughMakingItSucceeded() {
        String cluster =
                "{\"location\":\"westeurope\",\"properties\":{\"computeType\":\"AmlCompute\",\"properties\":{\"vmSize\":\""
                        + MACHINE + "\",\"scaleSettings\":{\"minNodeCount\":0,\"maxNodeCount\":1}}}}";
        AzureMlOptions options = new AzureMlSettings(place.settings(), Map.of()).options();
        new ArmResources(place.connection(), AzureMlOptions.USUAL_API_VERSION)
                .put(options.workspacePath() + "/computes/gpus", Json.read(cluster, JsonNode.class));
        assertThat(last(examine(Map.of("compute", "gpus"))).verdict()).isEqualTo(Verdict.OK);

        place.azure.sellOut(MACHINE);
        assertThat(last(examine(Map.of("compute", "gpus")))).satisfies(soldOut -> {
            assertThat(soldOut.verdict()).isEqualTo(Verdict.WARN);
            assertThat(soldOut.found()).startsWith("gpus got no machine when it last wanted one: AllocationFailed: ");
        });
        place.azure.restock(MACHINE);
        place.azure.quota(FAMILY, 0);
        assertThat(last(examine(Map.of("compute", "gpus")))).satisfies(noQuota -> {
            assertThat(noQuota.verdict()).isEqualTo(Verdict.FAIL);
            assertThat(noQuota.found())
                    .isEqualTo("FT0945: the subscription's quota leaves no " + MACHINE + " for gpus");
        });
    }

    @Test
    void asksNobodyWhereTheSettingsAreWrong() {
        assertThat(examine(Map.of("subscription", "mine"))).singleElement().satisfies(one -> {
            assertThat(one.name()).isEqualTo("settings");
            assertThat(one.found()).startsWith("FT0931: ");
        });
    }

    @Test
    void doesNotKnowWhatItMayNotSee() {
        place.azure.faults().denyAccess("Workspaces_Get", 1);

        assertThat(examine(Map.of()).get(1)).satisfies(workspace -> {
            assertThat(workspace.verdict()).isEqualTo(Verdict.FAIL);
            assertThat(workspace.found()).startsWith("FT0942");
            assertThat(workspace.remedy()).isEqualTo("finetune policy JOB --for caller");
        });
        place.azure.faults().breakDown("Usages_List", 9);
        assertThat(last(examine(Map.of())).verdict()).isEqualTo(Verdict.UNKNOWN);
    }

    private static Diagnosis last(List<Diagnosis> all) {
        return all.get(all.size() - 1);
    }

    private List<Diagnosis> examine(Map<String, String> others) {
        return new AzureExaminer().examine(context(place.azure.variables()), job(others));
    }

    private FineTuneJob job(Map<String, String> others) {
        Map<String, String> settings = new HashMap<>(place.settings());
        settings.putAll(others);
        return FineTuneJob.builder(
                        "letters",
                        ModelRef.parse("tiny"),
                        TaskSpec.of(TaskKind.SENTIMENT),
                        DataSpec.ofFile("letters.jsonl"))
                .place(AzureMlProvider.ID, settings)
                .build();
    }

    private ProviderContext context(Map<String, String> variables) {
        return new ProviderContext(home, variables, place.clock);
    }
}
