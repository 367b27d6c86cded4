package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.estimate.Parallelism.Sharding;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunSpreadTest {
    /** One GPU alone has nobody to share with, but may offload. */
    @ParameterizedTest
    @CsvSource({
        "torchtitan, fsdp, '', 8, 4",
        "torchtitan, fsdp dp_shard=4, '', 8, 0",
        "torchtitan, fsdp tp2, '', 8, 0",
        "trl, zero2, '', 8, 5",
        "Megatron-LM, dp (distributed optimizer), '', 8, 4",
        "torchtitan, fsdp, 4, 4, 0",
        "trl, zero2, 1, 1, 0",
        "trl, zero3-offload, '', 1, 0",
        "trl, none, '', 1, 0",
        "trl, ddp, '', 1, 0"
    })
    void leavesOpenHowManyGpusShareStatesWhereNobodySays(
            String framework, String parallelism, String gpus, int count, int open) {
        SampleRun run = SampleRun.with("framework", framework).set("method", "full");
        TrainingSetup setup =
                run.set("parallelism", parallelism).set("gpus", gpus).setup();

        assertThat(setup.parallelism().gpus()).isEqualTo(count);
        assertThat(setup.gpuCounts()).hasSize(open);
    }

    /** A collector's column may say that it is none of its own kinds, and the notes which. */
    @ParameterizedTest
    @CsvSource({
        "'step_time_s=1.93; TP2 DP8; pre-training', 16, 2, 1, 1, NONE",
        "'TP2 CP2 PP8 DP8, 2 layers per virtual stage', 256, 2, 8, 2, NONE",
        "'ZeRO-2 over DP96, TP2; 192 GPUs', 192, 2, 1, 1, ZERO2",
        "'tensor parallel size 4, pipeline-parallel=2', 8, 4, 2, 1, NONE",
        "'TP4 without sequence parallel, PP2.', 8, 4, 2, 1, NONE",
        "'slower than TP8', 8, 1, 1, 1, NONE",
        "'TP8 in the larger job', 4, 1, 1, 1, NONE",
        "'version tp2.1 of the script', 8, 1, 1, 1, NONE"
    })
    void readsFromNotesByWhatAModelIsDividedInAnotherWay(
            String notes, String gpus, int tensor, int pipeline, int sequence, Sharding sharding) {
        SampleRun run = SampleRun.with("parallelism", "other").set("gpus", gpus).set("framework", "Megatron-DeepSpeed");

        Parallelism parallelism = run.set("notes", notes).setup().parallelism();

        assertThat(parallelism.tensor()).isEqualTo(tensor);
        assertThat(parallelism.pipeline()).isEqualTo(pipeline);
        assertThat(parallelism.sequence()).isEqualTo(sequence);
        assertThat(parallelism.sharding()).isEqualTo(sharding);
    }

    @Test
    void takesNoRunForCompleteOfWhichNobodySaysHowManyGpusShareStates() {
        SampleRun run = SampleRun.with("parallelism", "fsdp").set("method", "full");
        run.set("seq_len", "2048").set("packing", "yes");

        assertThat(run.set("gpus", "8").read().isComplete()).isTrue();
        assertThat(run.set("gpus", "").read().isComplete()).isFalse();
    }

    /** Else the stage is drawn, since most that name DeepSpeed alone share out something. */
    @ParameterizedTest
    @CsvSource({"ddp, true", "dp, false"})
    void takesReplicasOfDeepSpeedThatAreAlikeForItsStageNought(String parallelism, boolean isSaid) {
        SampleRun run = SampleRun.with("parallelism", parallelism);
        run.set("gpus", "4").set("framework", "DeepSpeed");

        assertThat(run.setup().shardings()).isEqualTo(isSaid ? List.of(Sharding.NONE) : List.of());
        run.set("seq_len", "512").set("packing", "yes");
        assertThat(run.read().isComplete()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "stage3, ZERO3",
        "DeepSpeed stage 3, ZERO3",
        "zero-2, ZERO2",
        "zero2 (3 nodes), ZERO2",
        "ZeRO stage 1 on 2 nodes, ZERO1",
        "deepspeed 3, ZERO3",
        "zero1-tp2, ZERO1",
        "zero1xtp2, ZERO1",
        "zero2xtp3, ZERO2",
        "fsdp, FSDP",
        "fsdp stage 3, FSDP",
        "fsdp stage 2, FSDP_GRADIENTS",
        "fsdp (ZeRO-2), FSDP_GRADIENTS",
        "pp stage 3, NONE",
        "pp2 stage 1, NONE",
        "stage 3 of the app 16, ZERO3",
        "none, NONE"
    })
    void readsTheStageOfZero(String parallelism, Sharding sharding) {
        SampleRun run = SampleRun.with("parallelism", parallelism);
        run.set("gpus", "8");

        assertThat(run.setup().parallelism().sharding()).isEqualTo(sharding);
    }

    @ParameterizedTest
    @CsvSource({
        "z3, ZERO3",
        "ds z3, ZERO3",
        "FULL_SHARD, FSDP",
        "HYBRID_SHARD, HYBRID",
        "hsdp, HYBRID",
        "HYBRID_SHARD_ZERO2, HYBRID",
        "_HYBRID_SHARD_ZERO2, HYBRID",
        "fsdp hybrid, HYBRID",
        "dp_replicate=2 dp_shard=4, HYBRID",
        "dp_replicate 2 x dp_shard 4, HYBRID",
        "dp_replicate=1 dp_shard=8, FSDP",
        "dp_shard=-1, FSDP",
        "dp_replicate=8 dp_shard=1, NONE",
        "SHARD_GRAD_OP, FSDP_GRADIENTS",
        "fsdp reshard_after_forward=never, FSDP_GRADIENTS",
        "zero3-offload, ZERO3",
        "tensor parallel 2, NONE"
    })
    void readsWhatTrainersCallTheSharingOfWeights(String parallelism, Sharding sharding) {
        SampleRun run = SampleRun.with("parallelism", parallelism);
        run.set("gpus", "8");

        assertThat(run.setup().parallelism().sharding()).isEqualTo(sharding);
        assertThat(run.setup().framework())
                .isEqualTo(sharding == Sharding.ZERO3 ? Framework.DEEPSPEED : Framework.HUGGING_FACE);
    }

    /** Of eight GPUs; what is left of them replicates. */
    @ParameterizedTest
    @CsvSource({
        "dp_shard=4, , HYBRID, 4",
        "dp_replicate=2 dp_shard=4, , HYBRID, 4",
        "data_parallel_shard_degree: 2, , HYBRID, 2",
        "data_parallel_replicate_degree=4 data_parallel_shard_degree=-1, , HYBRID, 2",
        "dp_shard_size=4, , HYBRID, 4",
        "dp_replicate=2, , HYBRID, 4",
        "dp_replicate_size=8, , NONE, 1",
        "dp_replicate=1, , FSDP, 8",
        "dp_shard=8, , FSDP, 8",
        "dp_shard=2 tp=2, , HYBRID, 2",
        "dp_shard=4 tp=2, , FSDP, 4",
        "dp_shard=2 cp=2, , HYBRID, 4",
        "dp_shard=1 cp=8, , FSDP, 8",
        "hsdp, dp_replicate 4 x dp_shard 2, HYBRID, 2",
        "hsdp, , HYBRID, 8",
        "fsdp, data parallel shard degree 4, HYBRID, 4",
        "tp2, dp_shard 4, FSDP, 4",
        "ddp, faster than dp_shard 4, NONE, 1"
    })
    void readsHowManyShareStates(String parallelism, @Nullable String notes, Sharding sharding, int shards) {
        Parallelism spread = SampleRun.with("parallelism", parallelism)
                .set("gpus", "8")
                .set("notes", notes == null ? "" : notes)
                .setup()
                .parallelism();

        assertThat(spread.sharding()).isEqualTo(sharding);
        assertThat(spread.weightShards()).isEqualTo(shards);
    }

    @ParameterizedTest
    @CsvSource({
        "accelerate fsdp, lora, FSDP",
        "trl, lora+fsdp, FSDP",
        "deepspeed zero3, full, ZERO3",
        "xtuner (mmengine + deepspeed), full, NONE"
    })
    void readsInOtherColumnsHowWeightsAreSharedWhereTheirOwnIsEmpty(
            String framework, String method, Sharding sharding) {
        SampleRun run = SampleRun.with("parallelism", "");
        run.set("framework", framework);
        run.set("method", method);
        run.set("gpus", "8");

        assertThat(run.setup().parallelism().sharding()).isEqualTo(sharding);
        run.set("parallelism", "ddp");
        assertThat(run.setup().parallelism().sharding()).isEqualTo(Sharding.NONE);
    }

    /** What is not said of 70 billion weights is taken for shared out. */
    @ParameterizedTest
    @CsvSource({"multi-gpu, 2", "ddp, 0"})
    void takesAnUnknownWordOfParallelismForNone(String parallelism, int shardings) {
        SampleRun run = SampleRun.with("parallelism", parallelism);
        run.set("model", "meta-llama/Llama-2-70b");
        run.set("params_b", "70");
        run.set("method", "full");
        run.set("gpus", "32");

        assertThat(run.setup().shardings()).hasSize(shardings);
    }

    /** ZeRO's second stage leaves the weights whole. */
    @ParameterizedTest
    @CsvSource({
        "meta-llama/Llama-2-70b, full, '', 32, ZERO3 FSDP",
        "meta-llama/Llama-2-70b, lora, '', 4, ZERO3 FSDP",
        "meta-llama/Llama-2-13b, full, '', 8, ZERO2 ZERO3 FSDP",
        "meta-llama/Llama-2-13b, lora, '', 8, ''",
        "meta-llama/Llama-2-70b, qlora, '', 8, ''",
        "meta-llama/Llama-2-70b, full, '', 1, ''",
        "meta-llama/Llama-2-70b, full, none, 32, ''",
        "meta-llama/Llama-2-70b, full, fsdp, 32, ''"
    })
    void takesWhatOneGpuCannotHoldForSharedOutWhereNobodySays(
            String model, String method, String parallelism, String gpus, String shardings) {
        SampleRun run = SampleRun.with("parallelism", parallelism);
        run.set("model", model);
        run.set("params_b", model.endsWith("70b") ? "70" : "13");
        run.set("method", method);
        run.set("gpus", gpus);

        assertThat(run.setup().shardings())
                .extracting(Sharding::name)
                .containsExactlyElementsOf(shardings.isEmpty() ? List.of() : List.of(shardings.split(" ", -1)));

        run.set("notes", "OOM");
        run.set("peak_mem_gb_per_gpu", "");
        assertThat(run.setup().shardings())
                .as("of what failed, which may have lain whole on each")
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"trl, LAYERS", "Megatron-LM, NONE", "NeMo/Megatron, ZERO1"})
    void takesOtherForLayersInTurnsButOfMegatron(String framework, Sharding sharding) {
        SampleRun run = SampleRun.with("parallelism", "other").set("gpus", "8");

        assertThat(run.set("framework", framework).setup().parallelism().sharding())
                .isEqualTo(sharding);
    }

    /** States that Megatron's replicas share out, two to each half of the model. */
    @ParameterizedTest
    @CsvSource({
        "Megatron-LM, 'TP 2, distributed optimizer', ZERO1",
        "Megatron-LM, 'TP 2, --use-distributed-optimizer', ZERO1",
        "Megatron-LM, 'TP 2, no distributed optimizer', NONE",
        "Megatron-LM, distributed optimizer not in the page, NONE",
        "Megatron-LM, 'TP 2, --no-use-distributed-optimizer', NONE",
        "Megatron-LM, 'use_distributed_optimizer: false', NONE",
        "Megatron-LM, slower than the distributed optimizer, NONE",
        "Megatron-Bridge, TP 2, ZERO1",
        "NeMo, 'TP 2, no distributed optimizer', NONE",
        "trl, distributed optimizer, NONE"
    })
    void readsMegatronsDistributedOptimizer(String framework, String notes, Sharding sharding) {
        SampleRun run = SampleRun.with("parallelism", "tp2").set("gpus", "4").set("framework", framework);

        assertThat(run.set("notes", notes).setup().parallelism().sharding()).isEqualTo(sharding);
    }

    /** Sequence parallelism, an option of Megatron-LM, which recipes set. */
    @ParameterizedTest
    @CsvSource({
        "Megatron-LM, tp4, 'TP 4, sequence parallel', true",
        "Megatron-LM, 'tp4, sequence_parallel', '', true",
        "Megatron-LM, tp4, no sequence parallelism, false",
        "Megatron-LM, tp4, '', ",
        "NeMo 2.0, tp4, '', true",
        "NeMo 2.0, tp4, no sequence parallelism, false",
        "NeMo 2.0, tp4, sequence_parallel=False, false",
        "NeMo 2.0, 'tp4, without sequence parallel', '', false",
        "NeMo 2.0, tp4, with and without sequence parallelism, ",
        "Megatron-Bridge, tp4, '', true",
        "FlagScale, tp4, '', true",
        "megatron-swift, tp4, '', true"
    })
    void readsWhetherTensorParallelismSharesWhatFlowsBetweenLayers(
            String framework, String parallelism, String notes, @Nullable Boolean sharesStream) {
        SampleRun run = SampleRun.with("framework", framework)
                .set("parallelism", parallelism)
                .set("gpus", "8");

        assertThat(run.set("notes", notes).setup().sharesStream()).isEqualTo(sharesStream);
    }

    /** As entries of MLPerf in the table have it, of which the number of rows tells the product alone. */
    @Test
    void takesAnUnknownDivisionBetweenMatricesAndTokensForOneOfTokens() {
        SampleRun run = SampleRun.with("parallelism", "other").set("gpus", "8").set("framework", "NeMo/Megatron");
        run.set("notes", "model-parallel size tp*cp=2 follows from GPUs x accumulation / global batch");

        assertThat(run.setup().parallelism().sequence()).isEqualTo(2);
        assertThat(run.set("parallelism", "tp4").setup().parallelism().sequence())
                .as("where the column says the degrees")
                .isEqualTo(1);
    }

    /** By one rule, whoever shares: DeepSpeed's second stage has weights whole, FSDP's has shares of them beside. */
    @ParameterizedTest
    @CsvSource({
        "zero2, FSDP2 no-reshard, FSDP_GRADIENTS",
        "zero2, FSDP2 ZeRO-2, FSDP_GRADIENTS",
        "zero2, 'FSDP (ZeRO 2)', FSDP_GRADIENTS",
        "zero2, reshard_after_forward never, FSDP_GRADIENTS",
        "fsdp, 'fsdp_reshard_after_forward: false', FSDP_GRADIENTS",
        "'', reshard_after_forward=False, FSDP_GRADIENTS",
        "fsdp, 'FSDP2, reshard after forward', FSDP",
        "fsdp, reshard_after_forward=True, FSDP",
        "zero3, FSDP2 ZeRO-3, FSDP",
        "zero3, as fast as FSDP2 ZeRO-2, FSDP",
        "ddp, as fast as FSDP2 ZeRO-2, NONE",
        "zero2, , ZERO2"
    })
    void readsTheSecondStageOfFsdp(String parallelism, @Nullable String notes, Sharding sharding) {
        SampleRun run =
                SampleRun.with("parallelism", parallelism).set("gpus", "8").set("notes", notes == null ? "" : notes);

        assertThat(run.setup().parallelism().sharding()).isEqualTo(sharding);
        assertThat(run.setup().framework())
                .isEqualTo(sharding == Sharding.ZERO2 ? Framework.DEEPSPEED : Framework.HUGGING_FACE);
        assertThat(run.set("parallelism", "deepspeed zero2")
                        .setup()
                        .parallelism()
                        .sharding())
                .as("where the column says whose")
                .isEqualTo(Sharding.ZERO2);
    }

    /** Of what notes compare with. */
    @ParameterizedTest
    @CsvSource({
        "DeepSpeed, ZERO2, DEEPSPEED",
        "accelerate + deepspeed, ZERO2, DEEPSPEED",
        "trl, FSDP_GRADIENTS, HUGGING_FACE"
    })
    void takesAStageForDeepSpeedsWhereTheFrameworkIs(String name, Sharding sharding, Framework framework) {
        TrainingSetup setup = SampleRun.with("parallelism", "zero2")
                .set("gpus", "8")
                .set("framework", name)
                .set("notes", "as fast as FSDP2 ZeRO-2")
                .setup();

        assertThat(setup.parallelism().sharding()).isEqualTo(sharding);
        assertThat(setup.framework()).isEqualTo(framework);
    }

    @ParameterizedTest
    @CsvSource({
        "zero3, AdamW, FSDP keeps bf16 optimizer state where DeepSpeed keeps fp32, DEEPSPEED, ZERO3",
        "deepspeed zero3, AdamW bf16 states, , DEEPSPEED, ZERO3",
        "zero3, AdamW bf16 states, , HUGGING_FACE, FSDP",
        "zero2, AdamW bf16 states, , HUGGING_FACE, FSDP_GRADIENTS",
        "zero2, AdamW, 'DeepEP all-to-all, dense part FSDP2 ZeRO-2', HUGGING_FACE, FSDP_GRADIENTS"
    })
    void takesAStageOfZeroForDeepSpeedsUnlessItIsToldToBeFsdps(
            String parallelism, String optimizer, @Nullable String notes, Framework framework, Sharding sharding) {
        SampleRun run =
                SampleRun.with("parallelism", parallelism).set("gpus", "8").set("method", "full");

        TrainingSetup setup = run.set("optimizer", optimizer)
                .set("notes", notes == null ? "" : notes)
                .setup();

        assertThat(setup.framework()).isEqualTo(framework);
        assertThat(setup.parallelism().sharding()).isEqualTo(sharding);
    }

    @Test
    void dividesTheModelAsThePartsOfTheParallelismSay() {
        SampleRun run = SampleRun.with("parallelism", "tp=2 pp = 4");
        run.set("gpus", "8");
        assertThat(run.setup().parallelism().modelGpus()).isEqualTo(8);

        run.set("gpus", "4");
        assertThatThrownBy(run::read)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("parallelism \"tp=2 pp = 4\"");
    }

    @ParameterizedTest
    @CsvSource({
        "tensor parallel 2, 2, 1, 1, 1",
        "tp2xpp2, 2, 2, 1, 1",
        "'tp: 2, pp: 2', 2, 2, 1, 1",
        "pipeline-parallel-size=4, 1, 4, 1, 1",
        "tensor_model_parallel_size=2 pipeline_model_parallel_size=4, 2, 4, 1, 1",
        "'context parallel 2, expert_model_parallel_size=4', 1, 1, 2, 4",
        "Ulysses 4, 1, 1, 4, 1",
        "ulysses_parallel_size=4, 1, 1, 4, 1",
        "sequence_parallel_size 8, 1, 1, 8, 1",
        "'tp 8, sequence parallel', 8, 1, 1, 1"
    })
    void readsDegreesInWords(String parallelism, int tensor, int pipeline, int sequence, int expert) {
        SampleRun run = SampleRun.with("parallelism", parallelism);
        run.set("gpus", "8");

        assertThat(run.setup().parallelism().tensor()).isEqualTo(tensor);
        assertThat(run.setup().parallelism().pipeline()).isEqualTo(pipeline);
        assertThat(run.setup().parallelism().sequence()).isEqualTo(sequence);
        assertThat(run.setup().parallelism().expert()).isEqualTo(expert);
    }

    /** Where its column alone has it: what the optimizer's own name or a bracket behind it says. */
    @ParameterizedTest
    @CsvSource({
        "AdamW (CPU offload), true",
        "AdamW (DeepSpeed CPU), true",
        "DeepSpeedCPUAdam, true",
        "cpu_adam, true",
        "AdamW on CPU (DeepSpeed offload), true",
        "AdamW (CPU fused), true",
        "AdamW (no offload), false",
        "AdamW (half the states on CPU), false",
        "AdamW (CPU for offload rows), false",
        "AdamW, false"
    })
    void readsWhereItStepsInTheColumnOfTheOptimizer(String optimizer, boolean isOffloaded) {
        TrainingSetup setup = SampleRun.with("optimizer", optimizer)
                .set("method", "full")
                .set("parallelism", "zero3")
                .setup();

        assertThat(setup.offloadsOptimizer()).isEqualTo(isOffloaded);
        assertThat(setup.offloadsWeights()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "zero3-offload, true, true",
        "fsdp offload, true, true",
        "zero2-offload, true, false",
        "zero3 without offload, false, false",
        "zero3 no cpu offload, false, false",
        "zero3 without optimizer offload, false, false",
        "zero3 offload_optimizer, true, false",
        "zero3 (optimizer offload), true, false",
        "zero3 offload_optimizer offload_param, true, true",
        "zero3 offload of optimizer and weights, true, true",
        "fsdp with activation offload, false, false",
        "fsdp activation_offload, false, false",
        "fsdp activations offload, false, false",
        "fsdp act offload, false, false",
        "fsdp offload_activations, false, false",
        "fsdp offload and activation offload, true, true"
    })
    void readsOfOffloadInTheParallelism(String parallelism, boolean ofOptimizer, boolean ofWeights) {
        SampleRun run = SampleRun.with("parallelism", parallelism);
        run.set("gpus", "8");

        assertThat(run.setup().offloadsOptimizer()).isEqualTo(ofOptimizer);
        assertThat(run.setup().offloadsWeights()).isEqualTo(ofWeights);
    }
}
