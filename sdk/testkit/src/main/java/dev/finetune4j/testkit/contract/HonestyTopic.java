package dev.finetune4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A place says what it cannot do, keeps secrets to itself and explains refusals. */
abstract class HonestyTopic extends ContractTopic {
    HonestyTopic(Supplier<ProviderSubject> subjects) {
        super(subjects);
    }

    @Test
    void refusesCustomWorkUnlessItClaimsToDoIt() {
        if (capabilities().supportsCustomWork()) {
            return;
        }
        Submission small = subject().small("custom");
        WorkStep generate = new WorkStep.Generate(List.of(Variant.TUNED), List.of(), "text", Sampling.greedy(1));
        WorkOrder order = new WorkOrder(small.order().digest(), List.of(generate));
        Submission custom =
                new Submission(small.id(), small.model(), order, small.channels(), small.labels(), null, null, null);

        assertRefused("custom work", () -> provider().submit(custom));

        assertThat(provider().find(small.id())).isEmpty();
    }

    @Test
    void opensNoDialogueUnlessItDoesCustomWork() {
        if (capabilities().supportsCustomWork()) {
            return;
        }
        Submission small = subject().small("dialogue");
        WorkOrder order = new WorkOrder(small.order().digest(), List.of(new WorkStep.Converse()));
        Submission dialogue =
                Submission.builder(small.id(), small.model(), order).build();

        assertThat(provider().converse(dialogue)).isEmpty();
        assertThat(provider().find(small.id())).isEmpty();
    }

    @Test
    void hasAnIdThatJobFilesCanName() {
        assertThat(provider().id().value()).matches("[a-z][a-z0-9-]*");
    }

    @Test
    void putsNoSecretIntoSnapshotsAndEvents() {
        Submission small = subject().small("secrets");

        JobSnapshot ended = runToEnd(small);

        assertNoSecretIn("the provider's text", provider().toString());
        assertNoSecretIn("a snapshot", ended.toString());
        for (RunEvent event : eventsFrom(provider(), small.id(), EventPage.START)) {
            assertNoSecretIn("an event", Json.line(event));
        }
    }

    @Test
    void namesTheJobInARefusal() {
        RunId unknown = unknownId();

        FineTuneException refusal =
                assertRefused("stop of an unknown job", () -> provider().stop(unknown));

        assertThat(refusal.getMessage()).contains(unknown.value());
    }
}
