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
                "identity", "me",
                "machine", "ml.g5.xlarge",
                "tags", "finetune4j-run=mine"));

        assertThat(problems)
                .hasSize(7)
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

    @Test
    void tellsWhatDoesNotGoTogether() {
        assertThat(problems(Map.of(
                        "spot", "true", "compute", "gpus", "machine", "Standard_NC24ads_A100_v4", "region", "nowhere")))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo("FT0932");
                    assertThat(problem.summary()).isEqualTo("no Standard_NC24ads_A100_v4 is let in nowhere");
                });
    }

    @Test
    void tellsOfAStoreInAnotherCloud() {
        assertThat(problems(Map.of("cloud", "china"))).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("FT0932");
            assertThat(problem.summary()).isEqualTo("the store is in the cloud public, and the workspace in china");
        });
        assertThat(problems(Map.of(
                        "cloud", "us-government", "store", "https://myaccount.blob.core.usgovcloudapi.net/jobs/mine")))
                .isEmpty();
    }

    private static List<Problem> problems(Map<String, String> others) {
        Map<String, String> settings = new HashMap<>(GOOD);
        settings.putAll(others);
        return new AzureMlSettings(settings, Map.of()).problems();
    }
}
