package dev.finetune4j.cli;

import static dev.finetune4j.cli.CommandRun.oneLine;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A check refuses as a launch does: the disk that the job file gives the machine that it names is too small. */
class SmallDiskTest {
    @TempDir
    Path folder;

    @Test
    void aCheckTellsTheSizeThatWouldDo() throws IOException {
        Path job = CommandCloud.sageMakerJob(folder, "us-east-1", 4718, ", machine: ml.p3.2xlarge, volume-gb: 10");

        CommandRun checked = CommandRun.below(folder, "check", job.toString());

        assertThat(checked.exitCode()).as(checked.err()).isEqualTo(3);
        assertThat(oneLine(checked.out() + checked.err()))
                .containsPattern("FT0484: ml.p3.2xlarge would have a disk of 10 GB, and the job needs up to 2\\d GB")
                .contains("places.sagemaker.volume-gb: 30", "job.yaml:");

        Files.writeString(job, Files.readString(job).replace("volume-gb: 10", "volume-gb: 30"));
        CommandRun larger = CommandRun.below(folder, "check", job.toString());

        assertThat(larger.exitCode()).as(larger.err()).isZero();
        assertThat(larger.out() + larger.err()).doesNotContain("FT0484");
    }
}
