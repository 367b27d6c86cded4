package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Part;
import dev.finetune4j.data.Quantiles;
import dev.finetune4j.engine.launch.JobFigures;
import dev.finetune4j.engine.launch.ModelFacts;
import dev.finetune4j.engine.launch.RowFigures;
import dev.finetune4j.engine.models.CatalogueModel;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.EvaluationSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.PromptTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.spi.Proposal;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Figures of a job on rows of 400 tokens that are answered with 50 new tokens at most. */
class PlannedJobTest {
    @Test
    void whatAllRowsBeginWithTakesNoRoomOfAnswersSideBySide() {
        assertThat(job(LoraTuning.defaults(), 0).answersAtATime())
                .as("1,500 / (400 + 50)")
                .isEqualTo(3);
        assertThat(job(LoraTuning.defaults(), 250).answersAtATime())
                .as("1,500 / (400 - 250 + 50)")
                .isEqualTo(7);
        assertThat(job(new PromptTuning(500, null), 0).answersAtATime()).isEqualTo(3);
        assertThat(job(new PrefixTuning(500, null), 250).answersAtATime()).isEqualTo(7);
    }

    private static PlannedJob job(TuningMethod method, int prefix) {
        CatalogueModel model = ModelCatalogue.shipped().get("qwen3-1.7b");
        FineTuneJob job = FineTuneJob.builder(
                        "a-test", new ModelRef("qwen3-1.7b"), TaskSpec.of(TaskKind.CHAT), DataSpec.ofFile("rows.jsonl"))
                .method(method)
                .evaluation(EvaluationSpec.builder().maxNewTokens(50).build())
                .build();
        RowFigures rows = new RowFigures(
                Map.of(Part.TRAIN, 1000L, Part.VALIDATION, 50L, Part.TEST, 100L),
                new Quantiles(400, 400, 400, 400, 400, 400),
                60,
                1_000_000,
                new Proposal.RowLengths(1000, 50, 400, 3200, 1024, 400, prefix),
                Proposal.AnswerLengths.NONE,
                true,
                1_000_000,
                "a-test");
        return new PlannedJob(new JobFigures(
                JobFile.of(job, Path.of("")), rows, new ModelFacts(model.shape().architecture(), model, null)));
    }
}
