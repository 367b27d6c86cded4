package dev.finetune4j.engine.advise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Part;
import dev.finetune4j.data.Quantiles;
import dev.finetune4j.engine.launch.JobFigures;
import dev.finetune4j.engine.launch.LabelTokens;
import dev.finetune4j.engine.launch.ModelFacts;
import dev.finetune4j.engine.launch.RowFigures;
import dev.finetune4j.engine.models.CatalogueModel;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.spi.Proposal;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** On a job of 516 rows, of which 99 of 100 have 984 tokens at most, and one 23,471. */
class AskedTaskTest {
    @Test
    void rowsAreAsLongAsTheJobLeavesThem() {
        ModelWishes byDefault = asked(TrainingSpec.DEFAULT_MAX_TOKENS).wishes();
        ModelWishes cutShort = asked(256).wishes();
        ModelWishes uncut = asked(0).wishes();

        assertThat(byDefault.longestTokens()).isEqualTo(1024);
        assertThat(byDefault.contextTokens()).isEqualTo(984);
        assertThat(cutShort.longestTokens()).isEqualTo(256);
        assertThat(cutShort.contextTokens()).isEqualTo(256);
        assertThat(uncut.longestTokens()).isEqualTo(23_471);
        assertThat(uncut.contextTokens())
                .as("one row of 516 rules no model out")
                .isEqualTo(984);
    }

    @Test
    void whatIsSaidOfTheLongestRowHoldsForTheContextToo() {
        ModelWishes said = new ModelWishes(null, null, null, null, 6000);

        assertThat(asked(0).wishes().and(said).contextTokens()).isEqualTo(6000);
        assertThat(asked(0).wishes().and(ModelWishes.unknown()).contextTokens()).isEqualTo(984);
    }

    private static AskedTask asked(int maxTokens) {
        CatalogueModel model = ModelCatalogue.shipped().get("qwen3-1.7b");
        FineTuneJob job = FineTuneJob.builder(
                        "a-test",
                        new ModelRef(model.id()),
                        TaskSpec.of(TaskKind.SUMMARIZATION),
                        DataSpec.ofFile("rows.jsonl"))
                .training(TrainingSpec.builder().maxTokens(maxTokens).build())
                .build();
        RowFigures rows = new RowFigures(
                Map.of(Part.TRAIN, 516L),
                new Quantiles(20, 300, 700, 984, 23_471, 400),
                60,
                1_000_000,
                new Proposal.RowLengths(516, 0, 23_471, 23_471, 40_960, 400, 0),
                Proposal.AnswerLengths.NONE,
                true,
                true,
                1_000_000,
                "a-test",
                LabelTokens.NONE);
        return AskedTask.of(new JobFigures(
                JobFile.of(job, Path.of("")), rows, new ModelFacts(model.shape().architecture(), model, null)));
    }
}
