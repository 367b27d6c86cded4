package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.plan.Fit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BacktestTest {
    @TempDir
    Path folder;

    @Test
    void holdsTheFiguresOfTheRunsThatTheFormulasWereMadeOn() {
        Backtest backtest = Backtest.of(PublishedTables.first());

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
        Backtest backtest = Backtest.of(PublishedTables.further());

        assertThat(backtest.memory().rows()).isGreaterThan(330);
        assertThat(backtest.memory().medianError()).isLessThan(0.18);
        assertThat(backtest.memory().insideInterval()).isBetween(0.75, 0.92);
        assertThat(backtest.memory().verdictsRight()).isGreaterThan(0.98);
        assertThat(backtest.throughput().rows()).isGreaterThan(170);
        assertThat(backtest.throughput().medianError()).isLessThan(0.2);
        assertThat(backtest.skipped()).hasSizeLessThan(backtest.memory().rows() / 10);
    }

    @Test
    void holdsTheFiguresOfTheRunsThatCalibrateNothing() {
        Backtest backtest = Backtest.of(PublishedTables.validation());

        assertThat(backtest.memory().rows()).isGreaterThan(500);
        assertThat(backtest.memory().medianError()).isLessThan(0.15);
        assertThat(backtest.memory().insideInterval()).isBetween(0.75, 0.92);
        assertThat(backtest.memory().verdictsRight()).isGreaterThan(0.97);
        assertThat(backtest.throughput().rows()).isGreaterThan(650);
        assertThat(backtest.throughput().medianError()).isLessThan(0.2);
        assertThat(backtest.throughput().insideInterval()).isBetween(0.75, 0.92);
    }

    @Test
    void refusesNoRunThatFailedAndLetsNoFailurePass() {
        MemoryModel model = MemoryModel.shipped();
        List<PublishedRun> failed = Stream.of(PublishedTables.calibrating(), PublishedTables.validation())
                .flatMap(table -> table.runs().stream())
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
                SampleRun.HEADER
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
        Backtest backtest = Backtest.of(SampleRun.with(column, text).in(folder));

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
        Backtest backtest = Backtest.of(SampleRun.with("model", model).in(folder));

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
        Backtest backtest = Backtest.of(SampleRun.with(column, text).in(folder));

        assertThat(backtest.memory().rows()).isEqualTo(1);
        assertThat(backtest.skipped()).isEmpty();
    }

    @Test
    void estimatesWhatIsSharedOutThoughNobodySaysHow() throws IOException {
        SampleRun run = SampleRun.with("parallelism", "");
        run.set("model", "meta-llama/Llama-2-70b");
        run.set("params_b", "70");
        run.set("method", "full");
        run.set("gpus", "32");
        run.set("peak_mem_gb_per_gpu", "70");

        Backtest backtest = Backtest.of(run.in(folder));

        assertThat(backtest.memory().rows()).isEqualTo(1);
        assertThat(backtest.memory().medianError())
                .as("of 1,030 GiB, which all on each GPU would take, 13.7")
                .isLessThan(1);
        assertThat(backtest.memory().verdictsRight()).isEqualTo(1);
    }

    /** 70 billion weights with Adam's moments are no run of one GPU. */
    @Test
    void judgesWhatRanOutOfMemoryThoughNobodySaysByWhichOptimizer() throws IOException {
        SampleRun run = SampleRun.outOfMemory("optimizer", "");
        run.set("model", "meta-llama/Llama-2-70b");
        run.set("params_b", "70");
        run.set("method", "full");

        Backtest failed = Backtest.of(run.in(folder));
        run.set("notes", "");
        run.set("peak_mem_gb_per_gpu", "79");
        Backtest ran = Backtest.of(run.in(folder));

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
        Backtest backtest = Backtest.of(SampleRun.outOfMemory(column, text).in(folder));

        assertThat(backtest.memory().verdictsRight()).isNull();
        assertThat(backtest.skipped())
                .singleElement()
                .satisfies(skipped -> assertThat(skipped.why())
                        .isEqualTo("memory: that it ran out of it cannot be judged without " + missing));
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
    void tellsHowManyRunsAreComparedAfterEach() throws IOException {
        Path file = SampleRun.with("method", "lora").in(folder);
        String row = Files.readString(file).substring(SampleRun.HEADER.length());
        Files.writeString(file, SampleRun.HEADER + row + row + row.strip() + ",more\n" + row);
        List<String> told = new ArrayList<>();

        Backtest backtest = Backtest.of(file, (runs, all) -> told.add(runs + " of " + all));

        assertThat(told).containsExactly("1 of 3", "2 of 3", "3 of 3");
        assertThat(backtest).isEqualTo(Backtest.of(file));
        assertThat(backtest.memory().rows()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "tiiuae/falcon-mamba-7b, state spaces",
        "state-spaces/mamba-2.8b-hf, state spaces",
        "meta-llama/Llama-3.2-11B-Vision-Instruct, cross-attention",
        "google/gemma-3n-E4B-it, embeddings of each layer"
    })
    void skipsWhatTheFormulasDoNotDescribeHoweverLargeItIs(String model, String why) throws IOException {
        SampleRun run = SampleRun.with("model", model);
        run.set("tokens_per_s_per_gpu", "3000");

        Backtest backtest = Backtest.of(run.in(folder));

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
}
