package dev.finetune4j.worker.pack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.spi.WorkerPackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The image for teams that want their own is the vendor's with the archive in it; that it builds is not tried, for want of Docker. */
class TrainingImageTest {
    @Test
    void addsTheArchiveToTheVendorsImageAndNothingElse() throws IOException {
        List<String> steps = Files.readAllLines(Path.of("../../infra/training-image/Dockerfile")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();

        assertThat(steps)
                .containsExactly(
                        "ARG IMAGE",
                        "FROM ${IMAGE}",
                        "ADD " + WorkerPackage.FILE + " /opt/finetune4j/",
                        "ENTRYPOINT [\"/bin/sh\", \"/opt/finetune4j/" + WorkerPackage.START + "\"]");
    }
}
