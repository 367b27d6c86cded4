package dev.finetune4j.testkit.fake;

import dev.finetune4j.model.ModelRef;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PriceTrust;
import dev.finetune4j.plan.PriceUnit;
import dev.finetune4j.plan.TokenRates;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.Dialogue;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.Hosting;
import dev.finetune4j.spi.HostingOrder;
import dev.finetune4j.spi.HostingWay;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.testkit.fake.FakePlace.Call;
import dev.finetune4j.testkit.fake.FakePlace.Fault;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.RunId;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/** What the fake place hosts, and how: by the token or by the hour. It knows an order again, also one that was ended, as real places do. */
final class FakeHosting implements Hosting {
    private static final LocalDate PRICED = LocalDate.of(2026, 1, 1);
    private static final List<HostingWay> WAYS = List.of(
            new HostingWay("by-the-token", hour("0 USD"), null, null, true, 1, 0, null, List.of()),
            new HostingWay(
                    "by-the-hour", hour("21.50 USD"), null, null, false, 2, 0, null, List.of("paid for asleep")));

    private final FakePlace place;

    FakeHosting(FakePlace place) {
        this.place = place;
    }

    private static PriceFact hour(String amount) {
        return new PriceFact(Money.parse(amount), PriceUnit.HOUR, PRICED, "a test", PriceTrust.PUBLISHED, false);
    }

    @Override
    public List<HostingWay> ways(RunId run) {
        if (place.job(run).filter(job -> place.state(job) == RunState.SUCCEEDED).isEmpty()) {
            throw FakeProblems.WRONG_STATE.error(run + " has no model").asException();
        }
        return WAYS;
    }

    @Override
    public List<PlannedCall> plannedCalls(HostingOrder order) {
        return List.of(new PlannedCall("fake:Host", order.run().value(), order.way()));
    }

    @Override
    public HostedModel host(HostingOrder order) {
        Optional<Fault> fault = place.nextFault(Call.HOST);
        if (fault.filter(Fault.UNREACHABLE::equals).isPresent()) {
            throw place.unreachable(Call.HOST);
        }
        HostingWay way = ways(order.run()).stream()
                .filter(one -> one.name().equals(order.way()))
                .findFirst()
                .orElseThrow(() -> FakeProblems.NOT_SUPPORTED
                        .error("no way " + order.way())
                        .asException());
        HostedModel hosted = place.host(order, way);
        if (fault.filter(Fault.ANSWER_LOST::equals).isPresent()) {
            throw place.unreachable(Call.HOST);
        }
        return hosted;
    }

    @Override
    public List<HostedModel> find(RunId run) {
        if (place.nextFault(Call.FIND_HOSTED).isPresent()) {
            throw place.unreachable(Call.FIND_HOSTED);
        }
        return all().stream().filter(one -> one.run().equals(run)).toList();
    }

    @Override
    public List<HostedModel> all() {
        return place.hosted();
    }

    @Override
    public void end(HostedModel hosted) {
        place.endHosting(hosted.reference());
    }

    @Override
    public TokenRates base(HostedModel hosted) {
        return new TokenRates(null, null, null, million("1 USD"), million("2 USD"));
    }

    private static PriceFact million(String amount) {
        return new PriceFact(
                Money.parse(amount), PriceUnit.MILLION_TOKENS, PRICED, "a test", PriceTrust.PUBLISHED, false);
    }

    @Override
    public Dialogue converse(HostedModel hosted) {
        return new FakeDialogue();
    }

    @Override
    public List<AccessPolicy> policies(String runs, ModelRef model) {
        return List.of();
    }
}
