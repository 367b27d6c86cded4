package dev.finetune4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenFilesTest {
    @TempDir
    Path folder;

    @Test
    void showsTheDifferenceToTheFile() throws Exception {
        Files.writeString(folder.resolve("view.txt"), "state  running\n");

        assertThatThrownBy(() -> new GoldenFiles(folder, false).assertMatches("view.txt", "state  stopped\n"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("golden.rewrite")
                .hasMessageContaining("running")
                .hasMessageContaining("stopped");
    }

    @Test
    void namesTheSwitchWhereTheFileIsMissing() {
        assertThatThrownBy(() -> new GoldenFiles(folder, false).assertMatches("absent.txt", ""))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("-Dgolden.rewrite=true");
    }

    @Test
    void rewritesTheFileScrubbed() throws Exception {
        new GoldenFiles(folder, true).assertMatches("deep/view.txt", "at 2026-11-24T13:31:00.5Z in 3.2 s");

        assertThat(folder.resolve("deep/view.txt")).hasContent("at <time> in <duration>");
    }

    @Test
    void scrubsWhatChangesFromRunToRun() {
        String digest = "0123456789abcdef".repeat(4);

        String scrubbed = GoldenFiles.scrub("pid 4711 " + digest + " " + folder + "/job.yaml\r\n");

        assertThat(scrubbed).isEqualTo("pid <pid> <sha256> <folder>/job.yaml\n");
    }
}
