package dev.finetune4j.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Retry;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.EvaluationSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.LabelScoring;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.plan.Gpus;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PriceTrust;
import dev.finetune4j.plan.PriceUnit;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.plan.ServiceLimits;
import dev.finetune4j.plan.ServiceMethod;
import dev.finetune4j.plan.TokenOffer;
import dev.finetune4j.plan.TokenRates;
import dev.finetune4j.run.RunCost;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void jobKeepsItsDigestOverARoundTrip() throws Exception {
        FineTuneJob job = FineTuneJob.builder(
                        "tickets",
                        ModelRef.parse("smollm2-135m-instruct"),
                        TaskSpec.of(TaskKind.QUESTION_ANSWERING),
                        DataSpec.ofFile("rows.jsonl"))
                .build();

        String json = Json.jobs().writeValueAsString(job);
        FineTuneJob back = Json.jobs().readValue(json, FineTuneJob.class);

        assertThat(back).isEqualTo(job);
        assertThat(Json.digest(back)).isEqualTo(Json.digest(job)).hasSize(64);
        JsonNode tree = Json.jobs().readTree(json);
        assertThat(tree.at("/task/kind").asText()).isEqualTo("question-answering");
        assertThat(tree.at("/method/kind").asText()).isEqualTo("lora");
        assertThat(tree.at("/training/batch-size").asInt()).isEqualTo(8);
    }

    @Test
    void offersReadBackWhatTheyWrite() throws Exception {
        PriceFact price = new PriceFact(
                Money.parse("1.515 USD"),
                PriceUnit.HOUR,
                LocalDate.of(2026, 8, 11),
                "a list",
                PriceTrust.PUBLISHED,
                false);
        Offer machine = new MachineOffer(
                new ProviderId("somewhere"),
                "m",
                "north",
                PurchaseTier.LOW_PRIORITY,
                new Gpus("A10G", 1, 24),
                8,
                32,
                price,
                null);
        Offer tokens = new TokenOffer(
                new ProviderId("somewhere"),
                "small",
                "north",
                "global",
                List.of(ServiceMethod.SUPERVISED),
                new TokenRates(null, price, null, null, null),
                new ServiceLimits(10, 100, null, 4096, 5_000_000_000L),
                true,
                Duration.ofDays(1),
                "a note");

        for (Offer offer : List.of(machine, tokens)) {
            assertThat(Json.read(Json.line(offer), Offer.class)).isEqualTo(offer);
        }
        JsonNode tree = Json.records().readTree(Json.line(machine));
        assertThat(tree.at("/kind").asText()).isEqualTo("machine");
        assertThat(tree.at("/tier").asText()).isEqualTo("low-priority");
        assertThat(tree.at("/perHour/amount").asText()).isEqualTo("1.515 USD");
        assertThat(tree.at("/perHour/date").asText()).isEqualTo("2026-08-11");
        assertThat(tree.has("note")).isFalse();
        ObjectNode older = (ObjectNode) Json.records().readTree(Json.line(tokens));
        older.remove(List.of("isPreemptible", "hostedAtMost"));
        assertThat(Json.line(Json.read(older.toString(), Offer.class)))
                .as("as an older plan has it, whose digest is taken again of what is read")
                .isEqualTo(older.toString());
    }

    @Test
    void whatIsSaidOfPassagesMayBeAbsentAsInOlderJobsAndOrders() throws Exception {
        EvaluationSpec continued =
                EvaluationSpec.builder().continuePassages(true).build();
        String older = Json.line(EvaluationSpec.defaults());

        assertThat(older).doesNotContain("continuePassages");
        assertThat(Json.read(older, EvaluationSpec.class)).isEqualTo(EvaluationSpec.defaults());
        assertThat(Json.line(EvaluationSpec.builder().continuePassages(false).build()))
                .as("the same work, whose digest is taken of it")
                .isEqualTo(older);
        assertThat(Json.read(Json.line(continued), EvaluationSpec.class).continuesPassages())
                .isTrue();
        WorkStep.Predict step =
                new WorkStep.Predict(Variant.TUNED, "test.jsonl", List.of(), List.of(), LabelScoring.LIKELIHOOD, 16, 0);
        assertThat(Json.line(step)).doesNotContain("continuesPassages");
        assertThat(Json.read(Json.line(step), WorkStep.class)).isEqualTo(step);
        assertThat(step.writesOnPassages()).isFalse();
    }

    @Test
    void keysOfAnInlineRecordStandAmongItsHolders() throws Exception {
        FineTuneJob job = FineTuneJob.builder(
                        "tickets",
                        ModelRef.parse("smollm2-135m-instruct"),
                        TaskSpec.of(TaskKind.CHAT),
                        DataSpec.ofFile("rows.jsonl"))
                .method(new QloraTuning(LoraTuning.builder().rank(4).build()))
                .build();

        String json = Json.jobs().writeValueAsString(job);

        assertThat(Json.jobs().readTree(json).at("/method/kind").asText()).isEqualTo("qlora");
        assertThat(Json.jobs().readTree(json).at("/method/rank").asInt()).isEqualTo(4);
        assertThat(Json.jobs().readValue(json, FineTuneJob.class)).isEqualTo(job);
        assertThat(Json.read(Json.line(job.method()), TuningMethod.class)).isEqualTo(job.method());
    }

    @Test
    void eventsAndWorkOrdersComeBackAsTheyWere() {
        ProblemKind kind = new ProblemKind("FT9999", "title", ExitCode.INVALID, "explanation", "remedy");
        RunEvent noticed = new RunEvent.Noticed(
                Instant.parse("2026-11-24T12:00:00Z"),
                kind.warning("summary")
                        .at(new Location.InRow("rows.jsonl", 3, "text", 1, 4))
                        .because("1 > 0")
                        .retry(Retry.asked(Duration.ofSeconds(90)))
                        .build());
        RunEvent state = new RunEvent.StateChanged(Instant.EPOCH, RunState.TRAINING, "");
        RunEvent answering = new RunEvent.StateChanged(Instant.EPOCH, RunState.EVALUATING, "", "fp32");
        WorkOrder order = new WorkOrder(
                "ab",
                List.of(
                        new WorkStep.Train(
                                LoraTuning.defaults(), TrainingSpec.defaults(), new ModelName("made/tiny", null)),
                        new WorkStep.Predict(
                                Variant.BASE_FEW_SHOT,
                                "test.jsonl",
                                List.of(new Example.Conversation(
                                        new RowRef("rows.jsonl", 1),
                                        List.of(new Message(Role.USER, "u"), new Message(Role.ASSISTANT, "a")),
                                        null)),
                                List.of("a", "b"),
                                LabelScoring.LIKELIHOOD,
                                16,
                                512)));

        RunEvent onComparison = new RunEvent.Noticed(
                Instant.EPOCH, kind.warning("summary").build(), RunEvent.Noticed.Subject.COMPARISON);

        assertThat(Json.read(Json.line(noticed), RunEvent.class)).isEqualTo(noticed);
        assertThat(Json.line(noticed)).as("as before there were subjects").doesNotContain("subject");
        assertThat(Json.read(Json.line(onComparison), RunEvent.class)).isEqualTo(onComparison);
        assertThat(Json.read(Json.line(state), RunEvent.class)).isEqualTo(state);
        assertThat(Json.read(Json.line(order), WorkOrder.class)).isEqualTo(order);
        assertThat(Json.line(state)).contains("\"kind\":\"state\"").contains("\"state\":\"training\"");
        assertThat(Json.line(state))
                .as("as before it told the number format of answers")
                .doesNotContain("answersIn");
        assertThat(Json.read(Json.line(answering), RunEvent.class)).isEqualTo(answering);
    }

    @Test
    void survivesKeysThatANewerWriterAdded() {
        RunEvent event = Json.read(
                "{\"kind\":\"checkpoint\",\"at\":\"2026-11-24T12:00:00Z\",\"step\":3,\"bytes\":9,\"new\":[1]}",
                RunEvent.class);

        assertThat(event).isEqualTo(new RunEvent.CheckpointSaved(Instant.parse("2026-11-24T12:00:00Z"), 3, 9));
    }

    @Test
    void durationsReadAsPeopleWriteThem() {
        assertThat(Durations.parse("2h30m")).isEqualTo(Duration.ofMinutes(150));
        assertThat(Durations.parse("PT45M")).isEqualTo(Duration.ofMinutes(45));
        assertThat(Durations.parse("1h5min30s")).isEqualTo(Duration.ofSeconds(3930));
        assertThat(Durations.format(Duration.ofSeconds(90061))).isEqualTo("1d1h1m1s");
        assertThat(Durations.parse(Durations.format(Duration.ofMillis(1500)))).isEqualTo(Duration.ofMillis(1500));
        assertThatThrownBy(() -> Durations.parse("soon")).hasMessageContaining("2h30m");
    }

    @Test
    void refusesNullWhereAValueMustStand() {
        assertThatThrownBy(() -> Json.read("null", RunEvent.class))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("null stands where a value must");
    }

    @Test
    void refusesAnUnknownVariant() {
        assertThatThrownBy(() -> Json.read("{\"kind\":\"no-such\"}", RunEvent.class))
                .isInstanceOf(UncheckedIOException.class);
    }

    /** Journals and events of earlier versions must be read for ever. */
    @Test
    void readsTermsOfBeforeTheyToldWhoEndsAJobAndHowItIsSetUp() {
        DurationRange time = new DurationRange(Duration.ofMinutes(1), Duration.ofMinutes(2), Duration.ofMinutes(3));
        LaunchTerms terms = new LaunchTerms(
                "a",
                ProviderId.LOCAL,
                "b",
                "c",
                time,
                null,
                null,
                null,
                null,
                null,
                false,
                null,
                null,
                null,
                Map.of(),
                null,
                null,
                List.of());
        String written = Json.line(terms.alternatives(List.of(terms)))
                .replace(",\"onlyWatched\":false", "")
                .replace("\"onlyWatched\":false,", "");

        assertThat(written).doesNotContain("onlyWatched", "setup", "diskBytes");
        assertThat(Json.read(written, LaunchTerms.class)).isEqualTo(terms.alternatives(List.of(terms)));
        LaunchTerms needing = terms.needing(460_000_000_000L);
        assertThat(Json.read(Json.line(needing), LaunchTerms.class)).isEqualTo(needing);
    }

    @Test
    void readsWhatWasSpentBeforeBoundsWereTold() {
        RunCost cost = new RunCost(Money.parse("0.42 USD"), Money.parse("5 USD"), false);
        String written = Json.line(cost).replace(",\"atMost\":false", "").replace("\"atMost\":false,", "");

        assertThat(written).doesNotContain("atMost");
        assertThat(Json.read(written, RunCost.class)).isEqualTo(cost);
        Instant at = Instant.parse("2026-11-27T00:00:00Z");
        RunEvent.Spent event = new RunEvent.Spent(at, cost.spent(), cost.budget(), false);
        String told = Json.line(event).replace(",\"atMost\":false", "").replace("\"atMost\":false,", "");
        assertThat(Json.read(told, RunEvent.class)).isEqualTo(event);
    }
}
