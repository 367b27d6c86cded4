package dev.finetune4j.cli.view;

import dev.finetune4j.engine.plan.PlanOptions;
import dev.finetune4j.engine.price.PriceAge;
import dev.finetune4j.plan.CostLine;
import dev.finetune4j.plan.HostingCost;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PlanPhase;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.run.Rehearsal;
import dev.finetune4j.value.ProviderId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Prints the items of one option: how long each phase takes, what the bill is made of, and where each figure comes from. */
public final class PlanExplanation {
    private static final int INDENT = 4;

    private final Plan plan;
    private final PlanOption option;

    private PlanExplanation(Plan plan, PlanOption option) {
        this.plan = plan;
        this.option = option;
    }

    /**
     * Of an option of a plan.
     *
     * @param word its number in the table, its id, or the name of its machine, its model or its place
     * @throws dev.finetune4j.error.FineTuneException with FT0763 if there is none
     */
    public static PlanExplanation of(Plan plan, String word) {
        return new PlanExplanation(plan, PlanOptions.find(plan, word));
    }

    /** The option that is explained. */
    public PlanOption option() {
        return option;
    }

    /** Prints it for people. */
    public void print(Screen screen) {
        screen.line(option.id());
        screen.line("");
        List<String> sources = new ArrayList<>();
        times(screen, sources);
        screen.line("");
        bill(screen, sources);
        memory(screen);
        HostingCost hosting = option.hosting();
        if (hosting != null) {
            String month = hosting.perMonth() == null ? "?" : hosting.perMonth().toString();
            text(screen, "afterwards, a month: " + month + ", " + hosting.what() + " (" + hosting.basis() + ")");
        }
        if (option.missedAt() != null) {
            text(
                    screen,
                    "a run was told at " + option.missedAt().truncatedTo(ChronoUnit.MINUTES)
                            + " that it is not to be had, so that it comes after what is");
        }
        if (option.missingQuota() != null) {
            text(screen, option.missingQuota() + ", so that it comes after what the quota leaves");
        }
        option.notes().forEach(note -> text(screen, note));
        Rehearsal rehearsal = plan.rehearsal();
        if (rehearsal != null && option.target().equals(ProviderId.LOCAL)) {
            screen.line("");
            RehearsalWords.lines(rehearsal).forEach(line -> text(screen, line));
        }
        screen.line("");
        for (int i = 0; i < sources.size(); i++) {
            String mark = "[" + (i + 1) + "]";
            screen.line(mark + " " + Wrap.hanging(sources.get(i), screen.columns() - 1, INDENT));
        }
    }

    private void times(Screen screen, List<String> sources) {
        Table table = new Table()
                .text("PHASE")
                .number("P10")
                .number("P50")
                .number("P90")
                .text("BILLED")
                .text("FROM");
        for (PlanPhase phase : option.phases()) {
            table.row(
                    phase.name().toString(),
                    PlanFigures.time(phase.time().low()),
                    PlanFigures.time(phase.time().likely()),
                    PlanFigures.time(phase.time().high()),
                    phase.isBilled() ? "yes" : "no",
                    source(sources, phase.basis()));
        }
        table.row(
                "all together",
                PlanFigures.time(option.time().low()),
                PlanFigures.time(option.time().likely()),
                PlanFigures.time(option.time().high()),
                "",
                "percentiles of the sum, not sums of percentiles");
        table.print(screen);
    }

    private void bill(Screen screen, List<String> sources) {
        if (option.costs().isEmpty()) {
            text(screen, "cost: 0 USD");
            return;
        }
        Table table = new Table()
                .text("COST")
                .number("QUANTITY")
                .number("x PRICE")
                .number("= AMOUNT")
                .text("FROM");
        for (CostLine line : option.costs()) {
            PriceFact price = line.price();
            table.row(
                    line.what(),
                    line.quantity().toPlainString() + " " + line.unit(),
                    price == null ? "?" : price.amount().toString(),
                    line.amount() == null ? "?" : line.amount().toString(),
                    price == null ? "not known" : source(sources, words(price) + moves(line)));
        }
        MoneyRange cost = option.cost();
        if (cost != null) {
            table.row("likely", "", "", cost.likely().toString(), "");
            table.row(
                    "P10 to P90",
                    "",
                    "",
                    cost.low().amount() + " to " + cost.high().amount(),
                    "");
        }
        table.print(screen);
    }

    private String words(PriceFact price) {
        PriceAge age = PriceAge.of(price, plan.date());
        return price.source() + ", " + price.date() + " (" + age.days() + " days" + (age.isOld() ? ", old" : "") + "), "
                + price.trust().name().toLowerCase(Locale.ROOT)
                + (price.isEstimate() ? ", derived from another price" : "");
    }

    private static String moves(CostLine line) {
        return line.moves() == null ? "" : "; " + line.moves();
    }

    private void memory(Screen screen) {
        if (option.neededMemory() == null) {
            return;
        }
        screen.line("");
        Set<String> parts = new LinkedHashSet<>();
        option.memory().forEach(part -> parts.add(part.name() + " " + PlanFigures.gib(part.bytes())));
        text(
                screen,
                "memory, GiB: P10 " + PlanFigures.gib(option.neededMemory().low()) + ", P50 "
                        + PlanFigures.gib(option.neededMemory().likely()) + ", P90 "
                        + PlanFigures.gib(option.neededMemory().high()) + " of "
                        + PlanFigures.gib(option.usableMemory())
                        + (parts.isEmpty() ? "" : "; likely " + String.join(" + ", parts)));
    }

    private static String source(List<String> sources, String basis) {
        if (!sources.contains(basis)) {
            sources.add(basis);
        }
        return "[" + (sources.indexOf(basis) + 1) + "]";
    }

    private static void text(Screen screen, String text) {
        screen.line(Wrap.hanging(text, screen.columns() - 1, INDENT));
    }
}
