package dev.finetune4j.engine.report.view;

import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.ForeseenAndActual;
import dev.finetune4j.plan.ByteRange;
import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.plan.Foreseen;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.run.WaitingShare;
import dev.finetune4j.value.Money;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was foreseen beside what it took, a row a quantity: P10, P50, P90, actual, and how far the actual is from the median. */
final class ForeseenRows {
    static final List<String> HEAD = List.of("What", "P10", "P50", "P90", "Actual", "Off by");

    /** A service that bills tokens says nowhere how many it has billed. */
    private static final String NOT_TOLD = "not told by the place";

    private ForeseenRows() {}

    /** The rows of what was foreseen; what a place costs stands there also where it does not tell the actual. */
    static List<List<String>> of(ForeseenAndActual figures) {
        List<List<String>> rows = new ArrayList<>();
        DurationRange time = figures.foreseen().time();
        rows.add(List.of(
                "Time",
                Figures.duration(time.low()),
                Figures.duration(time.likely()),
                Figures.duration(time.high()),
                Figures.duration(figures.took()),
                off((double) figures.took().toMillis(), (double) time.likely().toMillis())));
        Foreseen.Steps steps = figures.foreseen().steps();
        Duration stepped = figures.steps();
        if (steps != null && stepped != null) {
            rows.add(List.of(
                    "Steps alone",
                    Figures.duration(steps.time().low()),
                    Figures.duration(steps.time().likely()),
                    Figures.duration(steps.time().high()),
                    Figures.duration(stepped),
                    off((double) stepped.toMillis(), (double)
                            steps.time().likely().toMillis())));
        }
        ByteRange memory = figures.foreseen().memory();
        if (memory != null && figures.peakBytes() > 0) {
            rows.add(List.of(
                    steps == null ? "Peak memory" : "Peak GPU memory",
                    Figures.bytes(memory.low()),
                    Figures.bytes(memory.likely()),
                    Figures.bytes(memory.high()),
                    Figures.bytes(figures.peakBytes()),
                    off((double) figures.peakBytes(), (double) memory.likely())));
        }
        MoneyRange cost = figures.foreseen().cost();
        Money spent = figures.spent();
        if (cost != null && (spent != null || cost.high().amount().signum() > 0)) {
            rows.add(List.of(
                    "Spend",
                    cost.low().toString(),
                    cost.likely().toString(),
                    cost.high().toString(),
                    spent == null ? NOT_TOLD : spent.toString(),
                    spent == null
                            ? "-"
                            : off(
                                    spent.amount().doubleValue(),
                                    cost.likely().amount().doubleValue())));
        }
        return rows;
    }

    /** Where it was told from, in words, and what kept the run from it. */
    static String basis(ForeseenAndActual figures) {
        Double waiting = figures.waitingShare();
        return "Foreseen before the launch, from "
                + switch (figures.foreseen().basis()) {
                    case REHEARSAL -> "a rehearsal";
                    case PAST_RUNS -> "past runs";
                    case SIZES -> "sizes alone";
                }
                + "."
                + (waiting != null && WaitingShare.isDisturbed(waiting)
                        ? " Beside other programs: threads waited " + Figures.percent(waiting)
                                + " of their time for processors."
                        : "");
    }

    private static String off(double actual, double likely) {
        return likely <= 0 ? "-" : String.format(Locale.ROOT, "%+.0f %%", 100 * (actual / likely - 1));
    }
}
