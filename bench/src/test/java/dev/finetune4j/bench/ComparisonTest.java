package dev.finetune4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the bench makes of what its contenders say. */
class ComparisonTest {
    private static final Workload WORKLOAD = Workload.parse("4x512-bf16-layer");

    @Test
    void workloadIsReadAsItIsWritten() {
        assertThat(WORKLOAD).isEqualTo(new Workload(Subject.LORA, 16, 4, 512, Precision.BF16, Recompute.LAYER));
        assertThat(Workload.table())
                .allSatisfy(each -> assertThat(Workload.parse(each.toString())).isEqualTo(each));
        assertThatThrownBy(() -> Workload.parse("4x512")).hasMessageContaining("full:4x512-bf16-layer");
        assertThatThrownBy(() -> Workload.parse("some:4x512-bf16")).hasMessageContaining("prompt-tuning");
        assertThat(Workload.parse("lora64:2x8-fp32").alpha()).isEqualTo(128);
    }

    @Test
    void speedIsTheMedianStepAfterTheWarmUpAndTheLossIsComparedInAllSteps() {
        Comparison row = Comparison.of(WORKLOAD, side(100, 9, 1, 3, 2), side(400, 9, 2, 4, 3), 1);

        assertThat(row.tokensPerSecond()).isEqualTo(2048 / 2.0);
        assertThat(row.peerTokensPerSecond()).isEqualTo(2048 / 3.0);
        assertThat(row.speedRatio()).isEqualTo(1.5);
        assertThat(row.memoryRatio()).isEqualTo(0.25);
        assertThat(row.lossDifference()).isZero();
    }

    @Test
    void jsonHasTheKeysThatReadersKnow() {
        JsonNode row = Json.records().valueToTree(Comparison.of(WORKLOAD, side(100, 1, 1), side(400, 1, 1), 1));

        assertThat(row.fieldNames())
                .toIterable()
                .containsExactly(
                        "name",
                        "shape",
                        "precision",
                        "tokensPerSecond",
                        "peerTokensPerSecond",
                        "peakRssBytes",
                        "peerPeakRssBytes",
                        "lossDifference");
    }

    /** 106.2 million parameters in the linear layers and 4.88 million in the adapters, as PEFT counts them. */
    @Test
    void costOfAStepIsCountedFromTheModelsSizes(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("config.json"), """
                {"hidden_size": 576, "intermediate_size": 1536, "num_hidden_layers": 30, "vocab_size": 49152,
                 "num_attention_heads": 9, "num_key_value_heads": 3}""");

        StepCost cost = StepCost.ofDecoder(folder);

        assertThat(cost.linearParameters()).isEqualTo(106_168_320);
        assertThat(16 * cost.adapterParametersOfRank()).isEqualTo(4_884_480);
        assertThat(cost.operations(WORKLOAD)).isCloseTo(1288.5e9, within(0.5e9));
    }

    private static Comparison.Side side(long peak, double... seconds) {
        List<Contender.StepFigures> steps = Arrays.stream(seconds)
                .mapToObj(each -> new Contender.StepFigures(10, each))
                .toList();
        return new Comparison.Side(steps, peak);
    }
}
