package dev.finetune4j.worker.pack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.WorkerEngine;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The disk that a job needs is counted by how many checkpoints workers keep. */
class CheckpointsKeptTest {
    @Test
    void theEngineForGpusKeepsAsManyAsAreCounted() throws IOException {
        String file = "/dev/finetune4j/worker/" + WorkerEngine.PEFT + "/finetune4j_peft/checkpoints.py";
        try (InputStream engine = Objects.requireNonNull(PeftContent.class.getResourceAsStream(file), file)) {
            assertThat(new String(engine.readAllBytes(), UTF_8).lines())
                    .contains("KEPT = " + WorkOrder.CHECKPOINTS_KEPT);
        }
    }
}
