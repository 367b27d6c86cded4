package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GpuTableTest {
    private final GpuTable table = GpuTable.shipped();

    @ParameterizedTest
    @CsvSource({
        "A100-80, A100-80",
        "NVIDIA A100-SXM4-80GB, A100-80",
        "a100 80gb, A100-80",
        "Tesla T4, T4",
        "NVIDIA H100 80GB HBM3, H100-SXM",
        "NVIDIA GeForce RTX 4090, RTX4090",
        "NVIDIA L40S, L40S"
    })
    void findsAGpuHoweverItIsWritten(String written, String name) {
        assertThat(table.find(written)).map(Gpu::name).contains(name);
    }

    @Test
    void saysNothingOfAGpuThatItDoesNotKnow() {
        assertThat(table.find("Z80")).isEmpty();
    }

    @Test
    void tellsTheUsableMemoryFromTheNamePlate() {
        assertThat(table.find("A10G").orElseThrow().usableMemoryGib()).isEqualTo(22.03);
        assertThat(table.find("A10").orElseThrow().usableMemoryGib()).isCloseTo(22.1, within(0.1));
    }

    @Test
    void takesTheMiddleOfMeasuredRates() {
        assertThat(table.find("A100-80").orElseThrow().matmulTflops()).hasValue((264.5 + 271.2) / 2);
    }

    @Test
    void everyRowHasWhatTheModelsNeed() {
        assertThat(table.gpus()).hasSize(31).allSatisfy(gpu -> {
            assertThat(gpu.bandwidthGbPerS()).isPositive();
            assertThat(gpu.matmulTflops()).isPresent();
        });
    }
}
