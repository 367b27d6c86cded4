package dev.finetune4j.engine.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.estimate.TrainingSetup;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import dev.finetune4j.engine.estimate.TrainingSetup.Weights;
import org.junit.jupiter.api.Test;

class LocalCoreTest {
    private final LocalCore core = LocalCore.shipped();
    private final ModelCatalogue catalogue = ModelCatalogue.shipped();

    @Test
    void knowsWhatItTrainsAndUpToHowLongRows() {
        assertThat(core.trains(catalogue.get("phi-4-mini-instruct"))).isTrue();
        assertThat(core.mostTokens(catalogue.get("phi-4-mini-instruct"))).isEqualTo(4096);
        assertThat(core.trains(catalogue.get("mixtral-8x7b-instruct-v0.1"))).isFalse();
        assertThat(core.mostTokens(catalogue.get("qwen3-1.7b"))).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void namesModelsThatThereAre() {
        assertThat(catalogue.models())
                .extracting(CatalogueModel::id)
                .containsAll(core.tokens().keySet());
        assertThat(catalogue.models()).extracting(CatalogueModel::architecture).containsAll(core.architectures());
    }

    @Test
    void storesWeightsAsTheMethodNeedsThem() {
        assertThat(LocalCore.setup(Method.FULL).build())
                .extracting(TrainingSetup::weights, TrainingSetup::framework)
                .containsExactly(Weights.FP32, Framework.FINETUNE4J);
        assertThat(LocalCore.setup(Method.LORA).build().weights()).isEqualTo(Weights.HALF);
        assertThat(LocalCore.setup(Method.QLORA).build().weights()).isEqualTo(Weights.NF4_DOUBLE);
    }

    @Test
    void leavesAPartOfTheMemoryToOthers() {
        assertThat(LocalCore.usableBytes(100L << 30)).isEqualTo(85L << 30);
        assertThat(LocalCore.memoryHere()).isGreaterThan(1L << 28);
    }
}
