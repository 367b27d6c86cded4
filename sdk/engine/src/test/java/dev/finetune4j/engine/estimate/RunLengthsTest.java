package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunLengthsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "packing, y, true",
        "packing, 1, true",
        "packing, on, true",
        "packing, enabled, true",
        "packing, packed, true",
        "packing, sample packing, true",
        "packing, 'yes, to full length', true",
        "packing, packed to the full length, true",
        "packing, packing off, false",
        "packing, 0, false",
        "packing, disabled, false",
        "packing, -, ",
        "packing, n/a, ",
        "packing, unknown, ",
        "packing, ?, "
    })
    void readsYesAndNoOfPacking(String column, String text, @Nullable Boolean packed) {
        assertThat(SampleRun.with(column, text).setup().isPacked()).isEqualTo(packed);
    }

    @ParameterizedTest
    @CsvSource({
        "packing on, true",
        "packing=False, false",
        "sequence packing: true, true",
        "no packing, false",
        "'not packed, batch 4', false",
        "packed to 2048, true",
        "packed to full length, true",
        "no packing flag in the command, ",
        "whether rows are packed to 2048 is not said, ",
        "packing of the vanilla runs not in the parts read, ",
        "layers are packed, "
    })
    void readsOfPackingInNotesWhereItsColumnIsEmpty(String notes, @Nullable Boolean packed) {
        assertThat(SampleRun.with("packing", "").set("notes", notes).setup().isPacked())
                .isEqualTo(packed);
    }

    @ParameterizedTest
    @CsvSource({
        "packed to full length, true",
        "fake full-length data, false",
        "rows of exactly the length, false",
        "random tokens, false",
        "UltraChat, true"
    })
    void takesRowsThatFillTheCapAloneForNotPacked(String notes, boolean packed) {
        TrainingSetup setup =
                SampleRun.with("packing", "yes").set("notes", notes).setup();

        assertThat(setup.isPacked()).isEqualTo(packed);
        assertThat(setup.meanTokens()).isEqualTo(2048);
    }

    /** Four GPUs share the tokens of each row, so that eight read two rows at a time. */
    @ParameterizedTest
    @CsvSource({"zero3-sp4, 8", "fsdp, 2", "tp4, 8"})
    void tellsMicroStepsFromTheRowsOfAStep(String parallelism, int accumulation) throws IOException {
        Path file = Files.writeString(
                folder.resolve("runs.csv"),
                "model,method,micro_batch,global_batch,gpus,parallelism,wall_time_s\nLlama 3.1 8B,full,1,16,8,"
                        + parallelism + ",1\n");

        assertThat(RunTable.of(file).runs())
                .extracting(run -> Objects.requireNonNull(run.setup()).accumulation())
                .containsExactly(accumulation);
    }

    @ParameterizedTest
    @CsvSource({
        "seq_len = longest record, 2048",
        "the length is that of the longest row, 2048",
        "longest sample, 2048",
        "long texts (medical summaries), 2048",
        "'long rows; longest 900 tokens', 900",
        "no long texts, ",
        "'memory is a lower bound, too long texts are dropped', ",
        "rows padded to the longest record, "
    })
    void readsThatTheCapIsTheLongestRow(String notes, @Nullable Integer longest) {
        assertThat(SampleRun.with("notes", notes).setup().longestTokens()).isEqualTo(longest);
    }

    @ParameterizedTest
    @CsvSource({
        "no (each row exactly this long), 240.0",
        "no (each row padded to max_length), 2048.0",
        "no (padded to 2048), 2048.0"
    })
    void takesAMeanThatIsToldForThatOfRowsButOfPaddedOnes(String packing, double mean) {
        TrainingSetup setup = SampleRun.with("packing", packing)
                .set("micro_batch", "1")
                .set("notes", "mean 240 tokens")
                .setup();

        assertThat(setup.meanTokens()).isEqualTo(mean);
    }

    /** 512,000 tokens in a thousand rows, of which two are padded to the longer: a third more; packed ones fill the cap. */
    @ParameterizedTest
    @CsvSource({"no, '', 691.2", "yes, '', 2048", "no, mean 100 tokens, 135", "'', '', "})
    void tellsTheMeanRowFromTheTokensOfAll(String packing, String notes, @Nullable Double mean) {
        String header = "model,method,seq_len,packing,micro_batch,train_tokens,train_samples,notes\n";
        CsvTable.Row row = CsvTable.of(header + "Llama 3.1 8B,lora,2048," + packing + ",2,512000,1000," + notes + "\n")
                .rows()
                .get(0);
        TrainingSetup setup = Objects.requireNonNull(
                RunReader.read(GpuTable.shipped(), new ModelNames(), row, 1).setup());

        assertThat(setup.meanTokens()).isEqualTo(mean);
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

    @ParameterizedTest
    @CsvSource({
        "no (each row exactly this long), , true",
        "no, every row padded to 2048, true",
        "no, 'rows are padded to 2,048 tokens', true",
        "no (padded to 2048), , true",
        "'no, padded to 2,048', , true",
        "no (padded to 512), , false",
        "no (not padded to 2048), , false",
        "no, padded to 512 of 2048, false",
        "no, not padded to 2048, false",
        "no, padded to the longest of a batch, false",
        "no (random rows of exactly 2048 tokens), , true",
        "no, 'every row has 2,048 tokens', true",
        "no, rows of 512 tokens, false",
        "no, rows of up to 2048 tokens, false",
        "no, rows of about 2048 tokens, false"
    })
    void takesRowsForFullThatArePaddedToTheCapOrSaidToBeAsLong(String packing, @Nullable String notes, boolean isFull) {
        TrainingSetup setup = SampleRun.with("packing", packing)
                .set("notes", notes == null ? "" : notes)
                .setup();

        assertThat(setup.meanTokens()).isEqualTo(isFull ? 2048.0 : null);
    }
}
