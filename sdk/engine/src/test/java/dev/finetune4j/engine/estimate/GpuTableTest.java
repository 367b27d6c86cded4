package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        "NVIDIA L40S, L40S",
        "A100-80G, A100-80",
        "A100 80 GB, A100-80",
        "80GB A100, A100-80",
        "A100 80GB SXM, A100-80",
        "A100-40GB SXM, A100-40",
        "A100-PCIE-40GB, A100-40",
        "A100 PCIe 80G, A100-80-PCIe",
        "A800-80GB, A800-80",
        "H100-PCIE-80GB, H100-PCIe",
        "H200 SXM, H200",
        "B200 192GB, B200",
        "RTX 4090 24GB, RTX4090",
        "V100 SXM2 32G, V100-32",
        "NVIDIA RTX 6000 Ada Generation, RTX6000Ada",
        "AMD Instinct MI300X, MI300X"
    })
    void findsAGpuHoweverItIsWritten(String written, String name) {
        assertThat(table.find(written)).map(Gpu::name).contains(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Z80",
                "",
                "RTX 4090 48GB",
                "RTX 4090 Laptop GPU",
                "H100 96GB",
                "A800 40GB",
                "V100-PCIE-16GB",
                "NVIDIA A100-SXM4-80GB MIG 3g.40gb"
            })
    void saysNothingOfAGpuThatItDoesNotKnow(String written) {
        assertThat(table.find(written)).isEmpty();
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
