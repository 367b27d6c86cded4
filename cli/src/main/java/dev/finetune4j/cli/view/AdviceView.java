package dev.finetune4j.cli.view;

import dev.finetune4j.engine.advise.Advice;
import dev.finetune4j.engine.advise.Approach;
import dev.finetune4j.engine.advise.AskedTask;
import dev.finetune4j.engine.advise.Change;
import dev.finetune4j.engine.advise.Criterion;
import dev.finetune4j.engine.advise.PlacedModel;
import dev.finetune4j.engine.advise.RankedApproach;
import dev.finetune4j.engine.advise.Reason;
import dev.finetune4j.engine.advise.TuningPlace;
import dev.finetune4j.engine.models.Benchmark;
import dev.finetune4j.engine.models.CatalogueModel;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.value.ProviderId;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Prints advice: the approach, the ranking, the reasons, what would change it, and base models. */
public final class AdviceView {
    private static final int INDENT = 6;
    private static final int MODEL_INDENT = 10;
    private static final int LEAST_INDENT = 2;

    private final Screen screen;

    /** Prints results to {@code screen}. */
    public AdviceView(Screen screen) {
        this.screen = screen;
    }

    /** Prints advice and the base models, which may be none, or the services that alone learn the task. */
    public void print(Advice advice, AskedTask task, List<PlacedModel> models, List<TuningPlace> services) {
        headline(advice);
        ranking(advice);
        heading("why " + advice.first().title());
        advice.ranking().get(0).reasons().forEach(this::reason);
        advice.together().forEach(one -> reason(one.reason()));
        changes(advice);
        if (!models.isEmpty()) {
            heading("base models that suit");
            models.forEach(this::model);
        } else if (!services.isEmpty()) {
            heading("services that learn which of two answers is better");
            services.forEach(this::service);
            note("No other place does, and none with an open model.");
        } else if (advice.advises(Approach.FINE_TUNING) && task.wishes().task() == null) {
            note("--task names the task, and base models are named.");
        } else if (advice.advises(Approach.FINE_TUNING)) {
            note(
                    "No base model of the catalogue suits what is asked; finetune models lists all, with the length of text that each takes.");
        }
    }

    private void headline(Advice advice) {
        String together =
                advice.together().stream().map(one -> one.approach().title()).collect(Collectors.joining(" and "));
        String first = advice.first().title();
        String advised = "advised: " + (together.isEmpty() ? first : first + ", with " + together);
        screen.line(screen.paint(Tone.STRONG, Wrap.hanging(advised, screen.columns(), 0)));
    }

    private void ranking(Advice advice) {
        Table table = new Table().text("APPROACH").number("POINTS").text("AGAINST IT");
        for (RankedApproach ranked : advice.ranking()) {
            String against = ranked.reasons().stream()
                    .filter(AdviceView::isAgainst)
                    .findFirst()
                    .map(reason -> (reason.isRefusal() ? "ruled out: " : "") + reason.why())
                    .orElse("");
            table.row(ranked.approach().title(), ranked.isRuledOut() ? "-" : signed(ranked.points()), against);
        }
        table.print(screen);
        RankedApproach first = advice.ranking().get(0);
        RankedApproach second = advice.ranking().get(1);
        if (!second.isRuledOut() && second.points() == first.points()) {
            note("At the same points the cheaper one is advised: "
                    + first.approach().title() + " before " + second.approach().title() + ".");
        }
    }

    private static boolean isAgainst(Reason reason) {
        Integer points = reason.points();
        return points == null || points < 0;
    }

    private void reason(Reason reason) {
        Integer points = reason.points();
        String mark = points == null || points == 0 ? "" : signed(points);
        String given = reason.given().isEmpty() ? "" : reason.given() + ": ";
        String text = given + reason.why() + " [" + reason.source() + "]";
        screen.line(String.format(Locale.ROOT, "%4s  ", mark) + Wrap.hanging(text, screen.columns(), INDENT));
    }

    private void changes(Advice advice) {
        if (!advice.changes().isEmpty()) {
            heading("what would change it");
            for (Change change : advice.changes()) {
                String text = change.criterion().key() + " " + change.answers() + ": "
                        + change.approach().title();
                screen.line("  " + Wrap.hanging(text, screen.columns(), 2));
            }
        }
        if (!advice.open().isEmpty()) {
            note("Not answered and able to change it: "
                    + advice.open().stream().map(Criterion::key).collect(Collectors.joining(", ")) + ".");
        }
    }

    private void model(PlacedModel placed) {
        CatalogueModel model = placed.suited().model();
        screen.line(screen.paint(Tone.STRONG, model.id()) + "  " + Figures.large(model.parameters()) + " parameters"
                + (placed.isOwn() ? ", the job's own, number " + placed.rank() : ""));
        detail(
                "has",
                Figures.count(model.contextTokens()) + " tokens of context, " + model.architecture() + ", "
                        + model.licence() + (model.isGated() ? " (to be accepted on the hub)" : ""));
        detail(
                "why",
                placed.suited().reasons().stream()
                        .filter(reason -> !isAgainst(reason))
                        .map(reason -> reason.why() + " [" + reason.source() + "]")
                        .collect(Collectors.joining("; ")));
        if (!model.benchmarks().isEmpty()) {
            String scores = model.benchmarks().stream().map(AdviceView::score).collect(Collectors.joining(", "));
            detail("scores", scores);
            link(model.benchmarks().get(0).source());
        }
        detail(
                "tune on",
                placed.places().isEmpty()
                        ? "no place that is known here"
                        : placed.places().stream().map(AdviceView::place).collect(Collectors.joining("; ")));
    }

    private void service(TuningPlace service) {
        screen.line("  " + Wrap.hanging(place(service), screen.columns(), 2));
    }

    private static String score(Benchmark benchmark) {
        return benchmark.name() + " " + benchmark.score();
    }

    private static String place(TuningPlace place) {
        PriceFact price = place.price();
        if (place.target().equals(ProviderId.LOCAL)) {
            return place.on() + " (" + place.method() + ")";
        }
        String amount = price == null
                ? "price not known"
                : (price.isEstimate() ? "est. " : "")
                        + price.amount().amount().setScale(2, RoundingMode.HALF_UP) + " USD/"
                        + switch (price.unit()) {
                            case HOUR -> "h";
                            case MILLION_TOKENS -> "1M tokens";
                            case MODEL_MONTH -> "month";
                        };
        String method = place.method().equals("service") ? "" : place.method() + ", ";
        return place.target() + " " + place.on() + " (" + method + amount + ")";
    }

    private void detail(String name, String text) {
        screen.line(screen.paint(Tone.FAINT, String.format(Locale.ROOT, "  %-" + (MODEL_INDENT - 2) + "s", name))
                + Wrap.hanging(text, screen.columns(), MODEL_INDENT));
    }

    /** On a line of its own, by which a terminal knows it whole; one that has no room there begins further left. */
    private void link(String address) {
        int indent = Math.max(LEAST_INDENT, Math.min(MODEL_INDENT, screen.columns() - address.length()));
        screen.line(" ".repeat(indent) + address);
    }

    private void heading(String text) {
        screen.line("");
        screen.line(screen.paint(Tone.STRONG, text));
    }

    private void note(String text) {
        screen.line(screen.paint(Tone.FAINT, Wrap.hanging(text, screen.columns(), 0)));
    }

    private static String signed(int points) {
        return String.format(Locale.ROOT, "%+d", points);
    }
}
