package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.ProviderFactory;
import dev.finetune4j.testkit.fake.FakePlace;
import dev.finetune4j.testkit.fake.FakeProvider;
import dev.finetune4j.value.ProviderId;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A place that keeps the models itself is told its own name of a model of the catalogue. */
class ProvidersTest {
    private static final ProviderId JUMPSTART = new ProviderId("jumpstart");
    private static final String HUB_ID = "meta-textgeneration-llama-3-2-1b-instruct";

    private final Hub hub = new Hub(new HashMap<>());

    @Test
    void namesAModelOfTheCatalogueAsThePlaceDoes() {
        assertThat(told("llama-3.2-1b-instruct", Map.of("region", "us-east-1")))
                .containsExactlyInAnyOrderEntriesOf(Map.of("region", "us-east-1", "model", HUB_ID));
        assertThat(told("hf:meta-llama/Llama-3.2-1B-Instruct@main", Map.of())).containsEntry("model", HUB_ID);
    }

    @Test
    void leavesWhatTheJobSaysAndWhatItDoesNotKnow() {
        assertThat(told("llama-3.2-1b-instruct", Map.of("model", "other"))).containsEntry("model", "other");
        assertThat(told("smollm2-135m-instruct", Map.of())).isEmpty();
        assertThat(told("models/own", Map.of())).isEmpty();
    }

    private Map<String, String> told(String model, Map<String, String> settings) {
        hub.told().clear();
        FineTuneJob job = FineTuneJob.builder(
                        "letters",
                        ModelRef.parse(model),
                        TaskSpec.of(TaskKind.SENTIMENT),
                        DataSpec.ofFile("rows.jsonl"))
                .targets(List.of(JUMPSTART))
                .place(JUMPSTART, settings)
                .build();
        ProviderContext context = new ProviderContext(Path.of("target"), Map.of(), Clock.systemUTC());
        new Providers(List.of(hub), context, ModelCatalogue.shipped())
                .open(JUMPSTART, job)
                .close();
        return hub.told();
    }

    private record Hub(Map<String, String> told) implements ProviderFactory {
        @Override
        public ProviderId id() {
            return JUMPSTART;
        }

        @Override
        public Set<String> secretSettings() {
            return Set.of();
        }

        @Override
        public Provider open(ProviderContext context, Map<String, String> settings) {
            told.putAll(settings);
            return new FakeProvider(new FakePlace(Clock.systemUTC(), FakePlace.EVERYTHING));
        }
    }
}
