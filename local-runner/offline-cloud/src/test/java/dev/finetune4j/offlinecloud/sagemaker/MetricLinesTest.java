package dev.finetune4j.offlinecloud.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.RunEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Losses are printed as a trainer prints them: the mean of so many steps, and nothing of those left over. */
class MetricLinesTest {
    private static final String METRICS = """
            [{"Name": "train-loss", "Regex": "'loss': ([0-9]+\\\\.[0-9]+)"}]""";

    @Test
    void printsAMeanOfSoManyStepsAndNothingOfThoseLeftOver() {
        MetricLines lines = new MetricLines(Json.read(METRICS, JsonNode.class));
        lines.every(4);

        List<String> printed = IntStream.rangeClosed(1, 10)
                .mapToObj(step -> lines.of(ContainerOrder.EVENT_MARK + Json.line(step(step))))
                .flatMap(Optional::stream)
                .toList();

        assertThat(printed).hasSize(2);
        assertThat(printed.get(0)).startsWith("{'loss': 2.5000, ");
        assertThat(printed.get(1)).startsWith("{'loss': 6.5000, ");
    }

    private static RunEvent step(int step) {
        return new RunEvent.StepCompleted(Instant.EPOCH, step, 10, step / 10.0, step, 1e-4, 1, 64, 100, 1 << 20);
    }
}
