package dev.finetune4j.engine.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.Problem;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.value.ProviderId;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProviderCheckTest {
    @Test
    void acceptsTargetsThatAreThere() {
        assertThat(ProviderCheck.inspect(job("local"), Set.of(ProviderId.LOCAL)))
                .isEmpty();
    }

    @Test
    void saysWhichArtifactBringsAnAbsentTarget() {
        List<Problem> problems = ProviderCheck.inspect(job("bedrock", "local", "azure-ml"), Set.of(ProviderId.LOCAL));

        assertThat(problems).extracting(Problem::code).containsOnly("FT0113");
        assertThat(problems)
                .extracting(Problem::summary)
                .containsExactly(
                        "the target bedrock needs the artifact finetune4j-aws",
                        "the target azure-ml needs the artifact finetune4j-azure");
        assertThat(problems.get(0).causes()).contains("on the class path: local");
        assertThat(problems.get(0).location()).hasToString("job  targets[0]");
        assertThat(problems.get(0).remedies())
                .containsExactly("targets: [local]", "add dev.finetune4j:finetune4j-aws to the class path");
    }

    @Test
    void guessesAMisspeltTarget() {
        Problem local =
                ProviderCheck.inspect(job("locall"), Set.of(ProviderId.LOCAL)).get(0);
        Problem cloud = ProviderCheck.inspect(job("sage-maker"), Set.of()).get(0);

        assertThat(local.summary()).isEqualTo("no provider is called \"locall\"");
        assertThat(local.remedies().get(0)).isEqualTo("targets: [local]");
        assertThat(cloud.remedies()).containsExactly("targets: [sagemaker]");
        assertThat(cloud.causes()).containsExactly("no provider is on the class path");
    }

    private static FineTuneJob job(String... targets) {
        return FineTuneJob.builder(
                        "tickets", ModelRef.parse("m"), TaskSpec.of(TaskKind.CHAT), DataSpec.ofFile("rows.jsonl"))
                .targets(Stream.of(targets).map(ProviderId::parse).toList())
                .build();
    }
}
