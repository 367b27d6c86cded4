package dev.finetune4j.engine.advise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.launch.EngineRefusals;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.error.Problem;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.MethodProblems;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.plan.Gpus;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PriceTrust;
import dev.finetune4j.plan.PriceUnit;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.plan.ServiceMethod;
import dev.finetune4j.plan.TrainerSettings;
import dev.finetune4j.spi.RecipeWriter;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TuningPlacesTest {
    private static final ProviderId PLACE = new ProviderId("place");
    private static final ProviderId HUB = new ProviderId("jumpstart");

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
        assertThat(machines("qwen3-1.7b", 10_000, machine("1 USD", new Gpus("A10", 1, 24))))
                .containsExactly("A10 lora");
    }

    /** A plan trains in single precision there. */
    @Test
    void aCheaperGpuWithoutBfloat16IsNotLeftOut() {
        MachineOffer old = machine("0.50 USD", new Gpus("T4", 1, 16));
        MachineOffer newer = machine("1 USD", new Gpus("A10", 1, 24));

        assertThat(machines("bert-base-uncased", 512, newer, old)).containsExactly("T4 full");
    }

    /** In single precision 14.3 GiB of weights, and a GPU has 14.6. */
    @Test
    void aGpuWithoutBfloat16HoldsWeightsInSinglePrecision() {
        assertThat(machines("phi-4-mini-instruct", 512, machine("0.50 USD", new Gpus("T4", 1, 16))))
                .doesNotContain("T4 lora");
    }

    /** Its script takes half precision there. */
    @Test
    void aPlaceThatTrainsByItsOwnScriptNeedsNoBfloat16() {
        TuningPlaces places = ofHub("0.50 USD", new Gpus("T4", 1, 16));

        assertThat(places.of(catalogue.get("llama-3.2-3b-instruct"), 512))
                .filteredOn(place -> place.target().equals(HUB))
                .extracting(TuningPlace::method)
                .containsExactly("lora");
    }

    /** As a plan has it, too; and the name of a model there is no service besides. */
    @Test
    void aPlaceThatTrainsModelsOfItsOwnIsNamedForThoseAloneAndOnce() {
        TuningPlaces places = ofHub("1 USD", new Gpus("A10", 1, 24));

        assertThat(places.of(catalogue.get("llama-3.2-3b-instruct"), 1024))
                .filteredOn(place -> place.target().equals(HUB))
                .extracting(TuningPlace::on)
                .containsExactly("A10");
        assertThat(places.of(catalogue.get("bert-base-uncased"), 512))
                .extracting(TuningPlace::target)
                .doesNotContain(HUB);
    }

    /** A launch would refuse it there. */
    @Test
    void aMachineIsNotNamedForWhatTheEngineOfItsPlaceDoesNotDo() {
        MachineOffer small = machine("1 USD", new Gpus("A10", 1, 24));
        MachineOffer large = machine("4 USD", new Gpus("A100-80", 1, 80));
        EngineRefusals refusals = new EngineRefusals(Map.of(PLACE, Engine.NAME), List.of(new Engine()));

        assertThat(machines("llama-3.1-8b-instruct", 6000, small, large)).containsExactly("A10 qlora");
        assertThat(machines(refusals, "llama-3.1-8b-instruct", 6000, small, large))
                .containsExactly("A100-80 lora");
        assertThat(machines(refusals, "bert-base-uncased", 512, small, large)).isEmpty();
        EngineRefusals elsewhere =
                new EngineRefusals(Map.of(new ProviderId("elsewhere"), Engine.NAME), List.of(new Engine()));
        assertThat(machines(elsewhere, "llama-3.1-8b-instruct", 6000, small, large))
                .containsExactly("A10 qlora");
    }

    /** Trains adapters beside whole weights of models that speak, and writes nothing. */
    private record Engine() implements RecipeWriter {
        static final String NAME = "adapters";

        @Override
        public String engine() {
            return NAME;
        }

        @Override
        public List<Problem> refusals(TuningMethod method, boolean speaks, boolean isGguf) {
            return speaks && method instanceof LoraTuning
                    ? List.of()
                    : List.of(MethodProblems.methodOfDecoders(method));
        }

        @Override
        public void write(Submission submission, @Nullable TrainerSettings setup, Path target) {}

        @Override
        public Path model(Submission submission, Path cache) {
            return cache;
        }
    }

    private static MachineOffer machine(String price, Gpus gpus) {
        return machine(PLACE, price, gpus);
    }

    private static MachineOffer machine(ProviderId target, String price, Gpus gpus) {
        PriceFact perHour = new PriceFact(
                Money.parse(price), PriceUnit.HOUR, LocalDate.of(2026, 11, 24), "a test", PriceTrust.PUBLISHED, false);
        return new MachineOffer(target, gpus.name(), "north", PurchaseTier.ON_DEMAND, gpus, 8, 32, perHour, null);
    }

    /** Where a place that trains by its own script has one machine. */
    private static TuningPlaces ofHub(String price, Gpus gpus) {
        return new TuningPlaces(
                List.of(machine(HUB, price, gpus)),
                Set.of(HUB),
                EngineRefusals.NONE,
                ServiceMethod.SUPERVISED,
                1L << 30);
    }

    private List<String> machines(String model, int longestTokens, MachineOffer... sold) {
        return machines(EngineRefusals.NONE, model, longestTokens, sold);
    }

    private List<String> machines(EngineRefusals refusals, String model, int longestTokens, MachineOffer... sold) {
        return new TuningPlaces(List.of(sold), Set.of(), refusals, ServiceMethod.SUPERVISED, 1L << 30)
                .of(catalogue.get(model), longestTokens).stream()
                        .filter(place -> place.target().equals(PLACE))
                        .map(place -> place.on() + " " + place.method())
                        .toList();
    }

    private List<String> methodsHere(long memoryGib, String model, int longestTokens) {
        long memory = memoryGib << 30;
        TuningPlaces places =
                new TuningPlaces(List.of(), Set.of(), EngineRefusals.NONE, ServiceMethod.SUPERVISED, memory);

        List<String> methods = places.of(catalogue.get(model), longestTokens).stream()
                .filter(place -> place.target().equals(ProviderId.LOCAL))
                .map(TuningPlace::method)
                .toList();
        assertThat(places.isHere(catalogue.get(model), longestTokens)).isEqualTo(!methods.isEmpty());
        return methods;
    }
}
