package dev.finetune4j.cli.view;

import dev.finetune4j.engine.journal.HostedRun;
import dev.finetune4j.engine.launch.AnswerTerms;
import dev.finetune4j.engine.launch.HostingTerms;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.HostingWay;
import dev.finetune4j.value.Money;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Hosted models, with what they cost. */
public final class HostingView {
    private static final int LABEL_WIDTH = 9;

    private final Screen screen;
    private final Clock clock;
    private final boolean isJson;

    /** Shows on a screen; results in JSON or for people. */
    public HostingView(Screen screen, Clock clock, boolean isJson) {
        this.screen = screen;
        this.clock = clock;
        this.isJson = isJson;
    }

    /** A price of an hour in words; one that is not known is called so. */
    static String hourly(Optional<Money> hour) {
        return hour.map(price -> price + " an hour").orElse("an hour costs what is not known here");
    }

    /** Tells the terms, for somebody to agree to. */
    public void tell(HostingTerms terms) {
        HostingWay way = terms.way();
        say("host", terms.run() + " at " + terms.place() + ", " + way.name() + units(terms.units()));
        say("cost", cost(way, terms.units()));
        if (way.billsTokens()) {
            say("tokens", price(way.input()) + " a million that it reads, " + price(way.output()) + " that it writes");
        }
        if (way.committedMonths() > 0) {
            say(
                    "bound",
                    "paid for " + way.committedMonths() + " month" + (way.committedMonths() == 1 ? "" : "s")
                            + ", and not to be ended before");
        }
        Duration idle = way.idleLimit();
        if (idle != null) {
            boolean isDays = idle.equals(Duration.ofDays(idle.toDays()));
            say(
                    "idle",
                    "ended by the place after " + (isDays ? idle.toDays() + " days" : Figures.duration(idle))
                            + " without a question");
        }
        way.notes().forEach(note -> say("note", note));
        terms.ways().stream()
                .filter(other -> !other.equals(way))
                .forEach(other -> say("else", "--way " + other.name() + ": " + hourly(other.perHour(1))));
        HostedModel hosted = terms.hosted();
        if (hosted != null) {
            say(
                    "there",
                    hosted.way().name() + units(hosted.units()) + ", " + state(hosted) + ": " + hosted.reference());
        }
    }

    /** Tells what questions to hosted models may cost at most. */
    public void tell(AnswerTerms terms) {
        say(
                "ask",
                Figures.count(terms.questions()) + " questions to "
                        + terms.model().reference() + " and its base model");
        say(
                "tokens",
                "at most " + Figures.large(terms.mostRead()) + " read, " + Figures.large(terms.mostWritten())
                        + " written, whoever counts (" + AnswerTerms.BASIS + ")");
        Money most = terms.most();
        say(
                "cost",
                !terms.isKnown()
                        ? "not known here: look up what a million tokens costs before you agree"
                        : most == null
                                ? "nothing beyond " + hourly(terms.model().perHour())
                                : "at most " + most);
    }

    private static String cost(HostingWay way, int units) {
        PriceFact fact = way.perHour();
        return fact == null
                ? hourly(Optional.empty()) + "; look it up before you agree"
                : hourly(way.perHour(units)) + ", " + way.perMonth(units).orElseThrow() + " a month if it is left on ("
                        + fact.source() + ", " + fact.date() + ")";
    }

    private static String price(@Nullable PriceFact fact) {
        return fact == null ? "?" : fact.amount().toString();
    }

    private static String units(int units) {
        return units == 1 ? "" : ", " + units + " units";
    }

    private static String state(HostedModel model) {
        return model.state().name().toLowerCase(Locale.ROOT);
    }

    /** Prints what answers now. */
    public void print(HostedModel model, HostingTerms terms) {
        if (isJson) {
            screen.line(Json.pretty(model));
            return;
        }
        field("model", model.reference());
        field("cost", hourly(model.perHour()));
        field(
                "ask",
                terms.isBrought()
                        ? "with a client of " + terms.place() + ", by that name"
                        : "finetune chat " + model.run());
        field("end", "finetune host " + model.run() + " --remove");
    }

    /** Prints what hosts a run's model, as one line of what is known of the run. */
    public void printBriefly(HostedRun hosted) {
        HostedModel model = hosted.model();
        String state = model == null ? "asked for, and nobody knows whether it is there" : state(model);
        screen.line(screen.paint(Tone.FAINT, "hosted    ")
                + Wrap.hanging(
                        hosted.way() + units(hosted.units()) + ", " + state + ", " + hourly(hosted.perHour())
                                + "; finetune host " + hosted.run() + " --remove ends it",
                        screen.columns(),
                        LABEL_WIDTH + 1));
    }

    /** Tells what would be ended, and what that saves. */
    public void tellEnd(HostedModel model) {
        say(
                "end",
                model.way().name() + units(model.units()) + ", " + hourly(model.perHour()) + ": " + model.reference());
        if (model.committedUntil() != null) {
            say("bound", "it is paid for until " + model.committedUntil().truncatedTo(ChronoUnit.SECONDS));
        }
    }

    /** Prints all that is hosted, and what it costs together. */
    public void print(List<HostedRun> hosted) {
        if (isJson) {
            screen.line(Json.pretty(Map.of("hosted", hosted)));
            return;
        }
        if (hosted.isEmpty()) {
            screen.line("nothing is hosted");
            return;
        }
        Table table = new Table()
                .id("RUN")
                .text("PLACE")
                .text("WAY")
                .text("STATE")
                .number("AGE")
                .number("AN HOUR")
                .number("A MONTH");
        for (HostedRun one : hosted) {
            HostedModel model = one.model();
            table.row(
                    one.run().value(),
                    one.place().value(),
                    one.way() + (one.units() == 1 ? "" : " x " + one.units()),
                    (model == null ? "asked" : state(model)) + (one.isSeenNow() ? "" : "?"),
                    model == null ? "?" : Figures.duration(Duration.between(model.since(), clock.instant())),
                    one.perHour().map(Money::toString).orElse("?"),
                    one.perMonth().map(Money::toString).orElse("?"));
        }
        table.print(screen);
        screen.line(Wrap.hanging(
                "together " + summary(hosted) + "; finetune host RUN --remove ends one", screen.columns(), 0));
    }

    /** What models cost together, by currency; what is not known is said. */
    public static String summary(List<HostedRun> hosted) {
        long unknown = hosted.stream().filter(one -> one.perHour().isEmpty()).count();
        String known = hosted.stream()
                .flatMap(one -> one.perHour().stream())
                .collect(Collectors.groupingBy(
                        price -> price.currency().getCurrencyCode(), TreeMap::new, Collectors.reducing(Money::plus)))
                .values()
                .stream()
                .flatMap(Optional::stream)
                .map(Money::toString)
                .collect(Collectors.joining(" and "));
        String more = unknown == 0 ? "" : unknown + " at a price that is not known here";
        return known.isEmpty() ? more : known + " an hour" + (more.isEmpty() ? "" : ", and " + more);
    }

    private void say(String name, String value) {
        screen.say(labelled(name, value));
    }

    private void field(String name, String value) {
        screen.line(labelled(name, value));
    }

    private String labelled(String name, String value) {
        return Wrap.hanging(
                String.format(Locale.ROOT, "%-" + LABEL_WIDTH + "s%s", name, value), screen.columns(), LABEL_WIDTH);
    }
}
