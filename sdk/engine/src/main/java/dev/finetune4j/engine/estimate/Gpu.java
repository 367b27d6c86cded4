package dev.finetune4j.engine.estimate;

import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A kind of accelerator. Rates are dense, as the vendor prints them; {@link #matmulTflops} is what was measured where somebody
 * did.
 *
 * @param name the short name, such as {@code A100-80}
 * @param vendor who makes it, such as {@code NVIDIA}
 * @param generation what the vendor calls its architecture, such as {@code Ampere}
 * @param memoryGb memory of the name plate, 10^9 bytes
 * @param bf16Tflops rate in bfloat16; null where there are no units for it
 * @param fp16Tflops rate in half precision
 * @param fp32Tflops rate in single precision without tensor cores
 * @param bandwidthGbPerS memory bandwidth, 10^9 bytes a second
 * @param linkGbPerS bandwidth to the other GPUs of the machine, both directions summed; null where that is PCIe
 * @param linkGpus GPUs that the link joins where it is a bridge between cards: 1 where that is an option which machines mostly lack; null for
 *     all of a machine
 * @param year when it was announced
 * @param isPowerCapped whether it is held to so little power that it keeps its boost clock for a moment only
 * @param usableGib what CUDA reports as total, from logs; null where nobody printed it
 * @param measuredTflops best rate measured with matrices in bfloat16
 */
public record Gpu(
        String name,
        String vendor,
        String generation,
        double memoryGb,
        @Nullable Double bf16Tflops,
        @Nullable Double fp16Tflops,
        @Nullable Double fp32Tflops,
        double bandwidthGbPerS,
        @Nullable Double linkGbPerS,
        @Nullable Integer linkGpus,
        int year,
        boolean isPowerCapped,
        @Nullable Double usableGib,
        @Nullable Double measuredTflops) {
    private static final String NVIDIA = "NVIDIA";
    /** What vendors called their architectures before there was Hopper. */
    private static final Set<String> BEFORE_HOPPER = Set.of("Pascal", "Volta", "Turing", "Ampere", "CDNA", "CDNA2");

    private static final double SMALL_CARD_GB = 30;
    /** What large products reach of the rate that a vendor prints. */
    private static final double MEASURED = 0.83;
    /** The same of Blackwell's parts for data centres, as measured of the B200: 1720 of 2250. */
    private static final double BLACKWELL_MEASURED = 0.765;
    /** The same of AMD's: 51 % of the MI300X's, 60 % of the MI325X's, 63 % of the MI355X's. */
    private static final double AMD_MEASURED = 0.58;

    /** What products in single precision reach. */
    private static final double SINGLE_MEASURED = 0.8;
    /** The same where integers share the lanes: 22 of 38.7 of the A6000, told from steps of GPT-2 with TF32 and without. */
    private static final double SHARED_LANES_MEASURED = 0.6;
    /** The most that bfloat16's rate is of single precision's on cards whose lanes are shared: 4 of A6000 and A40, 16 of the A100. */
    private static final double MOST_WITH_SHARED_LANES = 4.1;

    private static final double GIGA = 1e9;
    /** Bytes a second over PCIe 3.0 x16, shared with other cards. */
    private static final double PCIE = 10 * GIGA;
    /** Since Ampere cards have PCIe 4.0, which is twice as fast. */
    private static final int PCIE_4_YEAR = 2020;
    /** What collectives reach of a link. */
    private static final double LINK_SHARE = 0.7;

    /**
     * Memory that a process can have, in GiB: as CUDA reports it, or what similar cards report (92 % of the name plate in GB
     * read as GiB on small cards, whose error correction and drawing take their share; 98.5 % on large ones).
     */
    public double usableMemoryGib() {
        return usableGib != null ? usableGib : memoryGb * (memoryGb < SMALL_CARD_GB ? 0.92 : 0.985);
    }

    /** Whether it runs CUDA, which the trainers' images and the formulas take for granted. */
    public boolean hasCuda() {
        return vendor.equals(NVIDIA);
    }

    /** Bytes a second, one way, between the host's memory and its own. */
    double hostBytesPerSecond() {
        return year >= PCIE_4_YEAR ? 2 * PCIE : PCIE;
    }

    /** Bytes a second, one way, among so many GPUs of its machine: 70 % of its link, or over PCIe where it has none that joins them all. */
    public double peerBytesPerSecond(int gpus) {
        if (linkGbPerS == null || (linkGpus != null && gpus > linkGpus)) {
            return hostBytesPerSecond();
        }
        return linkGbPerS / 2 * GIGA * LINK_SHARE;
    }

    /** Whether it multiplies in bfloat16 natively. */
    public boolean hasBfloat16() {
        return bf16Tflops != null;
    }

    /**
     * The rate of large matrix products in single precision on its other cores, in TFLOP/s, which PyTorch takes since 1.12 unless TF32 is asked for:
     * 80 % of the vendor's figure, or 60 % on NVIDIA's cards since Ampere, on which half of what that counts does integers' work as well (GA102
     * whitepaper); 10 where the vendor prints none.
     */
    double singleTflops() {
        double share = sharesLanes() ? SHARED_LANES_MEASURED : SINGLE_MEASURED;
        return fp32Tflops == null ? 10 : share * fp32Tflops;
    }

    /** Whether integers share the lanes for single precision: on Ampere's chips and later, but its largest and Hopper's and Blackwell's for data centres. */
    private boolean sharesLanes() {
        return hasCuda()
                && !generation.equals("Hopper")
                && bf16Tflops != null
                && fp32Tflops != null
                && bf16Tflops <= MOST_WITH_SHARED_LANES * fp32Tflops;
    }

    /** Whether its tensor cores multiply in TF32, at half the rate of bfloat16: NVIDIA's since Ampere, which all have both. */
    boolean hasTf32() {
        return hasCuda() && hasBfloat16();
    }

    /**
     * The rate of large matrix products in 16 bit, in TFLOP/s: measured, or 83 % of the vendor's figure, of AMD's 58 %, the mean of those
     * that were measured, of Blackwell's with a link 76.5 %, as of the B200. Empty where the vendor prints none.
     */
    public OptionalDouble matmulTflops() {
        if (measuredTflops != null) {
            return OptionalDouble.of(measuredTflops);
        }
        Double printed = bf16Tflops != null ? bf16Tflops : fp16Tflops;
        return printed == null ? OptionalDouble.empty() : OptionalDouble.of(measuredShare() * printed);
    }

    private double measuredShare() {
        if (vendor.equals("AMD")) {
            return AMD_MEASURED;
        }
        return isBlackwellPart() ? BLACKWELL_MEASURED : MEASURED;
    }

    /** Whether it is of Hopper's generation or a later one, whenever it was announced: an A800 is an Ampere of 2022. */
    boolean isSinceHopper() {
        return !BEFORE_HOPPER.contains(generation);
    }

    /** Whether it is Blackwell's for data centres, whose tensor cores are other than those of its cards, which have PCIe alone. */
    boolean isBlackwellPart() {
        return generation.equals("Blackwell") && linkGbPerS != null;
    }
}
