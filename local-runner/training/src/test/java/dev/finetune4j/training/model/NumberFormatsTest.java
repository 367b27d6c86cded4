package dev.finetune4j.training.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.job.Precision;
import dev.finetune4j.training.model.internal.CpuFeatures;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NumberFormatsTest {
    private static final NumberFormats FAST = new NumberFormats(new CpuFeatures(Set.of("avx512_bf16")));
    private static final NumberFormats PLAIN = new NumberFormats(new CpuFeatures(Set.of("avx2")));

    @Test
    void trainsInTheFastestFormat() {
        assertThat(FAST.ofSteps(Precision.AUTO)).isEqualTo(Precision.BF16);
        assertThat(PLAIN.ofSteps(Precision.AUTO)).isEqualTo(Precision.FP32);
        assertThat(PLAIN.ofSteps(Precision.BF16)).isEqualTo(Precision.BF16);
    }

    @Test
    void answersExactlyAsLongAsTheMemoryHoldsThat() {
        Map<Precision, Long> peaks = Map.of(Precision.FP32, 100L, Precision.BF16, 60L);

        assertThat(FAST.ofAnswers(Precision.AUTO, 100, peaks::get)).isEqualTo(Precision.FP32);
        assertThat(FAST.ofAnswers(Precision.AUTO, 99, peaks::get)).isEqualTo(Precision.BF16);
        assertThat(PLAIN.ofAnswers(Precision.AUTO, 99, peaks::get)).isEqualTo(Precision.FP32);
        assertThat(PLAIN.ofAnswers(Precision.BF16, 100, peaks::get)).isEqualTo(Precision.BF16);
    }

    @Test
    void answersExactlyWhereBfloat16WouldSaveNothing() {
        Map<Precision, Long> peaks = Map.of(Precision.FP32, 100L, Precision.BF16, 110L);

        assertThat(FAST.ofAnswers(Precision.AUTO, 99, peaks::get)).isEqualTo(Precision.FP32);
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
