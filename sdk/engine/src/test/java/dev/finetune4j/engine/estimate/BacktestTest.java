package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.engine.estimate.Parallelism.Sharding;
import dev.finetune4j.engine.estimate.TrainingSetup.Attention;
import dev.finetune4j.engine.estimate.TrainingSetup.Checkpointing;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import dev.finetune4j.engine.estimate.TrainingSetup.Weights;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.plan.Fit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BacktestTest {
    private static final String HEADER =
            "source,model,params_b,method,lora_rank,lora_targets,precision,optimizer,seq_len,"
                    + "packing,micro_batch,grad_accum,activation_checkpointing,parallelism,gpu,gpus,framework,"
                    + "tokens_per_s_per_gpu,peak_mem_gb_per_gpu,wall_time_s,notes\n";

    private static final List<String> COLUMNS = List.of(HEADER.strip().split(",", -1));

    @TempDir
    Path folder;

    @Test
    void holdsTheFiguresOfTheRunsThatTheFormulasWereMadeOn() {
        Backtest backtest = Backtest.of(RunTable.first());

        assertThat(backtest.memory().rows()).isGreaterThan(260);
        assertThat(backtest.memory().medianError()).isLessThan(0.08);
        assertThat(backtest.memory().insideInterval()).isBetween(0.75, 0.95);
        assertThat(backtest.memory().verdictsRight()).isGreaterThan(0.98);
        assertThat(backtest.throughput().rows()).isGreaterThan(220);
        assertThat(backtest.throughput().medianError()).isLessThan(0.15);
        assertThat(backtest.skipped()).hasSizeLessThan(backtest.memory().rows() / 10);
    }

    @Test
    void holdsTheFiguresOfTheRunsThatWereFoundLater() {
        Backtest backtest = Backtest.of(RunTable.further());

        assertThat(backtest.memory().rows()).isGreaterThan(330);
        assertThat(backtest.memory().medianError()).isLessThan(0.18);
        assertThat(backtest.memory().insideInterval()).isBetween(0.75, 0.92);
        assertThat(backtest.memory().verdictsRight()).isGreaterThan(0.98);
        assertThat(backtest.throughput().rows()).isGreaterThan(170);
        assertThat(backtest.throughput().medianError()).isLessThan(0.2);
        assertThat(backtest.skipped()).hasSizeLessThan(backtest.memory().rows() / 10);
    }

    @Test
    void refusesNoRunThatFailedAndLetsNoFailurePass() {
        MemoryModel model = MemoryModel.shipped();
        List<PublishedRun> failed = RunTable.shipped().runs().stream()
                .filter(run -> run.ranOutOfMemory() && run.hasVerdict())
                .toList();

        assertThat(failed)
                .hasSizeGreaterThan(30)
                .allSatisfy(run -> assertThat(Backtest.verdict(model, run)).isNotEqualTo(Fit.FITS));
    }

    @Test
    void saysRowByRowWhatCannotBeCompared() throws IOException {
        Path file = folder.resolve("runs.csv");
        Files.writeString(
                file,
                HEADER
                        + "x,Llama 3.1 8B,8,lora,16,all-linear,bf16,AdamW,2048,yes,two,1,yes,none,A100-80,1,trl,,20,,\n"
                        + "x,Llama 3.1 8B,8,magic,16,all-linear,bf16,AdamW,2048,yes,2,1,yes,none,A100-80,1,trl,,20,,\n"
                        + "x,Mystery,,lora,16,all-linear,bf16,AdamW,2048,yes,2,1,yes,none,A100-80,1,trl,,20,,\n"
                        + "x,Llama 3.1 8B,8,lora,16,all-linear,bf16,AdamW,2048,yes,2,1,yes,none,Z80,1,trl,3000,24,,\n");

        Backtest backtest = Backtest.of(file);

        assertThat(backtest.memory().rows()).isEqualTo(1);
        assertThat(backtest.throughput().rows()).isZero();
        assertThat(backtest.skipped()).extracting(Backtest.Skipped::row).containsExactly(1, 2, 3, 4);
        assertThat(backtest.skipped().get(0).why()).contains("line 2").contains("two");
        assertThat(backtest.skipped().get(1).why()).contains("magic");
        assertThat(backtest.skipped().get(2).why()).contains("Mystery");
        assertThat(backtest.skipped().get(3).why()).contains("Z80", "known are T4,");
    }

    @ParameterizedTest
    @CsvSource({
        "peak_mem_gb_per_gpu, NaN",
        "peak_mem_gb_per_gpu, 0",
        "peak_mem_gb_per_gpu, -5",
        "peak_mem_gb_per_gpu, 1e400",
        "peak_mem_gb_per_gpu, Infinity",
        "peak_mem_gb_per_gpu, 0x1p4",
        "peak_mem_gb_per_gpu, 16f",
        "peak_mem_gb_per_gpu, 1e-320",
        "peak_mem_gb_per_gpu, abc",
        "peak_mem_gb_per_gpu, '17,06'",
        "peak_mem_gb_per_gpu, '0,123'",
        "peak_mem_gb_per_gpu, '1,7060'",
        "tokens_per_s_per_gpu, 0",
        "wall_time_s, -1",
        "micro_batch, 0",
        "micro_batch, -1",
        "micro_batch, 0.5",
        "micro_batch, 99999999999",
        "seq_len, 0",
        "seq_len, NaN",
        "seq_len, 2147483647",
        "gpus, 0",
        "params_b, 7B",
        "lora_rank, 1e9"
    })
    void skipsARowWithWhatCannotBe(String column, String text) throws IOException {
        Backtest backtest = Backtest.of(withOneRow(column, text));

        assertThat(backtest.memory().rows()).isZero();
        assertThat(backtest.memory().medianError()).isNull();
        assertThat(backtest.skipped())
                .singleElement()
                .satisfies(skipped -> assertThat(skipped.why()).contains("line 2", column, '"' + text + '"'));
    }

    /** Of 8 billion weights, which give a shape of their own. */
    @ParameterizedTest
    @ValueSource(strings = {"", "  "})
    void skipsARowThatNamesNoModel(String model) throws IOException {
        Backtest backtest = Backtest.of(withOneRow("model", model));

        assertThat(backtest.memory().rows()).isZero();
        assertThat(backtest.skipped())
                .singleElement()
                .satisfies(skipped -> assertThat(skipped.why()).isEqualTo("line 2: model is empty"));
    }

    @ParameterizedTest
    @CsvSource({
        "seq_len, '2,048'",
        "micro_batch, 2.0",
        "peak_mem_gb_per_gpu, 2.4e1",
        "peak_mem_gb_per_gpu, .5",
        "tokens_per_s_per_gpu, '3,090.42'",
        "lora_rank, 0",
        "notes, mem_total_gb=0; step_time_s=1.2.3; optimizer steps 0"
    })
    void readsPlainNumbers(String column, String text) throws IOException {
        Backtest backtest = Backtest.of(withOneRow(column, text));

        assertThat(backtest.memory().rows()).isEqualTo(1);
        assertThat(backtest.skipped()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"trl", "ms-swift", "axolotl"})
    void leavesItToTheTrainerHowWeightsOfAnFp16RunAreStored(String framework) throws IOException {
        List<String> fields = fields("precision", "fp16");
        fields.set(COLUMNS.indexOf("framework"), framework);
        fields.set(COLUMNS.indexOf("method"), "full");

        assertThat(setup(fields).weights()).isNull();
        fields.set(COLUMNS.indexOf("precision"), "pure fp16");
        assertThat(setup(fields).weights()).isEqualTo(Weights.HALF);
    }

    @ParameterizedTest
    @CsvSource({
        "finetune4j, FINETUNE4J",
        "finetune4j-peft, FINETUNE4J_GPU",
        "finetune4j 0.1.0 on transformers and PEFT, FINETUNE4J_GPU",
        "Finetune4j/PEFT, FINETUNE4J_GPU",
        "TRL and PEFT, HUGGING_FACE"
    })
    void tellsItsOwnEngineOnGpusFromItsCoreAndFromPeft(String framework, Framework read) throws IOException {
        assertThat(setup("framework", framework).framework()).isEqualTo(read);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pure bf16", "bf16 weights", "Pure BFloat16"})
    void readsOfHalfWeightsInThePrecisionAsInTheNotes(String precision) throws IOException {
        assertThat(setup("precision", precision).weights()).isEqualTo(Weights.HALF);
        assertThat(setup("precision", "bf16").weights()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "stage3, ZERO3",
        "DeepSpeed stage 3, ZERO3",
        "zero-2, ZERO2",
        "zero2 (3 nodes), ZERO2",
        "ZeRO stage 1 on 2 nodes, ZERO1",
        "deepspeed 3, ZERO3",
        "zero1-tp2, ZERO2",
        "zero1xtp2, ZERO1",
        "zero2xtp3, ZERO2",
        "fsdp, FSDP",
        "fsdp stage 3, FSDP",
        "pp stage 3, NONE",
        "pp2 stage 1, NONE",
        "stage 3 of the app 16, ZERO3",
        "none, NONE"
    })
    void readsTheStageOfZero(String parallelism, Sharding sharding) throws IOException {
        List<String> fields = fields("parallelism", parallelism);
        fields.set(COLUMNS.indexOf("gpus"), "8");

        assertThat(setup(fields).parallelism().sharding()).isEqualTo(sharding);
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
            String model, String method, String parallelism, String gpus, String shardings) throws IOException {
        List<String> fields = fields("parallelism", parallelism);
        fields.set(COLUMNS.indexOf("model"), model);
        fields.set(COLUMNS.indexOf("params_b"), model.endsWith("70b") ? "70" : "13");
        fields.set(COLUMNS.indexOf("method"), method);
        fields.set(COLUMNS.indexOf("gpus"), gpus);

        assertThat(setup(fields).shardings())
                .extracting(Sharding::name)
                .containsExactlyElementsOf(shardings.isEmpty() ? List.of() : List.of(shardings.split(" ", -1)));

        fields.set(COLUMNS.indexOf("notes"), "OOM");
        fields.set(COLUMNS.indexOf("peak_mem_gb_per_gpu"), "");
        assertThat(setup(fields).shardings())
                .as("of what failed, which may have lain whole on each")
                .isEmpty();
    }

    @Test
    void estimatesWhatIsSharedOutThoughNobodySaysHow() throws IOException {
        List<String> fields = fields("parallelism", "");
        fields.set(COLUMNS.indexOf("model"), "meta-llama/Llama-2-70b");
        fields.set(COLUMNS.indexOf("params_b"), "70");
        fields.set(COLUMNS.indexOf("method"), "full");
        fields.set(COLUMNS.indexOf("gpus"), "32");
        fields.set(COLUMNS.indexOf("peak_mem_gb_per_gpu"), "70");

        Backtest backtest = Backtest.of(file(fields));

        assertThat(backtest.memory().rows()).isEqualTo(1);
        assertThat(backtest.memory().medianError())
                .as("of 1,030 GiB, which all on each GPU would take, 13.7")
                .isLessThan(1);
        assertThat(backtest.memory().verdictsRight()).isEqualTo(1);
    }

    /** 70 billion weights with Adam's moments are no run of one GPU. */
    @Test
    void judgesWhatRanOutOfMemoryThoughNobodySaysByWhichOptimizer() throws IOException {
        List<String> fields = outOfMemory("optimizer", "");
        fields.set(COLUMNS.indexOf("model"), "meta-llama/Llama-2-70b");
        fields.set(COLUMNS.indexOf("params_b"), "70");
        fields.set(COLUMNS.indexOf("method"), "full");

        Backtest failed = Backtest.of(file(fields));
        fields.set(COLUMNS.indexOf("notes"), "");
        fields.set(COLUMNS.indexOf("peak_mem_gb_per_gpu"), "79");
        Backtest ran = Backtest.of(file(fields));

        assertThat(failed.memory().verdictsRight()).isEqualTo(1);
        assertThat(failed.memory().rows()).isZero();
        assertThat(failed.skipped()).isEmpty();
        assertThat(ran.memory().verdictsRight())
                .as("what ran may have run by a lighter one than is assumed")
                .isNull();
        assertThat(ran.memory().rows()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "gpu, '', a known gpu",
        "gpu, Z80, a known gpu",
        "micro_batch, '', micro_batch",
        "seq_len, '', seq_len",
        "method, magic, a known method",
        "model, tiiuae/falcon-mamba-7b, a decoder of known sizes"
    })
    void saysWhatIsMissingToJudgeARunThatRanOutOfMemory(String column, String text, String missing) throws IOException {
        Backtest backtest = Backtest.of(file(outOfMemory(column, text)));

        assertThat(backtest.memory().verdictsRight()).isNull();
        assertThat(backtest.skipped())
                .singleElement()
                .satisfies(skipped -> assertThat(skipped.why())
                        .isEqualTo("memory: that it ran out of it cannot be judged without " + missing));
    }

    private static List<String> outOfMemory(String column, String text) {
        List<String> fields = fields(column, text);
        fields.set(COLUMNS.indexOf("peak_mem_gb_per_gpu"), "");
        fields.set(COLUMNS.indexOf("notes"), "OOM");
        return fields;
    }

    @Test
    void dividesTheModelAsThePartsOfTheParallelismSay() throws IOException {
        List<String> fields = fields("parallelism", "tp=2 pp = 4");
        fields.set(COLUMNS.indexOf("gpus"), "8");
        assertThat(setup(fields).parallelism().modelGpus()).isEqualTo(8);

        fields.set(COLUMNS.indexOf("gpus"), "4");
        assertThat(RunTable.of(file(fields)).skipped())
                .singleElement()
                .satisfies(skipped -> assertThat(skipped.why()).contains("parallelism \"tp=2 pp = 4\""));
    }

    @Test
    void readsTargetsAndCheckpointingInOtherWords() throws IOException {
        Set<Projection> attention = EnumSet.of(Projection.QUERY, Projection.KEY, Projection.VALUE, Projection.OUTPUT);

        assertThat(setup("lora_targets", "q_proj/k_proj/v_proj/o_proj").targets())
                .isEqualTo(attention);
        assertThat(setup("lora_targets", "['q_proj', 'k_proj', 'v_proj', 'o_proj']")
                        .targets())
                .isEqualTo(attention);
        assertThat(setup("lora_targets", "qkvo").targets()).isEqualTo(attention);
        assertThat(setup("activation_checkpointing", "1").checkpointing()).isEqualTo(Checkpointing.FULL);
        assertThat(setup("activation_checkpointing", "on").checkpointing()).isEqualTo(Checkpointing.FULL);
        assertThat(setup("activation_checkpointing", "0").checkpointing()).isEqualTo(Checkpointing.NONE);
        assertThat(setup("activation_checkpointing", "off").checkpointing()).isEqualTo(Checkpointing.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "QLoRA, QLORA, ",
        "Q-LoRA, QLORA, ",
        "q_lora, QLORA, ",
        "fsdp_qlora, QLORA, ",
        "QDoRA, QLORA, ",
        "LoRA (4-bit), QLORA, ",
        "4-bit LoRA, QLORA, ",
        "LoRA nf4, QLORA, ",
        "LoRA-8bit, QLORA, INT8",
        "LoRA (8 bit), QLORA, INT8",
        "int8 LoRA, QLORA, INT8",
        "LoRA with 8-bit Adam, LORA, ",
        "lora adamw_8bit, LORA, ",
        "lora + paged_adamw_8bit, LORA, ",
        "lora adamw_torch_4bit, LORA, ",
        "lora ademamix_8bit, LORA, ",
        "'qlora, adamw_8bit', QLORA, ",
        "LoRA 4-bit + adamw_bnb_8bit, QLORA, ",
        "LoRA, LORA, "
    })
    void readsInTheMethodHowTheBaseIsPacked(String method, Method read, @Nullable Weights weights) throws IOException {
        TrainingSetup setup = setup("method", method);

        assertThat(setup.method()).isEqualTo(read);
        assertThat(setup.weights()).isEqualTo(weights);
    }

    @ParameterizedTest
    @CsvSource({
        "z3, ZERO3",
        "ds z3, ZERO3",
        "FULL_SHARD, FSDP",
        "HYBRID_SHARD, FSDP",
        "SHARD_GRAD_OP, ZERO2",
        "zero3-offload, ZERO3",
        "tensor parallel 2, NONE"
    })
    void readsWhatTrainersCallTheSharingOfWeights(String parallelism, Sharding sharding) throws IOException {
        List<String> fields = fields("parallelism", parallelism);
        fields.set(COLUMNS.indexOf("gpus"), "8");

        assertThat(setup(fields).parallelism().sharding()).isEqualTo(sharding);
        assertThat(setup(fields).framework())
                .isEqualTo(sharding == Sharding.ZERO3 ? Framework.DEEPSPEED : Framework.HUGGING_FACE);
    }

    @ParameterizedTest
    @CsvSource({"tensor parallel 2, 2, 1", "tp2xpp2, 2, 2", "pipeline-parallel-size=4, 1, 4"})
    void readsDegreesInWords(String parallelism, int tensor, int pipeline) throws IOException {
        List<String> fields = fields("parallelism", parallelism);
        fields.set(COLUMNS.indexOf("gpus"), "8");

        assertThat(setup(fields).parallelism().tensor()).isEqualTo(tensor);
        assertThat(setup(fields).parallelism().pipeline()).isEqualTo(pipeline);
    }

    @ParameterizedTest
    @CsvSource({
        "zero3-offload, true, true",
        "fsdp offload, true, true",
        "zero2-offload, true, false",
        "zero3 without offload, false, false",
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
    void readsOfOffloadInTheParallelism(String parallelism, boolean ofOptimizer, boolean ofWeights) throws IOException {
        List<String> fields = fields("parallelism", parallelism);
        fields.set(COLUMNS.indexOf("gpus"), "8");

        assertThat(setup(fields).offloadsOptimizer()).isEqualTo(ofOptimizer);
        assertThat(setup(fields).offloadsWeights()).isEqualTo(ofWeights);
    }

    @ParameterizedTest
    @CsvSource({
        "accelerate fsdp, lora, FSDP",
        "trl, lora+fsdp, FSDP",
        "deepspeed zero3, full, ZERO3",
        "xtuner (mmengine + deepspeed), full, NONE"
    })
    void readsInOtherColumnsHowWeightsAreSharedWhereTheirOwnIsEmpty(String framework, String method, Sharding sharding)
            throws IOException {
        List<String> fields = fields("parallelism", "");
        fields.set(COLUMNS.indexOf("framework"), framework);
        fields.set(COLUMNS.indexOf("method"), method);
        fields.set(COLUMNS.indexOf("gpus"), "8");

        assertThat(setup(fields).parallelism().sharding()).isEqualTo(sharding);
        fields.set(COLUMNS.indexOf("parallelism"), "ddp");
        assertThat(setup(fields).parallelism().sharding()).isEqualTo(Sharding.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "packing, y, true",
        "packing, 1, true",
        "packing, on, true",
        "packing, enabled, true",
        "packing, packed, true",
        "packing, sample packing, true",
        "packing, 0, false",
        "packing, disabled, false",
        "packing, -, ",
        "packing, n/a, ",
        "packing, unknown, ",
        "packing, ?, "
    })
    void readsYesAndNoOfPacking(String column, String text, @Nullable Boolean packed) throws IOException {
        assertThat(setup(column, text).isPacked()).isEqualTo(packed);
    }

    @ParameterizedTest
    @CsvSource({
        "enabled, FULL",
        "y, FULL",
        "disabled, NONE",
        "n, NONE",
        "selective, SELECTIVE",
        "yes (selective), SELECTIVE",
        "yes (not selective), FULL",
        "yes (unsloth), FULL_OFFLOADED",
        "'yes, offload', FULL_OFFLOADED",
        "'yes, no offload', FULL",
        "n/a, ",
        "?, "
    })
    void readsYesAndNoOfCheckpointing(String text, @Nullable Checkpointing checkpointing) throws IOException {
        assertThat(setup("activation_checkpointing", text).checkpointing()).isEqualTo(checkpointing);
    }

    @ParameterizedTest
    @CsvSource({
        "none, EAGER",
        "off, EAGER",
        "0, EAGER",
        "disabled, EAGER",
        "eager, EAGER",
        "1, FUSED",
        "fa2, FUSED",
        "sdpa, FUSED",
        "n/a, ",
        "-, "
    })
    void readsYesAndNoOfFlashAttention(String text, @Nullable Attention attention) throws IOException {
        Path file = Files.writeString(
                folder.resolve("runs.csv"),
                "model,method,flash_attention,wall_time_s\nLlama 3.1 8B,lora," + text + ",1\n");
        TrainingSetup setup =
                Objects.requireNonNull(RunTable.of(file).runs().get(0).setup());

        assertThat(setup.attention()).isEqualTo(attention);
    }

    /** What is not said of 70 billion weights is taken for shared out. */
    @ParameterizedTest
    @CsvSource({"multi-gpu, 2", "ddp, 0"})
    void takesAnUnknownWordOfParallelismForNone(String parallelism, int shardings) throws IOException {
        List<String> fields = fields("parallelism", parallelism);
        fields.set(COLUMNS.indexOf("model"), "meta-llama/Llama-2-70b");
        fields.set(COLUMNS.indexOf("params_b"), "70");
        fields.set(COLUMNS.indexOf("method"), "full");
        fields.set(COLUMNS.indexOf("gpus"), "32");

        assertThat(setup(fields).shardings()).hasSize(shardings);
    }

    @ParameterizedTest
    @ValueSource(strings = {"did not run out of memory", "never ran out of memory"})
    void takesNoRunThatRanForOneThatRanOutOfMemory(String notes) throws IOException {
        List<String> fields = outOfMemory("notes", "");
        fields.set(COLUMNS.indexOf("notes"), notes);
        assertThat(RunTable.of(file(fields)).runs().get(0).ranOutOfMemory()).isFalse();
        assertThat(Backtest.of(withOneRow("notes", "out of memory at a batch of 4"))
                        .memory()
                        .rows())
                .as("it has a peak")
                .isEqualTo(1);
    }

    @Test
    void takesARunOfLongerRowsForOneThatRanOutOfMemory() throws IOException {
        List<String> fields = outOfMemory("notes", "");
        fields.set(COLUMNS.indexOf("notes"), "Longer rows (8192): CUDA out of memory");
        fields.set(COLUMNS.indexOf("wall_time_s"), "");
        assertThat(RunTable.of(file(fields)).runs().get(0).ranOutOfMemory()).isTrue();

        fields.set(COLUMNS.indexOf("wall_time_s"), "3600");
        assertThat(RunTable.of(file(fields)).runs().get(0).ranOutOfMemory())
                .as("it took its time")
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"OOM, true", "out of memory, true", "-, false", "n/a, false"})
    void takesAPlaceholderInANumberForNoNumber(String peak, boolean ranOut) throws IOException {
        List<String> fields = fields("peak_mem_gb_per_gpu", peak);
        if (!ranOut) {
            fields.set(COLUMNS.indexOf("tokens_per_s_per_gpu"), "3000");
        }
        RunTable table = RunTable.of(file(fields));

        assertThat(table.skipped()).isEmpty();
        assertThat(table.runs().get(0).ranOutOfMemory()).isEqualTo(ranOut);
        assertThat(table.runs().get(0).speed().isUsable()).isEqualTo(!ranOut);
    }

    @ParameterizedTest
    @CsvSource({"wall_time_s, 1h 20m", "epochs, three", "train_samples, 52k"})
    void leavesOutOnlyTheWallTimeOfARowWithATextInIts(String column, String text) throws IOException {
        Path file = Files.writeString(
                folder.resolve("runs.csv"),
                "model,method,seq_len,packing,micro_batch,gpu,peak_mem_gb_per_gpu," + column + "\n"
                        + "Llama 3.1 8B,lora,2048,yes,2,A100-80,24," + text + "\n");

        Backtest backtest = Backtest.of(file);

        assertThat(backtest.memory().rows()).isEqualTo(1);
        assertThat(backtest.wallTime().rows()).isZero();
        assertThat(backtest.skipped())
                .singleElement()
                .satisfies(skipped ->
                        assertThat(skipped.why()).isEqualTo("wall time: " + column + " \"" + text + "\" is no number"));
    }

    @Test
    void takesAnAccumulationThatTheTrainerChoosesForNoneSaid() throws IOException {
        assertThat(setup("grad_accum", "auto").accumulation()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"n/a", "auto", "unknown", "-", "?"})
    void takesAPlaceholderInATextForNothing(String text) throws IOException {
        List<String> fields = fields("precision", text);
        fields.set(COLUMNS.indexOf("framework"), "litgpt");

        assertThat(setup("lora_targets", text).targets()).isEmpty();
        assertThat(setup(fields).weights()).as("of which any may be meant").isNull();
    }

    @Test
    void readsARankWithItsLetter() throws IOException {
        assertThat(setup("lora_rank", "r=64").rank()).isEqualTo(64);
    }

    @ParameterizedTest
    @CsvSource({
        "LLaMA Factory, HUGGING_FACE, FULL",
        "Lit GPT, LITGPT, ",
        "SFTTrainer, HUGGING_FACE, ",
        "torch fsdp, OTHER, "
    })
    void knowsAFrameworkHoweverItIsDivided(String name, Framework read, @Nullable Checkpointing checkpointing) {
        assertThat(new Frameworks(name).framework(false)).isEqualTo(read);
        assertThat(new Frameworks(name).checkpointing()).isEqualTo(checkpointing);
    }

    private TrainingSetup setup(String column, String text) throws IOException {
        return setup(fields(column, text));
    }

    private TrainingSetup setup(List<String> fields) throws IOException {
        return Objects.requireNonNull(RunTable.of(file(fields)).runs().get(0).setup());
    }

    /** Ten thousand samples of 430 tokens are 4.3 million, however few rows they are packed in. */
    @ParameterizedTest
    @CsvSource({"mean 430 tokens, 4300000, ''", "'', , no mean", "dolly-15k, 2600000, ''"})
    void countsTheTokensOfPackedSamplesByTheirOwnMean(String notes, @Nullable Double tokens, String why)
            throws IOException {
        Path file = folder.resolve("runs.csv");
        Files.writeString(
                file,
                "model,params_b,method,seq_len,packing,micro_batch,gpu,peak_mem_gb_per_gpu,"
                        + "train_samples,epochs,wall_time_s,notes\n"
                        + "Llama 3.1 8B,8,lora,4096,yes,2,A100-80,24,10000,1,1500," + notes + "\n");

        PublishedRun run = RunTable.of(file).runs().get(0);
        Backtest backtest = Backtest.of(file);

        assertThat(run.trainedTokens()).isEqualTo(tokens == null ? OptionalDouble.empty() : OptionalDouble.of(tokens));
        assertThat(run.hasVerdict()).isTrue();
        assertThat(backtest.memory().rows()).isEqualTo(1);
        assertThat(backtest.wallTime().rows()).isEqualTo(tokens == null ? 0 : 1);
        assertThat(backtest.skipped())
                .extracting(Backtest.Skipped::why)
                .allSatisfy(skipped -> assertThat(skipped).contains(why));
        assertThat(backtest.skipped()).hasSize(tokens == null ? 1 : 0);
    }

    @Test
    void tellsHowManyRunsAreComparedAfterEach() throws IOException {
        Path file = withOneRow("method", "lora");
        String row = Files.readString(file).substring(HEADER.length());
        Files.writeString(file, HEADER + row + row + row.strip() + ",more\n" + row);
        List<String> told = new ArrayList<>();

        Backtest backtest = Backtest.of(file, (runs, all) -> told.add(runs + " of " + all));

        assertThat(told).containsExactly("1 of 3", "2 of 3", "3 of 3");
        assertThat(backtest).isEqualTo(Backtest.of(file));
        assertThat(backtest.memory().rows()).isEqualTo(3);
    }

    private Path withOneRow(String column, String text) throws IOException {
        return file(fields(column, text));
    }

    /** Of a run that can be compared, but for this field. */
    private static List<String> fields(String column, String text) {
        List<String> fields = new ArrayList<>(
                List.of("x,Llama 3.1 8B,8,lora,16,all-linear,bf16,AdamW,2048,no,2,1,yes,none,A100-80,1,trl,,24,,"
                        .split(",", -1)));
        fields.set(COLUMNS.indexOf(column), '"' + text + '"');
        return fields;
    }

    private Path file(List<String> fields) throws IOException {
        return Files.writeString(folder.resolve("runs.csv"), HEADER + String.join(",", fields) + "\n");
    }

    @Test
    void takesNoNoteForItsOpposite() throws IOException {
        Path file = folder.resolve("runs.csv");
        String row = "x,Llama 3.1 8B,8,full,,,bf16,AdamW,2048,yes,2,1,yes,fsdp,A100-80,8,trl,,40,,";
        Files.writeString(
                file,
                HEADER + row + "without CPU offload\n" + row + "cpu offload=no; liger=no; shorter rows\n" + row
                        + "CPU offload; full length\n");

        List<TrainingSetup> setups =
                RunTable.of(file).runs().stream().map(PublishedRun::setup).toList();

        assertThat(setups).extracting(TrainingSetup::offloadsOptimizer).containsExactly(false, false, true);
        assertThat(DataSets.in("shorter rows in a Colab")).isEmpty();
        assertThat(DataSets.in("GLUE RTE")).isPresent();
    }

    @Test
    void tellsTheMembersOfAFamilyApartBySize() {
        ModelNames names = new ModelNames();

        assertThat(names.find("01-ai/Yi-6B-Chat", OptionalDouble.empty()))
                .get()
                .satisfies(model -> assertThat(model.parameters() / 1e9).isBetween(5.5, 6.5));
        assertThat(names.find("Qwen/Qwen-1_8B-Chat", OptionalDouble.empty()))
                .get()
                .satisfies(model -> assertThat(model.parameters() / 1e9).isBetween(1.7, 2.0));
        assertThat(names.find("gpt2", OptionalDouble.of(1.5)))
                .get()
                .satisfies(model -> assertThat(model.parameters() / 1e9).isBetween(1.3, 1.7));
    }

    @ParameterizedTest
    @CsvSource({
        "microsoft/deberta-v3-base, 0.184",
        "microsoft/deberta-v3-large, 0.435",
        "distilbert-base-uncased, 0.066",
        "distilbert/distilgpt2, 0.082",
        "distilbert/distilroberta-base, 0.082",
        "FacebookAI/xlm-roberta-large, 0.56",
        "answerdotai/ModernBERT-large, 0.395",
        "microsoft/Phi-3-small-8k-instruct, 7.39",
        "allenai/OLMoE-1B-7B-0924, 6.92",
        "Qwen/Qwen2-57B-A14B, 57.4",
        "emilyalsentzer/Bio_ClinicalBERT, 0.11",
        "bert-base-uncased, 0.11"
    })
    void knowsAModelFromItsSmallerAndLargerKin(String name, double billions) {
        assertThat(new ModelNames().find(name, OptionalDouble.empty())).get().satisfies(model -> {
            assertThat(model.parameters() / 1e9).isCloseTo(billions, within(0.04 * billions));
            assertThat(model.isInterpolated()).isFalse();
        });
    }

    /** In billions, as the makers' configurations and files give them, without layers that only foretell further tokens. */
    @ParameterizedTest
    @CsvSource({
        "mistralai/Ministral-8B-Instruct-2410, 8.02",
        "google-bert/bert-large-uncased, 0.335",
        "google-bert/bert-base-multilingual-cased, 0.178",
        "distilbert/distilbert-base-multilingual-cased, 0.1347",
        "FacebookAI/roberta-base, 0.1246",
        "Qwen/Qwen3-Next-80B-A3B-Instruct, 79.67",
        "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B, 1.777",
        "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B, 7.616",
        "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B, 14.77",
        "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B, 32.76",
        "deepseek-ai/DeepSeek-R1-Distill-Llama-8B, 8.03",
        "deepseek-ai/DeepSeek-R1-Distill-Llama-70B, 70.55",
        "zai-org/GLM-4.5, 352.8",
        "zai-org/GLM-4.7, 352.8",
        "GLM-4.5-NVFP4, 352.8",
        "GLM-4.5 (vLLM), 352.8",
        "zai-org/GLM-4.5V, 106.85",
        "zai-org/GLM-4.5-Air, 106.85",
        "zai-org/GLM-4.7-Flash, 29.94",
        "THUDM/glm-4-9b-chat, 9.4",
        "BAAI/bge-small-en-v1.5, 0.03336",
        "BAAI/bge-base-en-v1.5, 0.1095",
        "bge_base_en, 0.1095",
        "BAAI/bge-large-en-v1.5, 0.335",
        "tiiuae/falcon-7b-instruct, 6.92",
        "tiiuae/Falcon3-7B-Base, 7.05"
    })
    void countsTheWeightsOfModelsThatAreNamedLikeOthers(String name, double billions) {
        assertThat(new ModelNames().find(name, OptionalDouble.empty())).get().satisfies(model -> {
            assertThat(model.parameters() / 1e9).isCloseTo(billions, within(0.005 * billions));
            assertThat(model.isInterpolated()).isFalse();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "Llama 3.1, 8, Llama-3.1-8B",
        "Llama 3.1, 8.03, Llama-3.1-8B",
        "Llama 3.1, 70.6, Llama-3.1-70B",
        "Llama 3.2, 1.24, Llama-3.2-1B",
        "Llama 3.2, 3.21, Llama-3.2-3B",
        "Llama32-1B, , Llama-3.2-1B",
        "Llama 3.1 8 B, , Llama-3.1-8B",
        "LLAMA3_8B, , Llama-3-8B",
        "Code Llama 34B, , CodeLlama-34b-hf",
        "Llama 4-bit 7B, , llama-7b",
        "Code Llama 4-bit 34B, , CodeLlama-34b-hf",
        "Llama 3 8-bit 8B, , Llama-3-8B",
        "Llama 3.1 8B (4-bit), , Llama-3.1-8B",
        "unsloth/llama-3-8b-bnb-4bit, , Llama-3-8B",
        "Gemma 4-bit 7B, , gemma-7b",
        "4bit Gemma 2 9B, , gemma-2-9b",
        "gemma-2_8bit_9b, , gemma-2-9b",
        "Gemma 3 4-bit, 4.3, gemma-3-4b-it",
        "Gemma 4 (4 bits) 12B, , gemma-4-12b",
        "StableLM-3B-4E1T-chat, , stablelm-3b-4e1t",
        "Gemma 3 (1B), , gemma-3-1b-it",
        "Gemma 3 4B, , gemma-3-4b-it",
        "gemma3-4b, , gemma-3-4b-it",
        "gemma3:4b, , gemma-3-4b-it",
        "Gemma 3, 4.3, gemma-3-4b-it",
        "Gemma2 9B, , gemma-2-9b",
        "Gemma 2 (9B), , gemma-2-9b",
        "Gemma_2_9B, , gemma-2-9b",
        "Gemma 2, 2.6, gemma-2-2b",
        "Gemma, 7, gemma-7b",
        "Gemma, 2.51, gemma-2b",
        "Gemma, 8.54, gemma-7b",
        "CodeGemma, 2.51, gemma-2b",
        "Gemma 2, 2.61, gemma-2-2b",
        "gemma1.1 2b, , gemma-2b",
        "Qwen 2.5 0.5B, , Qwen2.5-0.5B",
        "Qwen 2.5 3B, , Qwen2.5-3B",
        "Qwen 2.5, 0.5, Qwen2.5-0.5B",
        "Qwen 3 0.6B, , Qwen3-0.6B",
        "Qwen 3 4B, , Qwen3-4B",
        "Qwen 3 30B A3B, , Qwen3-30B-A3B",
        "Qwen 3, 30.5, Qwen3-30B-A3B",
        "Qwen 3 32B, , Qwen3-32B",
        "Mistral Nemo 12B, , Mistral-Nemo",
        "Mistral Large, , Mistral-Large-Instruct-2407",
        "Mistral Large, 123, Mistral-Large-Instruct-2407",
        "Mistral Small, , Mistral-Small-24B",
        "Mistral Small 3.1, , Mistral-Small-24B",
        "Mistral Small, 22.2, Mistral-Small-2409",
        "Phi 3.5 mini 3.8B, , Phi-3.5-mini-instruct",
        "Phi 3 mini, , Phi-3-mini-4k-instruct",
        "Phi 3, 14, Phi-3-medium",
        "Phi 4, 3.8, Phi-4-mini-instruct",
        "Phi 1.5, , phi-1_5",
        "gpt-oss, 20.9, gpt-oss-20b",
        "gpt-oss, 117, gpt-oss-120b",
        "Mixtral, 46.7, Mixtral-8x7B",
        "Mixtral, 141, Mixtral-8x22B",
        "GLM-4.5, 355, zai-org/GLM-4.5",
        "GLM-4.5, 106, GLM-4.5-Air",
        "Yi 34B, , Yi-34B",
        "DistilBERT, , distilbert-base",
        "DistilBERT base, , distilbert-base"
    })
    void findsAModelHoweverItsNameIsWritten(String written, @Nullable Double billions, String name) {
        ModelNames names = new ModelNames();
        OptionalDouble size = billions == null ? OptionalDouble.empty() : OptionalDouble.of(billions);

        assertThat(names.find(written, size))
                .isPresent()
                .isEqualTo(names.find(name, OptionalDouble.empty()))
                .get()
                .satisfies(model -> assertThat(model.isInterpolated()).isFalse());
    }

    /** Of which 17 billion of 109 are active; and Llama 3.2 with eyes, whose name says no size. */
    @Test
    void takesNoModelForASmallerOneOfItsFamily() {
        ModelNames names = new ModelNames();

        assertThat(names.find("Llama-4-Scout-17B-16E", OptionalDouble.empty())).isEmpty();
        assertThat(names.find("Llama-4-Scout-17B-16E", OptionalDouble.of(109)))
                .get()
                .satisfies(model -> assertThat(model.parameters() / 1e9).isBetween(100.0, 118.0));
        assertThat(names.find("Mistral Medium", OptionalDouble.empty())).isEmpty();
        assertThat(names.find("Llama 3.2", OptionalDouble.of(11))).isEmpty();
        assertThat(names.whyUnlike("Llama 3.2", OptionalDouble.of(11))).isPresent();
    }

    /** Digits behind "Llama" that are no version 4, of models without a shape of their own. */
    @ParameterizedTest
    @CsvSource({"Llama-405B, 405", "LiteLlama-460M-1T, 0.46"})
    void readsTheSizeInANameThatOnlyBeginsLikeLlama4(String name, double billions) {
        assertThat(new ModelNames().find(name, OptionalDouble.empty()))
                .get()
                .satisfies(model -> assertThat(model.parameters() / 1e9).isCloseTo(billions, within(0.1 * billions)));
    }

    /** 32 billion of GLM-4.5's weights are active, 12 of Air's, and 3 of Flash's, whose latent attention is taken for a whole one. */
    @ParameterizedTest
    @CsvSource({"GLM-4.5, 32, 3, 12288", "GLM-4.5-Air, 12.15, 1, 10944", "GLM-4.7-Flash, 4.2, 1, 10240"})
    void knowsTheFirstLayersOfMixturesThatHaveNoExperts(String name, double active, int denseLayers, int feedForward) {
        assertThat(new ModelNames().find(name, OptionalDouble.empty())).get().satisfies(model -> {
            assertThat(model.activeLinearParameters() / 1e9).isCloseTo(active, within(0.005 * active));
            assertThat(Objects.requireNonNull(model.experts()).denseLayers()).isEqualTo(denseLayers);
            assertThat(model.feedForwardSize()).isEqualTo(feedForward);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "tiiuae/falcon-mamba-7b, state spaces",
        "state-spaces/mamba-2.8b-hf, state spaces",
        "meta-llama/Llama-3.2-11B-Vision-Instruct, cross-attention",
        "google/gemma-3n-E4B-it, embeddings of each layer"
    })
    void skipsWhatTheFormulasDoNotDescribeHoweverLargeItIs(String model, String why) throws IOException {
        List<String> fields = fields("model", model);
        fields.set(COLUMNS.indexOf("tokens_per_s_per_gpu"), "3000");

        Backtest backtest = Backtest.of(file(fields));

        assertThat(backtest.memory().rows()).isZero();
        assertThat(backtest.throughput().rows()).isZero();
        assertThat(backtest.skipped())
                .singleElement()
                .satisfies(skipped -> assertThat(skipped.why())
                        .contains("memory: the formulas do not describe " + model, "speed: ", why));
    }

    @Test
    void saysOfAWallTimeTooThatTheFormulasDoNotDescribeTheModel() throws IOException {
        Path file = Files.writeString(
                folder.resolve("runs.csv"),
                "model,method,gpu,train_tokens,wall_time_s\nfalcon-mamba-7b,lora,A100-80,1000000,600\n");

        assertThat(Backtest.of(file).skipped())
                .singleElement()
                .satisfies(skipped -> assertThat(skipped.why())
                        .startsWith("wall time: the formulas do not describe falcon-mamba-7b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "albert-base-v2",
                "albert-large-v2",
                "BAAI/bge-reranker-v2-gemma",
                "BAAI/bge-small-zh-v1.5",
                "zai-org/GLM-4.6V-Flash",
                "microsoft/deberta-base",
                "prajjwal1/bert-tiny",
                "microsoft/Phi-3.5-MoE-instruct",
                "microsoft/Phi-4-multimodal-instruct"
            })
    void takesNoModelForOneThatItsNameHolds(String name) {
        assertThat(new ModelNames().find(name, OptionalDouble.empty())).isEmpty();
    }

    @Test
    void refusesATableThatCanBeReadInTwoWays() throws IOException {
        assertThat(whyRefused("model,method,wall_time_s,Wall_Time_s\nLlama 3.1 8B,lora,1,2\n"))
                .contains("column wall_time_s twice");
        assertThat(whyRefused(
                        "model,method,notes\nLlama 3.1 8B,lora,x\nLlama 3.1 8B,lora,\"open\nLlama 3.1 8B,lora,y\n"))
                .contains("line 3");
    }

    @Test
    void saysThatFieldsAreNotSeparatedByCommas() throws IOException {
        assertThat(whyRefused("model;method;wall_time_s\nLlama 3.1 8B;lora;1\n"))
                .isEqualTo("it lacks the columns method, model: its fields are separated by semicolons, not by commas");
        assertThat(whyRefused("model\tmethod\twall_time_s\nLlama 3.1 8B\tlora\t1\n"))
                .endsWith("by tabs, not by commas");
        assertThat(whyRefused("a,b\n1,2\n")).isEqualTo("it lacks the columns method, model");
        assertThat(whyRefused("model,recipe;kind,wall_time_s\nLlama 3.1 8B,lora,1\n"))
                .as("a column's name holds the mark")
                .isEqualTo("it lacks the columns method");
    }

    private String whyRefused(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("runs.csv"), text);
        FineTuneException refusal = catchThrowableOfType(FineTuneException.class, () -> Backtest.of(file));
        assertThat(refusal).hasMessageContaining("FT0740");
        return refusal.problems().get(0).causes().get(0);
    }

    /** "3,090.42" without quotes would be 3 tokens a second and 90.42 GiB. */
    @Test
    void refusesARowWithMoreFieldsThanColumns() throws IOException {
        List<String> shifted = fields("tokens_per_s_per_gpu", "x");
        shifted.set(COLUMNS.indexOf("tokens_per_s_per_gpu"), "3,090.42");
        List<String> good = fields("tokens_per_s_per_gpu", "3,090.42");
        List<String> trailing = fields("notes", "none");
        trailing.add("");
        Path file = Files.writeString(
                folder.resolve("runs.csv"),
                HEADER + String.join(",", good) + "\n" + String.join(",", shifted) + "\n" + String.join(",", trailing)
                        + "\n");

        Backtest backtest = Backtest.of(file);

        assertThat(backtest.memory().rows()).isEqualTo(1);
        assertThat(backtest.throughput().rows()).isEqualTo(1);
        assertThat(backtest.skipped()).extracting(Backtest.Skipped::row).containsExactly(2, 3);
        assertThat(backtest.skipped())
                .extracting(Backtest.Skipped::why)
                .allSatisfy(why -> assertThat(why).contains("it has 22 fields, and the table 21 columns"));
        assertThat(backtest.skipped().get(0).why()).startsWith("line 3: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void readsLinesThatEndAsOnAnySystemAndColumnsInAnyCase(String end) throws IOException {
        Path file = withOneRow("peak_mem_gb_per_gpu", "24");
        String text = Files.readString(file);
        Files.writeString(
                file, text.replace(HEADER, HEADER.toUpperCase(Locale.ROOT)).replace("\n", end));

        Backtest backtest = Backtest.of(file);

        assertThat(backtest.memory().rows()).isEqualTo(1);
        assertThat(backtest.skipped()).isEmpty();
    }

    @Test
    void saysOfAFolderThatItIsOne() {
        assertThatThrownBy(() -> Backtest.of(folder))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems().get(0).causes()).containsExactly("it is a folder"));
    }

    @Test
    void saysThatATableIsMissingOrIsNone() throws IOException {
        Path none = folder.resolve("none.csv");
        assertThatThrownBy(() -> Backtest.of(none))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0740");

        Path other = folder.resolve("other.csv");
        Files.writeString(other, "a,b\n1,2\n");
        assertThatThrownBy(() -> Backtest.of(other))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0740");
    }
}
