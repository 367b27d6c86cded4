package dev.finetune4j.azure.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.testkit.VirtualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    private static final Map<String, String> TUNING = Map.of("fine-tuning", "preview", "model", TuningWorkspace.MODEL);

    @Test
    void takesAFineTuningJobOfTheServicesOwn() {
        assertThat(problems(TUNING)).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("FT0935");
            assertThat(problem.isError()).isFalse();
        });
        assertThat(problems(with(TUNING, "api-version", "2026-05-15-preview"))).hasSize(1);
        assertThat(problems(with(TUNING, "compute", "gpus"))).hasSize(1);
        Map<String, String> translation = with(TUNING, "task", "translation");
        assertThat(problems(with(translation, "hyper-parameters", "source_lang=en, target_lang=de")))
                .hasSize(1);
    }

    @Test
    void tellsWhatAFineTuningJobDoesNotTake() {
        Map<String, String> wrong = new HashMap<>(TUNING);
        wrong.putAll(Map.of(
                "api-version", "2024-10-01",
                "model", "Llama",
                "spot", "true",
                "environment", "mine:3",
                "machine", "Standard_E4s_v3",
                "task", "translation"));
        assertThat(problems(wrong))
                .filteredOn(Problem::isError)
                .extracting(Problem::summary)
                .containsExactlyInAnyOrder(
                        "Azure ML's model cannot be Llama",
                        "the version 2024-10-01 of Azure's API has no fine-tuning jobs",
                        "a fine-tuning job of Azure ML runs in no environment of one's own",
                        "a fine-tuning job of Azure ML is not for a machine that may be taken back",
                        "a fine-tuning job of Azure ML takes a machine with GPUs, not Standard_E4s_v3",
                        "a translation needs to be told its source_lang",
                        "a translation needs to be told its target_lang");
        assertThat(problems(Map.of("fine-tuning", "yes", "task", "rhyme")))
                .extracting(Problem::summary)
                .containsExactlyInAnyOrder(
                        "Azure ML's fine-tuning must be one of preview, was yes",
                        "Azure ML's task must be one of chat-completion, text-completion, text-classification,"
                                + " question-answering, summarization, translation, was rhyme",
                        "Azure ML needs to be told its model");
    }

    @Test
    void takesARegistryForTheRowsOfAFineTuningJob() {
        assertThat(problems(with(TUNING, "data-registry", "my-registry"))).noneMatch(Problem::isError);
        assertThat(problems(with(with(TUNING, "data-registry", "R2"), "data-registry-resource-group", "shared")))
                .noneMatch(Problem::isError);
        for (String name : List.of("r", "-registry", "my.registry", "a".repeat(34))) {
            assertThat(problems(with(TUNING, "data-registry", name)))
                    .filteredOn(Problem::isError)
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.code()).isEqualTo("FT0931");
                        assertThat(problem.summary()).isEqualTo("Azure ML's data-registry cannot be " + name);
                        assertThat(problem.remedies()).containsExactly("az ml registry list --query '[].name'");
                    });
        }
        assertThat(problems(with(with(TUNING, "data-registry", "mine"), "data-registry-resource-group", "a/b")))
                .filteredOn(Problem::isError)
                .extracting(Problem::summary)
                .containsExactly("Azure ML's data-registry-resource-group cannot be a/b");
        assertThat(problems(with(TUNING, "data-registry-resource-group", "shared")))
                .filteredOn(Problem::isError)
                .extracting(Problem::summary, problem -> problem.remedies().get(0))
                .containsExactly(tuple(
                        "Azure ML needs to be told its data-registry", "places.azure-ml.data-registry: my-registry"));
        assertThat(problems(Map.of("data-registry", "my-registry")))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo("FT0932");
                    assertThat(problem.summary())
                            .isEqualTo("Azure ML has no use for data-registry in a job that runs finetune4j's worker");
                    assertThat(problem.remedies())
                            .containsExactly(
                                    "leave places.azure-ml.data-registry out", "places.azure-ml.fine-tuning: preview");
                });
    }

    /** Nothing that it trained would be left of a job whose machine is taken back. */
    @Test
    void takesNoFineTuningJobOnAClusterOfLowPriority() {
        assertThat(problems(with(with(TUNING, "spot", "true"), "compute", "lowpri")))
                .filteredOn(Problem::isError)
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo("FT0932");
                    assertThat(problem.remedies()).containsExactly("places.azure-ml.spot: false");
                });
    }

    /** What a job costs is told by its epochs, and what its rows are called is written before the service reads them. */
    @Test
    void takesNoHyperParameterThatTheJobSaysItself() {
        assertThat(problems(with(TUNING, "hyper-parameters", "optim=adafactor, lora_r=64")))
                .noneMatch(Problem::isError);
        assertThat(problems(with(
                        TUNING,
                        "hyper-parameters",
                        "num_train_epochs=10, max_steps=5, label_key=class, document_key=text")))
                .filteredOn(Problem::isError)
                .allSatisfy(problem -> {
                    assertThat(problem.code()).isEqualTo("FT0931");
                    assertThat(problem.place()).contains(Location.ofKey("places.azure-ml.hyper-parameters"));
                })
                .extracting(Problem::summary, problem -> problem.remedies().get(0))
                .containsExactlyInAnyOrder(
                        tuple(
                                "the job itself tells Azure ML how long it trains, and no num_train_epochs",
                                "training.epochs: 10"),
                        tuple(
                                "the job itself tells Azure ML how long it trains, and no max_steps",
                                "leave max_steps out"),
                        tuple("the job itself tells Azure ML its columns, and no label_key", "leave label_key out"),
                        tuple(
                                "the job itself tells Azure ML its columns, and no document_key",
                                "leave document_key out"));
    }

    /** Languages are names of columns: the answer of a row would take the place of its text. */
    @Test
    void takesNoTranslationIntoTheSameLanguage() {
        Map<String, String> translation = with(TUNING, "task", "translation");

        assertThat(problems(with(translation, "hyper-parameters", "source_lang=en, target_lang=en")))
                .filteredOn(Problem::isError)
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo("FT0932");
                    assertThat(problem.summary()).isEqualTo("a translation has two languages, and not en twice");
                    assertThat(problem.remedies())
                            .containsExactly("places.azure-ml.hyper-parameters: source_lang=en, target_lang=de");
                });
        assertThat(problems(with(translation, "hyper-parameters", "source_lang=de, target_lang=DE")))
                .filteredOn(Problem::isError)
                .singleElement()
                .satisfies(problem -> assertThat(problem.remedies())
                        .containsExactly("places.azure-ml.hyper-parameters: source_lang=de, target_lang=en"));
    }

    /** Nothing of it would be heeded. */
    @Test
    void tellsWhatACommandJobHasNoUseFor() {
        assertThat(problems(Map.of("model", TuningWorkspace.MODEL, "task", "chat-completion")))
                .allSatisfy(problem -> assertThat(problem.code()).isEqualTo("FT0932"))
                .extracting(Problem::summary)
                .containsExactly(
                        "Azure ML has no use for model in a job that runs finetune4j's worker",
                        "Azure ML has no use for task in a job that runs finetune4j's worker");
        assertThat(problems(Map.of("model", "Llama-3.3-70B-Instruct")))
                .as("the catalogue's name of a model that is billed by the token there")
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

    /** Names that Azure would refuse, or take for another thing: an account of no form is no store of Azurite's. */
    @ParameterizedTest
    @CsvSource({
        "workspace, ab",
        "workspace, a2345678901234567890123456789012345",
        "workspace, -ab",
        "resource-group, my-group.",
        "datastore, -x",
        "compute, g",
        "compute, a2345678901234567",
        "compute, gpus-",
        "store, https://my-account.blob.core.windows.net/jobs/finetune4j",
        "store, https://MyAccount.blob.core.windows.net/jobs/finetune4j",
        "store, https://a234567890123456789012345.blob.core.windows.net/jobs/finetune4j",
        "store, https://ab.blob.core.windows.net/jobs/finetune4j"
    })
    void takesNoNameOfAnotherForm(String setting, String name) {
        Map<String, String> settings = setting.equals("compute")
                ? Map.of(setting, name, "machine", "Standard_NC6s_v3")
                : Map.of(setting, name);

        assertThat(problems(settings))
                .filteredOn(problem -> problem.code().equals("FT0931"))
                .singleElement()
                .satisfies(
                        problem -> assertThat(problem.place()).contains(Location.ofKey("places.azure-ml." + setting)));
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

    /** A machine that is taken back at the last moment may be followed by another one, which is billed while it is brought. */
    @Test
    void keepsTheTimeToBringAMachineTwiceWhereItMayBeTakenBack() {
        for (String spot : List.of("false", "true")) {
            try (Provider provider = new AzureMlProviderFactory()
                    .open(new ProviderContext(Path.of("target"), Map.of(), new VirtualClock()), Map.of("spot", spot))) {
                assertThat(provider.windDown()).isEqualTo(Duration.ofMinutes(spot.equals("true") ? 45 : 30));
            }
        }
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
                .filteredOn(Problem::isError) // no price is known there
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo("FT0932");
                    assertThat(problem.summary())
                            .isEqualTo("the store is in the cloud public, and the workspace in china");
                    assertThat(problem.remedies())
                            .containsExactly("az storage account list --query '[].primaryEndpoints.blob'");
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
            assertThat(problem.remedies()).containsExactly("az account list-locations --query '[].name'");
        });
    }

    /** Whoever names another cloud nowhere has forgotten to, and whoever follows a remedy is not led back by the next. */
    @Test
    void takesWhatTwoOfThreeSayForTheCloudThatIsMeant() {
        Map<String, String> there =
                Map.of("store", "https://myaccount.blob.core.usgovcloudapi.net/jobs/mine", "region", "usgovvirginia");

        assertThat(problems(there))
                .filteredOn(Problem::isError)
                .flatExtracting(Problem::remedies)
                .containsExactly("places.azure-ml.cloud: us-government", "places.azure-ml.cloud: us-government");
    }

    @Test
    void tellsOfASlipOnceAndOfTheRestBesides() {
        Map<String, String> settings = new HashMap<>(GOOD);
        settings.remove("workspace");
        settings.putAll(Map.of("workspce", "mine", "subscription", "00000000-0000-0000-0000-00000000000"));

        List<Problem> problems = new AzureMlSettings(settings, Map.of()).problems();

        assertThat(problems)
                .extracting(Problem::summary)
                .containsExactly(
                        "Azure ML has no setting workspce",
                        "Azure ML's subscription cannot be 00000000-0000-0000-0000-00000000000");
        assertThat(problems.get(0).remedies()).containsExactly("rename workspce to workspace");
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
