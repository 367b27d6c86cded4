package dev.finetune4j.cli;

import static dev.finetune4j.cli.CommandRun.oneLine;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A check says what the engine does not do that a launch would send to the job's place; encoders it does. */
class EngineRefusalsTest {
    @TempDir
    Path folder;

    @Test
    void whatTheEngineForGpusDoesNotDoIsRefused() throws IOException {
        Path job = CommandCloud.sageMakerJob(folder, "eu-central-1", 4714);
        Path gguf = TinyGguf.write(folder);
        Files.writeString(
                job, Files.readString(job).replace("model: " + TicketsJob.MODEL, "model: " + gguf + "\nmethod: qlora"));

        CommandRun refused = CommandRun.below(folder, "check", job.toString());

        assertThat(refused.exitCode()).as(refused.err()).isEqualTo(3);
        assertThat(oneLine(refused.out() + refused.err()))
                .contains("FT0674: the engine for cloud GPUs does not do QLoRA on a GGUF file")
                .contains("job.yaml:");
    }

    /** With GPUs, to which the engine on PEFT is sent, and without, to which the core itself is sent. */
    @ParameterizedTest
    @ValueSource(strings = {"ml.g5.xlarge", "ml.m5.xlarge"})
    void anEncoderIsTrainedOnEveryMachine(String machine) throws IOException {
        Path job = CommandCloud.sageMakerJob(folder, "eu-central-1", 4715, ", machine: " + machine);

        CommandRun checked = CommandRun.below(folder, "check", onEncoder(job).toString());

        assertThat(checked.exitCode()).as(checked.err()).isZero();
        assertThat(checked.out() + checked.err()).doesNotContain("FT0674");
    }

    private static Path onEncoder(Path job) throws IOException {
        TinyBert.write(job.resolveSibling("encoder"), List.of("refund", "screen"));
        return Files.writeString(job, Files.readString(job).replace("model: " + TicketsJob.MODEL, "model: ./encoder"));
    }
}
