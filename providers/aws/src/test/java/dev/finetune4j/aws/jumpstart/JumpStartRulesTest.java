package dev.finetune4j.aws.jumpstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Budget;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.testkit.VirtualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What JumpStart would have against a job is told before a call, each with the line to write. */
class JumpStartRulesTest {
    @Test
    void hasNothingAgainstWhatItTakes() {
        assertThat(problems(Map.of(), HubDocuments.tiny())).isEqualTo("[]");
    }

    @Test
    void tellsWhatCannotBeReadAllAtOnce() {
        JumpStartSettings settings = new JumpStartSettings(
                Map.of("Roles", "me", "accept-eula", "yes", "spot", "true", "model", "m"), Map.of());

        assertThat(settings.problems().toString())
                .contains(
                        "FT0911",
                        "JumpStart has no setting Roles",
                        "rename Roles to role",
                        "needs to be told its store",
                        "needs to be told its region",
                        "accept-eula must be true or false, was yes",
                        "FT0922",
                        "does not train on machines that may be taken back")
                .doesNotContain("needs to be told its role");
    }

    @Test
    void holdsSettingsToTheirForms() {
        assertThat(problems(
                        Map.of(
                                "role",
                                "me",
                                "store",
                                "/tmp",
                                "machine",
                                "ml.none",
                                "version",
                                "1.x",
                                "kms-key",
                                "a b",
                                "subnets",
                                "subnet-1"),
                        null))
                .contains("is no ARN of a role", "is no place in S3", "no ml.none that is known", "no key of KMS")
                .contains("no version of the hub's is 1.x", "leave places.jumpstart.version out")
                .contains("FT0912", "subnets come without a security group");
        assertThat(problems(Map.of("region", "xx-none-1"), null))
                .contains("FT0917", "there is no JumpStart in xx-none-1", "places.jumpstart.region: us-east-1");
        assertThat(problems(Map.of("tags", "team?=search"), null)).contains("FT0911", "no tag may be team?=search");
    }

    @Test
    void goesByTheDocument() {
        assertThat(problems(Map.of(), HubDocuments.of("huggingface-llm-offline-fixed")))
                .contains("FT0914", "the hub does not tune huggingface-llm-offline-fixed 1.0.0");
        assertThat(problems(Map.of("machine", "ml.m5.xlarge"), HubDocuments.llama()))
                .contains(
                        "FT0915",
                        "https://jumpstart-cache-prod-eu-central-1.s3.eu-central-1.amazonaws.com/fmhMetadata/eula/llama3_2Eula.txt",
                        "places.jumpstart.accept-eula: true",
                        "FT0916",
                        "its script is made for ml.g5.2xlarge, ml.g5.4xlarge",
                        "places.jumpstart.machine: ml.g5.2xlarge");
        assertThat(problems(Map.of("machine", "ml.g5.2xlarge", "accept-eula", "true"), HubDocuments.llama()))
                .isEqualTo("[]");
    }

    @Test
    void wantsAMachineWhereNobodyNamesOne() {
        HubDocument tiny = HubDocuments.tiny();
        HubDocument silent = HubDocument.of(tiny.id(), "1.0.0", """
                {"TrainingSupported": true, "TrainingEcrUri": "x", "TrainingScriptUri": "s3://x/y.tar.gz",
                 "TrainingArtifactUri": "s3://x/z/", "Hyperparameters": []}""");

        assertThat(problems(Map.of(), silent)).isEqualTo("[]");
        Map<String, String> settings = new HashMap<>(OfflineHubPlace.SETTINGS);
        settings.remove("machine");
        JumpStartOptions options = new JumpStartSettings(settings, Map.of()).options(new ModelRef("any"));
        assertThat(JumpStartRules.problems(options, silent).toString())
                .contains("FT0916", "names no machine, nor does the job", "places.jumpstart.machine: ml.g5.2xlarge");
    }

    @Test
    void holdsTheBudgetToTheLongestRunAndTheKeyToTheRegion() {
        JumpStartOptions options =
                new JumpStartSettings(OfflineHubPlace.SETTINGS, Map.of()).options(new ModelRef("any"));

        try (Provider provider = new JumpStartProviderFactory()
                .open(new ProviderContext(Path.of("target"), Map.of(), new VirtualClock()), OfflineHubPlace.SETTINGS)) {
            assertThat(provider.capabilities().longestRun()).isEqualTo(Duration.ofDays(28));
        }
        assertThat(JumpStartRules.problems(options, new Budget(null, Duration.ofDays(28))))
                .isEmpty();
        assertThat(JumpStartRules.problems(options, new Budget(null, Duration.ofDays(40)))
                        .toString())
                .contains("JumpStart runs a job for 28d at most, not 40d", "budget.max-time: 28d");
        assertThat(problems(Map.of("kms-key", "arn:aws:kms:us-east-1:123456789012:key/k"), null))
                .contains("FT0912", "the key is in us-east-1, the job in eu-central-1");
        assertThat(problems(Map.of("kms-key", "arn:aws:kms:eu-central-1:123456789012:key/k"), null))
                .isEqualTo("[]");
    }

    @Test
    void findsTheIdsThatAreMostAlike() {
        List<String> ids = List.of(
                "huggingface-llm-gemma-2b",
                "meta-textgeneration-llama-3-2-1b-instruct",
                "meta-textgeneration-llama-3-2-3b-instruct",
                "meta-textgeneration-llama-3-1-8b-instruct",
                "pytorch-ic-resnet50");

        assertThat(HubModels.nearest("meta-llama/Llama-3.2-1B-Instruct", ids))
                .containsExactly(
                        "meta-textgeneration-llama-3-2-1b-instruct",
                        "meta-textgeneration-llama-3-2-3b-instruct",
                        "meta-textgeneration-llama-3-1-8b-instruct");
    }

    private static String problems(Map<String, String> more, @Nullable HubDocument document) {
        Map<String, String> settings = new HashMap<>(OfflineHubPlace.SETTINGS);
        settings.putAll(more);
        List<Problem> problems = new ArrayList<>();
        try {
            JumpStartOptions options = new JumpStartSettings(settings, Map.of()).options(new ModelRef("any"));
            problems.addAll(JumpStartRules.problems(options));
            if (document != null) {
                problems.addAll(JumpStartRules.problems(options, document));
            }
        } catch (FineTuneException e) {
            problems.addAll(e.problems());
        }
        return problems.toString();
    }
}
