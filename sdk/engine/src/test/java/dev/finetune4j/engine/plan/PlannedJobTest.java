package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.launch.JobFigures;
import dev.finetune4j.engine.launch.ModelFacts;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.model.ModelRef;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PlannedJobTest {
    @Test
    void belowAHeadThatAloneIsTrainedNothingGoesBack() {
        PlannedJob head = SampleJob.ofEncoder(HeadTuning.defaults());
        double passed = head.architecture().activeLinearParameters();

        double attention = 4.0 * 400 * 768 * 12; // of BERT, which sees all of a row
        assertThat(head.flopsPerToken()).isEqualTo(2 * passed + 6 * head.trainable() + attention);
        assertThat(head.readingFlops()).isGreaterThanOrEqualTo(2 * passed + attention);
        PlannedJob adapters = SampleJob.ofEncoder(LoraTuning.defaults());
        assertThat(adapters.flopsPerToken()).isEqualTo(4 * passed + 6 * adapters.trainable() + 3.5 * attention);
    }

    @Test
    void aModelOfItsOwnComesBackInSinglePrecision() {
        PlannedJob head = SampleJob.ofEncoder(HeadTuning.defaults());
        PlannedJob all = SampleJob.ofEncoder(FullTuning.defaults());
        PlannedJob adapters = SampleJob.ofEncoder(LoraTuning.defaults());

        assertThat(head.resultBytes())
                .isEqualTo(Math.round(4 * head.architecture().parameters()));
        assertThat(all.resultBytes()).isEqualTo(head.resultBytes());
        assertThat(adapters.resultBytes()).isEqualTo(Math.round(4 * adapters.trainable()));
    }

    /** docs/performance.md: 121 thousand operations for each token of a row's length, of SmolLM2-135M with 30 layers of 576. */
    @Test
    void attentionTakesMoreTheLongerRowsAre() {
        PlannedJob job = SampleJob.of("smollm2-135m-instruct");
        double passed =
                job.architecture().activeLinearParameters() + job.architecture().embeddingParameters();

        assertThat(job.attentionFlops()).isEqualTo(400 * 120_960.0);
        assertThat(job.flopsPerToken()).isEqualTo(4 * passed + 6 * job.trainable() + 400 * 120_960.0);
        assertThat(job.readingFlops()).isEqualTo(2 * passed + 3 * job.trainable() + 400 * 34_560.0);
        assertThat(job.workload().flops()).isEqualTo(job.trainingTokens() * job.flopsPerToken());
    }

    @Test
    void aModelThatIsPublishedInFourBitsIsFetchedInThemAndHeldInSixteen() {
        PlannedJob packed = SampleJob.of("gpt-oss-20b");
        assertThat(packed.modelBytes()).isEqualTo(13_761_264_768L);
        assertThat(packed.workload().downloadBytes()).isEqualTo(13_761_264_768L);
        assertThat(packed.weightBytes())
                .isEqualTo(Math.round(2 * packed.architecture().parameters()));

        PlannedJob plain = SampleJob.of("qwen3-1.7b");
        assertThat(plain.modelBytes()).isEqualTo(plain.weightBytes());
        assertThat(plain.sentBytes()).isEqualTo(plain.modelBytes());
    }

    @Test
    void aGgufFileIsReadHereAsItIsAndSentAsTheNumbersThatItsBlocksStandFor() {
        PlannedJob inHalf = ofGguf(Precision.AUTO);
        assertThat(inHalf.modelBytes()).isEqualTo(1_000_000);
        assertThat(inHalf.workload().downloadBytes()).isEqualTo(1_000_000);
        assertThat(inHalf.sentBytes()).isEqualTo(inHalf.weightBytes());

        PlannedJob exact = ofGguf(Precision.FP32);
        assertThat(exact.sentBytes()).isEqualTo(2 * exact.weightBytes());
        assertThat(exact.diskBytes() - inHalf.diskBytes()).isEqualTo(exact.weightBytes());
    }

    private static PlannedJob ofGguf(Precision precision) {
        JobFigures known = SampleJob.figures(LoraTuning.defaults());
        FineTuneJob job = FineTuneJob.builder(
                        "a-test", new ModelRef("own.gguf"), TaskSpec.of(TaskKind.CHAT), DataSpec.ofFile("rows.jsonl"))
                .method(LoraTuning.defaults())
                .training(TrainingSpec.builder().precision(precision).build())
                .build();
        return new PlannedJob(new JobFigures(
                JobFile.of(job, Path.of("")),
                known.rows(),
                new ModelFacts(known.model().architecture(), null, null, "LlamaForCausalLM", false, 1_000_000L)));
    }
}
