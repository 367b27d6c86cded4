package dev.finetune4j.training.model.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the processor says of itself.
 *
 * @param flags as Linux names them, such as {@code avx512_bf16}
 */
public record CpuFeatures(Set<String> flags) {
    /** Where Linux tells. */
    public static final Path CPUINFO = Path.of("/proc/cpuinfo");

    /** Copies the set. */
    public CpuFeatures {
        flags = Set.copyOf(flags);
    }

    /** Flags of the first processor listed in a file; none where it cannot be read, as on other systems. */
    public static CpuFeatures read(Path cpuinfo) {
        try {
            return new CpuFeatures(Files.readAllLines(cpuinfo, StandardCharsets.UTF_8).stream()
                    .filter(line -> line.startsWith("flags"))
                    .limit(1)
                    .flatMap(line -> Arrays.stream(
                            line.substring(line.indexOf(':') + 1).trim().split(" ")))
                    .collect(Collectors.toUnmodifiableSet()));
        } catch (IOException e) {
            return new CpuFeatures(Set.of());
        }
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
