package dev.finetune4j.training.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.job.Precision;
import dev.finetune4j.training.model.internal.CpuFeatures;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NumberFormatsTest {
    private static final NumberFormats FAST = new NumberFormats(new CpuFeatures("GenuineIntel", Set.of("avx512_bf16")));
    private static final NumberFormats PLAIN = new NumberFormats(new CpuFeatures("GenuineIntel", Set.of("avx2")));

    @Test
    void takesTheFastestFormatThatFits() {
        assertThat(FAST.fastestThatFits(Precision.AUTO, each -> true)).isEqualTo(Precision.BF16);
        assertThat(PLAIN.fastestThatFits(Precision.AUTO, each -> true)).isEqualTo(Precision.FP32);
        assertThat(FAST.fastestThatFits(Precision.AUTO, each -> each == Precision.FP32))
                .isEqualTo(Precision.FP32);
        assertThat(FAST.fastestThatFits(Precision.AUTO, each -> false)).isEqualTo(Precision.BF16);
    }

    @Test
    void isExactAsLongAsTheMemoryHoldsThat() {
        Map<Precision, Long> peaks = Map.of(Precision.FP32, 100L, Precision.BF16, 60L);

        assertThat(FAST.exactWhereItFits(Precision.AUTO, 100, peaks::get)).isEqualTo(Precision.FP32);
        assertThat(FAST.exactWhereItFits(Precision.AUTO, 99, peaks::get)).isEqualTo(Precision.BF16);
        assertThat(PLAIN.exactWhereItFits(Precision.AUTO, 99, peaks::get)).isEqualTo(Precision.FP32);
        assertThat(PLAIN.exactWhereItFits(Precision.BF16, 100, peaks::get)).isEqualTo(Precision.BF16);
    }

    @Test
    void isExactWhereBfloat16WouldSaveNothing() {
        Map<Precision, Long> peaks = Map.of(Precision.FP32, 100L, Precision.BF16, 110L);

        assertThat(FAST.exactWhereItFits(Precision.AUTO, 99, peaks::get)).isEqualTo(Precision.FP32);
    }

    @Test
    void takesWhatTheJobSays() {
        assertThat(PLAIN.fastestThatFits(Precision.BF16, each -> true)).isEqualTo(Precision.BF16);
        assertThat(FAST.fastestThatFits(Precision.FP32, each -> false)).isEqualTo(Precision.FP32);
        assertThat(FAST.fastestThatFits(Precision.BF16, each -> each == Precision.FP32))
                .isEqualTo(Precision.BF16);
    }

    @Test
    void saysWhatAFormatCosts() {
        assertThat(PLAIN.setting(Precision.FP32)).isEqualTo("training.precision: fp32");
        assertThat(FAST.setting(Precision.BF16)).isEqualTo("training.precision: bf16");
        assertThat(PLAIN.setting(Precision.BF16))
                .isEqualTo("training.precision: bf16    # many times as slow: no AVX-512 here");
    }

    @Test
    void warnsOfBfloat16WhereNothingIsCompiledForIt() {
        assertThat(PLAIN.slowness(Precision.BF16)).hasValueSatisfying(problem -> {
            assertThat(problem.code()).isEqualTo("FT0476");
            assertThat(problem.isError()).isFalse();
            assertThat(problem.remedies()).containsExactly("training.precision: auto");
        });
        assertThat(PLAIN.slowness(Precision.AUTO)).isEmpty();
        assertThat(FAST.slowness(Precision.BF16)).isEmpty();
    }
}
