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
    void saysWhereTheArtifactOfAnAbsentTargetIsFound() {
        List<Problem> problems = ProviderCheck.inspect(job("bedrock", "local", "azure-ml"), Set.of(ProviderId.LOCAL));

        assertThat(problems).extracting(Problem::code).containsOnly("FT0113");
        assertThat(problems)
                .extracting(Problem::summary)
                .containsExactly(
                        "no provider on the class path is called \"bedrock\"",
                        "no provider on the class path is called \"azure-ml\"");
        assertThat(problems.get(0).causes()).containsExactly("there are these: local");
        assertThat(problems.get(0).location()).hasToString("job  targets[0]");
        assertThat(problems.get(0).remedies())
                .containsExactly(
                        "targets: [local]",
                        "add the artifact that brings bedrock to the class path; dev.finetune4j:finetune4j-bom names all");
    }

    @Test
    void guessesAMisspeltTarget() {
        Problem local =
                ProviderCheck.inspect(job("locall"), Set.of(ProviderId.LOCAL)).get(0);
        Problem cloud = ProviderCheck.inspect(job("sage-maker"), Set.of(ProviderId.parse("sagemaker")))
                .get(0);
        Problem alone = ProviderCheck.inspect(job("sagemaker"), Set.of()).get(0);

        assertThat(local.remedies()).containsExactly("targets: [local]");
        assertThat(cloud.remedies()).containsExactly("targets: [sagemaker]");
        assertThat(alone.causes()).containsExactly("there is none at all");
    }

    private static FineTuneJob job(String... targets) {
        return FineTuneJob.builder(
                        "tickets", ModelRef.parse("m"), TaskSpec.of(TaskKind.CHAT), DataSpec.ofFile("rows.jsonl"))
                .targets(Stream.of(targets).map(ProviderId::parse).toList())
                .build();
    }
}
