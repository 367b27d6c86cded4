package dev.finetune4j.aws.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.run.ChatQuestion;
import dev.finetune4j.run.ChatReply;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.spi.CreateOnce;
import dev.finetune4j.spi.Dialogue;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.HostingOrder;
import dev.finetune4j.spi.HostingWay;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Deployments and throughput of tuned models: made once, found again, told with their price, and ended. */
class BedrockHostingTest extends HostedPlace {
    private static final HostingOrder ON_DEMAND = new HostingOrder(ID, "on-demand", 1, 1);
    private static final HostingOrder BY_THE_HOUR = new HostingOrder(ID, "provisioned", 1, 1);

    @BeforeEach
    void tuneAModel() {
        provider.submit(place.job(ID.value()));
        place.clock.advance(Duration.ofHours(1));
    }

    @Test
    void tellsTheWaysWithTheirPrices() {
        List<HostingWay> ways = hosting.ways(ID);

        assertThat(ways)
                .extracting(HostingWay::name)
                .containsExactly("on-demand", "provisioned", "provisioned-1-month", "provisioned-6-months");
        assertThat(ways.get(0).perHour(1))
                .hasValueSatisfying(hour -> assertThat(hour.amount()).isZero());
        assertThat(ways.get(0).input()).as("not in the table").isNull();
        assertThat(ways.get(1).perHour(1)).as("unknown is never zero").isEmpty();
        assertThat(HostingWays.find("amazon.nova-2-lite-v1:0:256k", "provisioned-1-month"))
                .hasValueSatisfying(way -> {
                    assertThat(way.perHour(2)).contains(Money.parse("110.00 USD"));
                    assertThat(way.committedMonths()).isEqualTo(1);
                });
        assertThat(HostingWays.of("meta.llama3-1-8b-instruct-v1:0:128k"))
                .extracting(HostingWay::name)
                .doesNotContain("on-demand");
        assertThat(HostingWays.of("nobody.knows-this-v1:0:8k")).hasSize(3);
    }

    @Test
    void hostsOnceWhateverBecomesOfTheAnswer() {
        aws.faults().breakDown("CreateCustomModelDeployment", CreateOnce.ROUNDS - 1);

        HostedModel first = hosting.host(ON_DEMAND);
        HostedModel again = hosting.host(ON_DEMAND);

        assertThat(first.state()).isEqualTo(HostedModel.State.CREATING);
        assertThat(again).isEqualTo(first);
        assertThat(aws.calls("CreateCustomModelDeployment"))
                .filteredOn(Call::hadEffect)
                .hasSize(1);
        place.clock.advance(Duration.ofMinutes(11));
        assertActive(":custom-model-deployment/", "0 USD");
    }

    @Test
    void sendsExactlyWhatItPlanned() throws Exception {
        List<PlannedCall> planned = hosting.plannedCalls(BY_THE_HOUR);

        assertThat(aws.calls("CreateProvisionedModelThroughput")).isEmpty();
        hosting.host(BY_THE_HOUR);
        assertThat(planned).singleElement().satisfies(call -> {
            assertThat(call.action()).isEqualTo("bedrock:CreateProvisionedModelThroughput");
            assertThat(Json.records().readTree(call.content()))
                    .isEqualTo(
                            aws.calls("CreateProvisionedModelThroughput").get(0).request());
        });
    }

    @Test
    void endsAndHostsAnewByAnotherToken() {
        HostedModel first = hosting.host(ON_DEMAND);
        hosting.end(first);
        hosting.end(first);
        assertThat(hosting.find(ID)).isEmpty();

        assertThatThrownBy(() -> hosting.host(ON_DEMAND))
                .as("the old token still means what is gone")
                .hasMessageContaining("FT0894");
        assertThat(hosting.host(new HostingOrder(ID, "on-demand", 1, 2)).state())
                .isEqualTo(HostedModel.State.CREATING);
    }

    /** A family may leave the table of prices while a model of it is hosted. */
    @Test
    void endsWhatHasNoPriceAnyMore() {
        HostedModel priced = hosting.host(ON_DEMAND);
        HostedModel model = BedrockHosting.hosted(
                ID,
                new HostedCalls.Found(
                        priced.reference(),
                        "arn:aws:bedrock:us-east-1:111122223333:custom-model/nobody.knows-this-v1:0:8k/abc",
                        HostingWays.ON_DEMAND,
                        1,
                        HostedModel.State.ACTIVE,
                        priced.since(),
                        null,
                        null));

        assertThat(model.perHour()).as("unknown is never zero").isEmpty();
        assertThat(model.way().billsTokens()).isTrue();
        hosting.end(model);
        assertThat(hosting.find(ID)).isEmpty();
    }

