package dev.finetune4j.engine.advise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.plan.Gpus;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PriceTrust;
import dev.finetune4j.plan.PriceUnit;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.plan.ServiceMethod;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class TuningPlacesTest {
    private final ModelCatalogue catalogue = ModelCatalogue.shipped();

    @Test
    void thisMachineIsNamedWhereItsMemoryHoldsTheLongestRow() {
        assertThat(methodsHere(256, "qwen3-1.7b", 1024)).containsExactly("lora");
        assertThat(methodsHere(8, "qwen3-1.7b", 128)).hasSize(1);
        assertThat(methodsHere(8, "qwen3-1.7b", 40_000)).isEmpty();
        assertThat(methodsHere(1, "qwen3-1.7b", 128)).isEmpty();
        assertThat(methodsHere(256, "bert-base-uncased", 512)).containsExactly("full");
    }

    @Test
    void thisMachineIsNotNamedForWhatItsCoreDoesNotTrain() {
        assertThat(methodsHere(1024, "phi-4-mini-instruct", 4096)).containsExactly("lora");
        assertThat(methodsHere(1024, "phi-4-mini-instruct", 4097)).isEmpty();
        assertThat(methodsHere(1024, "salamandra-2b-instruct", 128)).containsExactly("lora");
        assertThat(methodsHere(1024, "qwen3-8b", 128)).isEmpty();
    }

    /** All logits at once would take 18 GiB, and a GPU has 22. */
    @Test
    void aGpuNeedsNotHoldAllLogitsAtOnce() {
        ProviderId place = new ProviderId("place");
        Money perHour = Money.parse("1 USD");
        PriceFact price = new PriceFact(
                perHour, PriceUnit.HOUR, LocalDate.of(2026, 11, 24), "a test", PriceTrust.PUBLISHED, false);
        MachineOffer machine = new MachineOffer(
                place, "m", "north", PurchaseTier.ON_DEMAND, new Gpus("A10", 1, 24), 8, 32, price, null);
        TuningPlaces places = new TuningPlaces(List.of(machine), ServiceMethod.SUPERVISED, 1L << 30);

        assertThat(places.of(catalogue.get("qwen3-1.7b"), 10_000))
                .containsExactly(new TuningPlace(place, "m", "north", "lora", price));
    }

    private List<String> methodsHere(long memoryGib, String model, int longestTokens) {
        long memory = memoryGib << 30;
        TuningPlaces places = new TuningPlaces(List.of(), ServiceMethod.SUPERVISED, memory);

        return places.of(catalogue.get(model), longestTokens).stream()
                .filter(place -> place.target().equals(ProviderId.LOCAL))
                .map(TuningPlace::method)
                .toList();
    }
}
