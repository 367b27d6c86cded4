package dev.finetune4j.training.model.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuFeaturesTest {
    @TempDir
    Path folder;

    @Test
    void readsTheFlagsOfTheFirstProcessor() throws Exception {
        Path cpuinfo = folder.resolve("cpuinfo");
        Files.writeString(
                cpuinfo, "processor\t: 0\nflags\t\t: fpu avx2 avx512_bf16\n\nprocessor\t: 1\nflags\t\t: fpu\n");

        CpuFeatures features = CpuFeatures.read(cpuinfo);

        assertThat(features.flags()).containsExactlyInAnyOrder("fpu", "avx2", "avx512_bf16");
        assertThat(features.multipliesBfloat16()).isTrue();
    }

    @Test
    void bfloat16IsCompiledForAvx512Only() {
        assertThat(new CpuFeatures(Set.of("avx2", "avx512bw")).compilesBfloat16())
                .isTrue();
        assertThat(new CpuFeatures(Set.of("avx512_bf16")).compilesBfloat16()).isTrue();
        assertThat(new CpuFeatures(Set.of("avx2")).compilesBfloat16()).isFalse();
    }

    @Test
    void knowsNothingWhereNothingIsSaid() {
        assertThat(CpuFeatures.read(folder.resolve("missing")).multipliesBfloat16())
                .isFalse();
    }
}
