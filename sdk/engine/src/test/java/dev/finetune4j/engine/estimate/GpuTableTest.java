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
        "A100-PCIE-40GB, A100-40-PCIe",
        "NVIDIA A100 40GB PCIe, A100-40-PCIe",
        "A100 PCIe 80G, A100-80-PCIe",
        "A800-80GB, A800-80",
        "H100-PCIE-80GB, H100-PCIe",
        "H200 SXM, H200",
        "B200 192GB, B200",
        "RTX 4090 24GB, RTX4090",
        "V100 SXM2 32G, V100-32",
        "NVIDIA RTX 6000 Ada Generation, RTX6000Ada",
        "AMD Instinct MI300X, MI300X",
        "NVIDIA A40, A40",
        "NVIDIA L40, L40",
        "A40 48GB, A40",
        "NVIDIA GeForce RTX 5090, RTX5090",
        "RTX 4080 16GB, RTX4080",
        "GeForce RTX 2080 Ti, RTX2080Ti",
        "RTX A4000, RTXA4000",
        "NVIDIA RTX A5000, RTXA5000",
        "NVIDIA RTX A6000, A6000",
        "Quadro RTX 8000, RTX8000",
        "Tesla P100-PCIE-16GB, P100-PCIe",
        "Tesla P100-SXM2-16GB, P100",
        "Tesla V100-PCIE-16GB, V100-16-PCIe",
        "Tesla V100-PCIE-32GB, V100-32-PCIe",
        "Tesla V100S-PCIE-32GB, V100S-32-PCIe",
        "V100-16GB, V100-16",
        "NVIDIA GH200 480GB, GH200",
        "AMD Instinct MI250, MI250",
        "AMD Instinct MI325X, MI325X",
        "NVIDIA B300 SXM6 AC, B300",
        "B300 288GB, B300",
        "NVIDIA RTX PRO 6000 Blackwell Server Edition, RTXPRO6000",
        "RTX-PRO-6000 96GB, RTXPRO6000",
        "NVIDIA RTX 4000 Ada Generation, RTX4000Ada",
        "RTX A4500, RTXA4500",
        "NVIDIA H200 NVL, H200-NVL",
        "NVIDIA GeForce RTX 4070 Laptop GPU, RTX4070-Laptop",
        "NVIDIA GeForce RTX 3060, RTX3060",
        "3060, RTX3060",
        "RTX 4060 Ti 8GB, RTX4060Ti-8",
        "RTX 4060 Ti 16GB, RTX4060Ti",
        "A5000, RTXA5000",
        "RTX 4070 Ti SUPER 16GB, RTX4070TiSuper",
        "RTX 4060 Laptop-8GB, RTX4060-Laptop",
        "RTXPro6000-96, RTXPRO6000",
        "RTX5090-32, RTX5090",
        "GH200-96, GH200"
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
                "RTX4090-48",
                "RTX 4090 Laptop GPU",
                "H100 96GB",
                "A800 40GB",
                "Tesla P100-PCIE-12GB",
                "RTX 3080 12GB",
                "NVIDIA A40-24Q",
                "NVIDIA A100-SXM4-80GB MIG 3g.40gb"
            })
    void saysNothingOfAGpuThatItDoesNotKnow(String written) {
        assertThat(table.find(written)).isEmpty();
    }

    @Test
    void tellsTheUsableMemoryFromTheNamePlate() {
        assertThat(table.find("A10G").orElseThrow().usableMemoryGib()).isEqualTo(22.03);
        assertThat(table.find("A10").orElseThrow().usableMemoryGib()).isCloseTo(22.1, within(0.1));
        assertThat(table.find("A40").orElseThrow().usableMemoryGib()).isEqualTo(44.35);
    }

    @Test
    void takesTheMiddleOfMeasuredRates() {
        assertThat(table.find("A100-80").orElseThrow().matmulTflops()).hasValue((264.5 + 271.2) / 2);
        assertThat(table.find("L40").orElseThrow().matmulTflops()).hasValue(0.83 * 181);
        assertThat(table.find("MI350X").orElseThrow().matmulTflops()).hasValue(0.58 * 2300);
        assertThat(table.find("B300").orElseThrow().matmulTflops())
                .as("a part like the B200, of which 1720 were measured")
                .hasValue(0.765 * 2250);
        assertThat(table.find("RTXPRO6000").orElseThrow().matmulTflops().orElseThrow())
                .isPositive();
    }

    /** Rates with single precision to add up in, and dense: what is quoted of such cards is twice or four times as much. */
    @ParameterizedTest
    @CsvSource({
        "RTX3090, 71, 936",
        "RTX4090, 165.2, 1008",
        "RTX5090, 209.5, 1792",
        "A40, 149.7, 696",
        "L40, 181, 864",
        "RTX4080, 97.5, 717"
    })
    void givesTheRatesThatTrainingUses(String name, double tflops, double bandwidth) {
        Gpu gpu = table.find(name).orElseThrow();

        assertThat(gpu.bf16Tflops()).isEqualTo(tflops);
        assertThat(gpu.bandwidthGbPerS()).isEqualTo(bandwidth);
    }

    @ParameterizedTest
    @ValueSource(strings = {"T4", "V100", "V100-PCIE-16GB", "V100S", "P100", "P100-PCIe", "RTX 2080 Ti", "RTX 8000"})
    void knowsThatOldCardsHaveNoBfloat16(String name) {
        assertThat(table.find(name)).get().satisfies(gpu -> {
            assertThat(gpu.hasBfloat16()).isFalse();
            assertThat(gpu.fp16Tflops()).isNotNull();
        });
    }

    @Test
    void knowsGenerationsAndCapsOfPower() {
        assertThat(table.gpus())
                .filteredOn(gpu -> gpu.generation().equals("Blackwell"))
                .extracting(Gpu::name)
                .containsExactly(
                        "RTX5060Ti-8",
                        "RTX5060Ti",
                        "RTX5070",
                        "RTX5070Ti",
                        "RTX5080",
                        "RTX5090",
                        "RTXPRO6000",
                        "B200",
                        "B300",
                        "GB200",
                        "GB300");
        assertThat(table.gpus())
                .filteredOn(Gpu::isPowerCapped)
                .extracting(Gpu::name)
                .containsExactly("T4", "L4", "RTX2000Ada", "H100-96GB-HBM2e-500W");
    }

    @Test
    void everyRowHasWhatTheModelsNeed() {
        assertThat(table.gpus()).hasSize(81).allSatisfy(gpu -> {
            assertThat(gpu.generation()).isNotEmpty();
            assertThat(gpu.bandwidthGbPerS()).isPositive();
            assertThat(gpu.matmulTflops()).isPresent();
        });
    }

    /** In GB/s; of bridges between pairs, those of workstations' cards are options that machines mostly lack. */
    @ParameterizedTest
    @CsvSource({
        "A100-80, 8, 210",
        "A100-80-PCIe, 2, 210",
        "A100-80-PCIe, 4, 20",
        "A100-40-PCIe, 2, 210",
        "A100-40-PCIe, 4, 20",
        "TITAN-RTX, 2, 10",
        "H200-NVL, 4, 315",
        "A30, 2, 20",
        "RTX3090, 2, 20",
        "L40S, 8, 20",
        "T4, 2, 10"
    })
    void exchangesOverPcieWhereNoLinkJoinsAllGpus(String name, int gpus, double gigabytes) {
        assertThat(table.find(name).orElseThrow().peerBytesPerSecond(gpus)).isCloseTo(gigabytes * 1e9, within(1e6));
    }

    /** GA102 and its kin count lanes twice that do integers' work as well; the A100, the H100 and cards before Ampere have none such. */
    @ParameterizedTest
    @CsvSource({
        "A6000, 23.2",
        "RTX3090, 21.4",
        "RTX4090, 49.6",
        "RTX5090, 62.9",
        "A100-80, 15.6",
        "A30, 8.24",
        "H20, 35.2",
        "T4, 6.5",
        "V100-16, 12.6"
    })
    void reachesLessOfSinglePrecisionWhereIntegersShareTheLanes(String name, double tflops) {
        assertThat(table.find(name).orElseThrow().singleTflops()).isCloseTo(tflops, within(0.1));
    }

    /** Their boards boost above the clock that NVIDIA prints a rate for. */
    @ParameterizedTest
    @ValueSource(strings = {"RTX3090", "RTX4090", "RTX5090"})
    void multipliesOnCardsForGamesFasterThanPrinted(String name) {
        Gpu gpu = table.find(name).orElseThrow();

        assertThat(gpu.matmulTflops().orElseThrow()).isGreaterThan(gpu.bf16Tflops());
    }
}
