package dev.finetune4j.azure.ml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What Azure ML would refuse of a job's settings is told before a call is made, all of it at once. */
class AzureMlRulesTest {
    private static final Map<String, String> GOOD = Map.of(
            "subscription", "00000000-0000-0000-0000-000000000001",
            "resource-group", "my-group",
            "workspace", "my-workspace",
            "region", "westeurope",
            "store", "https://myaccount.blob.core.windows.net/jobs/finetune4j");

    @Test
    void takesWhatIsGood() {
        assertThat(problems(Map.of())).isEmpty();
        assertThat(problems(Map.of("environment", "mine:3", "compute", "gpus", "tags", "team=search")))
                .isEmpty();
    }

    @Test
    void tellsWhatIsMissing() {
        assertThat(new AzureMlSettings(Map.of(), Map.of()).problems())
                .hasSize(5)
                .allSatisfy(problem -> assertThat(problem.code()).isEqualTo("FT0931"))
                .extracting(problem -> problem.place().orElseThrow())
                .contains(Location.ofKey("places.azure-ml.workspace"));
        assertThat(new AzureMlSettings(
                                Map.of(), Map.of("AZURE_SUBSCRIPTION_ID", "00000000-0000-0000-0000-000000000001"))
                        .problems())
                .as("the subscription of the environment is taken")
                .hasSize(4);
    }

    @Test
    void tellsAllThatIsNotOfItsForm() {
        List<Problem> problems = problems(Map.of(
                "subscription", "mine",
                "workspace", "a",
                "region", "West Europe",
                "environment", "latest",
                "api-version", "newest",
                "identity", "me",
                "machine", "ml.g5.xlarge",
                "tags", "finetune4j-run=mine"));

        assertThat(problems)
                .hasSize(8)
                .allSatisfy(problem -> assertThat(problem.code()).isEqualTo("FT0931"))
                .extracting(Problem::summary)
                .contains("no machine of Azure's is called ml.g5.xlarge", "no tag may be finetune4j-run=mine");
    }

    @Test
    void tellsWhatCannotBeRead() {
        assertThat(problems(Map.of(
                        "store",
                        "https://me:secret@acc.blob.core.windows.net/jobs?sig=secret",
                        "spot",
                        "yes",
                        "credential",
                        "any",
                        "stor",
                        "x")))
                .extracting(Problem::summary)
                .containsExactlyInAnyOrder(
                        "Azure ML's store must be the address of a container, or of a folder in it, without a signature, was https://...@acc.blob.core.windows.net/jobs?...",
                        "Azure ML's spot must be true or false, was yes",
                        "Azure ML's credential must be one of environment, azure-cli, managed-identity, workload-identity, was any",
                        "Azure ML has no setting stor");
    }

    /** The table of prices is no list of where sizes are let. */
    @Test
    void warnsOfAMachineWithoutAPriceInARegionThatHasOthers() {
        Map<String, String> machine = Map.of("machine", "Standard_NC24ads_A100_v4", "compute", "gpus", "spot", "true");
        assertThat(problems(machine)).isEmpty();
        assertThat(problems(with(machine, "region", "norwayeast")))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo("FT0932");
                    assertThat(problem.isError()).isFalse();
                    assertThat(problem.summary())
                            .isEqualTo("no price of Standard_NC24ads_A100_v4 in norwayeast is known");
                });
        assertThat(problems(with(machine, "region", "brazilsouth"))).isEmpty();
        assertThat(problems(Map.of("region", "norwayeast")))
                .as("of no machine that a plan has yet to choose")
                .isEmpty();
    }

    @Test
    void tellsOfAStoreOrARegionInAnotherCloud() {
        assertThat(problems(Map.of("cloud", "china", "region", "chinanorth3")))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo("FT0932");
                    assertThat(problem.summary())
                            .isEqualTo("the store is in the cloud public, and the workspace in china");
                });
        Map<String, String> government = Map.of(
                "cloud",
                "us-government",
                "store",
                "https://myaccount.blob.core.usgovcloudapi.net/jobs/mine",
                "machine",
                "Standard_NC16as_T4_v3");
        assertThat(problems(with(government, "region", "usgovvirginia"))).isEmpty();
        assertThat(problems(government)).singleElement().satisfies(problem -> {
            assertThat(problem.summary())
                    .isEqualTo("the region westeurope is in the cloud public, and the workspace in us-government");
            assertThat(problem.remedies()).containsExactly("places.azure-ml.cloud: public");
        });
    }

    private static Map<String, String> with(Map<String, String> settings, String name, String value) {
        Map<String, String> all = new HashMap<>(settings);
        all.put(name, value);
        return all;
    }

    private static List<Problem> problems(Map<String, String> others) {
        Map<String, String> settings = new HashMap<>(GOOD);
        settings.putAll(others);
        return new AzureMlSettings(settings, Map.of()).problems();
    }
}
