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
    void readsWhatTheFirstProcessorSays() throws Exception {
        Path cpuinfo = folder.resolve("cpuinfo");
        Files.writeString(cpuinfo, """
                processor\t: 0
                vendor_id\t: AuthenticAMD
                flags\t\t: fpu avx2 avx512_bf16

                processor\t: 1
                vendor_id\t: AuthenticAMD
                flags\t\t: fpu
                """);

        CpuFeatures features = CpuFeatures.read(cpuinfo);

        assertThat(features.flags()).containsExactlyInAnyOrder("fpu", "avx2", "avx512_bf16");
        assertThat(features.multipliesBfloat16()).isTrue();
        assertThat(features.multipliesFasterByOneDnn()).isTrue();
    }

    @Test
    void takesWhatLibtorchTakesUnlessAmdMadeTheProcessor() {
        assertThat(new CpuFeatures("GenuineIntel", Set.of("avx2", "avx512bw")).multipliesFasterByOneDnn())
                .isFalse();
    }

    @Test
    void bfloat16IsCompiledForAvx512Only() {
        assertThat(new CpuFeatures("GenuineIntel", Set.of("avx2", "avx512bw")).compilesBfloat16())
                .isTrue();
        assertThat(new CpuFeatures("GenuineIntel", Set.of("avx512_bf16")).compilesBfloat16())
                .isTrue();
        assertThat(new CpuFeatures("GenuineIntel", Set.of("avx2")).compilesBfloat16())
                .isFalse();
    }

    @Test
    void knowsNothingWhereNothingIsSaid() {
        CpuFeatures features = CpuFeatures.read(folder.resolve("missing"));

        assertThat(features.multipliesBfloat16()).isFalse();
        assertThat(features.multipliesFasterByOneDnn()).isFalse();
    }
}
