package dev.finetune4j.training.model.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What the processor says of itself.
 *
 * @param vendor who made it, as it says so, such as {@code GenuineIntel}; empty where nothing is said
 * @param flags as Linux names them, such as {@code avx512_bf16}
 */
public record CpuFeatures(String vendor, Set<String> flags) {
    /** Where Linux tells. */
    public static final Path CPUINFO = Path.of("/proc/cpuinfo");

    /** Copies the set. */
    public CpuFeatures {
        flags = Set.copyOf(flags);
    }

    /** What the first processor listed in a file says; nothing where it cannot be read, as on other systems. */
    public static CpuFeatures read(Path cpuinfo) {
        try {
            List<String> lines = Files.readAllLines(cpuinfo, StandardCharsets.UTF_8);
            return new CpuFeatures(
                    value(lines, "vendor_id"),
                    Set.copyOf(List.of(value(lines, "flags").split(" "))));
        } catch (IOException e) {
            return new CpuFeatures("", Set.of());
        }
    }

    /** What stands behind the first line of a name. */
    private static String value(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .orElse("");
    }

    /**
     * Whether oneDNN multiplies float32 matrices faster than MKL, which libtorch takes otherwise and which serves processors of its maker
     * best: measured on AMD EPYCs alone.
     */
    public boolean multipliesFasterByOneDnn() {
        return vendor.equals("AuthenticAMD");
    }

    /** Whether the processor multiplies bfloat16 matrices faster than float32 ones. */
    public boolean multipliesBfloat16() {
        return flags.contains("avx512_bf16") || hasTiles();
    }

    /** Whether oneDNN compiles bfloat16 products for it at all, in AVX-512; libtorch's own loops compute them where it does not. */
    public boolean compilesBfloat16() {
        return flags.contains("avx512bw") || multipliesBfloat16();
    }

    /** Whether it multiplies bfloat16 matrices in tiles (AMX). */
    public boolean hasTiles() {
        return flags.contains("amx_bf16");
    }
}