    @Test
    void keepsWhatIsPaidForAndTheModelThatIsHosted() {
        HostedModel month = hosting.host(new HostingOrder(ID, "provisioned-1-month", 2, 1));

        assertThat(month.committedUntil()).isEqualTo(month.since().plus(Duration.ofDays(30)));
        assertThatThrownBy(() -> hosting.end(month))
                .hasMessageContaining("FT0903")
                .hasMessageContaining("cannot be ended before " + month.committedUntil());
        assertThatThrownBy(() -> provider.delete(ID))
                .hasMessageContaining("FT0903")
                .hasMessageContaining("the tuned model of " + ID + " is hosted");
        place.clock.advance(Duration.ofDays(31));
        hosting.end(month);
        provider.delete(ID);
    }

    @Test
    void refusesBeforeACallThatMakesSomething() {
        assertThatThrownBy(() -> hosting.host(new HostingOrder(ID, "provisioned", 2, 1)))
                .hasMessageContaining("FT0908")
                .hasMessageContaining("sells 1 unit provisioned, not 2");
        assertThatThrownBy(() -> hosting.plannedCalls(new HostingOrder(ID, "import", 1, 1)))
                .hasMessageContaining("FT0908");
        assertThatThrownBy(() -> hosting.ways(new RunId("nobody-1"))).hasMessageContaining("FT0899");
        assertThat(aws.calls("CreateProvisionedModelThroughput")).isEmpty();
    }

    @Test
    void tellsAQuotaAndAnotherOrder() {
        aws.bedrock().modelUnits(0);
        assertThatThrownBy(() -> hosting.host(BY_THE_HOUR)).hasMessageContaining("FT0896");
        aws.bedrock().modelUnits(2);
        hosting.host(new HostingOrder(ID, "provisioned-1-month", 2, 1));

        assertThatThrownBy(() -> hosting.host(BY_THE_HOUR))
                .hasMessageContaining("FT0895")
                .hasMessageContaining("is hosted already, by another order: provisioned-1-month, 2 units");
    }

    /** A failure comes minutes later, with a reason, and stays until it is ended. */
    @Test
    void tellsWhyItFailed() {
        hosting.host(ON_DEMAND);
        aws.bedrock().failHosting(ID.value(), "no capacity");

        assertThat(hosting.find(ID)).singleElement().satisfies(model -> {
            assertThat(model.state()).isEqualTo(HostedModel.State.FAILED);
            assertThat(Optional.ofNullable(model.problem())).hasValueSatisfying(problem -> {
                assertThat(problem.code()).isEqualTo("FT0907");
                assertThat(problem.causes()).containsExactly("no capacity");
            });
        });
    }

    /** The tuned model answers what its rows say; its base has never read them. */
    @Test
    void letsTunedAndBaseModelAnswer() {
        HostedModel model = hosting.host(ON_DEMAND);
        try (Dialogue dialogue = hosting.converse(model)) {
            assertThatThrownBy(() -> dialogue.ask(question(Variant.TUNED, 16), piece -> {}))
                    .as("it is not up yet")
                    .isInstanceOf(FineTuneException.class);
            place.clock.advance(Duration.ofMinutes(11));

            ChatReply tuned = dialogue.ask(question(Variant.TUNED, 16), piece -> {});
            ChatReply cut = dialogue.ask(question(Variant.TUNED, 3), piece -> {});
            ChatReply base = dialogue.ask(question(Variant.BASE_ZERO_SHOT, 16), piece -> {});

            assertThat(tuned.answer().text()).isEqualTo("billing");
            assertThat(tuned.answer().complete()).isTrue();
            assertThat(cut.answer().text()).isEqualTo("bil");
            assertThat(cut.answer().complete()).isFalse();
            assertThat(base.answer().text()).isNotEqualTo("billing");
        }
        assertThat(hosting.base(model).input()).as("not in the table").isNull();
        assertThat(HostingWays.base("amazon.nova-2-lite-v1:0:256k").output()).isNotNull();
    }

    private static ChatQuestion question(Variant variant, int most) {
        return new ChatQuestion(
                variant,
                List.of(new Message(Role.SYSTEM, "S"), new Message(Role.USER, "ticket 7")),
                Sampling.greedy(most));
    }

    @Test
    void findsAllThatIsHostedForRuns() {
        hosting.host(ON_DEMAND);
        hosting.host(BY_THE_HOUR);

        assertThat(hosting.all())
                .extracting(model -> model.way().name())
                .containsExactlyInAnyOrder("on-demand", "provisioned");
        assertThat(hosting.all()).extracting(HostedModel::run).containsOnly(ID);
    }
}
