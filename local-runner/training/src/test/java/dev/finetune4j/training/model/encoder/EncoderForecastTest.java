package dev.finetune4j.training.model.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.modelfiles.config.EncoderConfig;
import dev.finetune4j.modelfiles.config.EncoderFamily;
import dev.finetune4j.training.model.internal.CpuFeatures;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is foreseen of the encoder whose runs {@code EncoderJobTest} measures, part by part. */
class EncoderForecastTest {
    private static final long MIB = 1L << 20;
    private static final EncoderShape SHAPE = EncoderShape.of(
            new EncoderConfig(
                    EncoderFamily.BERT,
                    256,
                    6,
                    4,
                    1024,
                    1000,
                    512,
                    0,
                    2,
                    1e-12,
                    "gelu",
                    "absolute",
                    false,
                    0.02,
                    List.of()),
            List.of("plant", "animal"),
            "config.json");

    /** Of six runs one took 322 MiB where 321 were foreseen without it. */
    @Test
    void foreseesEightMebibytesMoreWhereThereAreAdapters() {
        assertThat(besideWeights(LoraTuning.defaults())).isEqualTo((260 + 8) * MIB);
        assertThat(besideWeights(HeadTuning.defaults())).isEqualTo(260 * MIB);
        assertThat(besideWeights(FullTuning.defaults())).isEqualTo(260 * MIB);
    }

    /** What is foreseen of no token at all, but for the numbers of the model, what is trained of them, and slack. */
    private static long besideWeights(TuningMethod method) {
        EncoderMethod trained = EncoderMethod.of(method, SHAPE);
        long frozen = SHAPE.parameters() - trained.trainedOfModel();
        long weights = 4 * frozen + 16 * trained.places().length() + SHAPE.parameters() * 3 / 4;
        // Each token of texts that are so short takes as much as another.
        return 2 * peakBytes(trained, 1) - peakBytes(trained, 2) - weights;
    }

    private static long peakBytes(EncoderMethod method, long tokens) {
        return new EncoderForecast(SHAPE, method, Precision.FP32, new CpuFeatures("GenuineIntel", Set.of()), tokens)
                .peakBytes(Recompute.NONE);
    }
}
