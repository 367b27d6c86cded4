package dev.finetune4j.cli.view;

import dev.finetune4j.engine.launch.EstimateScore;
import dev.finetune4j.engine.launch.EstimateScore.Quantity;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Prints how good past estimates were. */
public final class EstimatesView {
    private final Screen screen;

    /** Prints to {@code screen}. */
    public EstimatesView(Screen screen) {
        this.screen = screen;
    }

    /** Prints a line a quantity of each place, and of each way to know. */
    public void print(List<EstimateScore> scores) {
        if (scores.isEmpty()) {
            screen.line("no run has put an estimate to the test yet: finetune run JOB");
            return;
        }
        Table table = new Table()
                .text("TARGET")
                .text("TOLD FROM")
                .text("QUANTITY")
                .number("RUNS")
                .number("MEDIAN ERROR")
                .number("INSIDE P10-P90");
        for (EstimateScore score : scores) {
            row(table, score, "time", score.time());
            row(table, score, "memory", score.memory());
            row(table, score, "spend", score.spend());
        }
        table.print(screen);
    }

    private static void row(Table table, EstimateScore score, String name, Quantity quantity) {
        table.row(
                score.target().value(),
                score.basis().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                name,
                Integer.toString(quantity.runs()),
                percent(quantity.medianError()),
                percent(quantity.insideInterval()));
    }

    private static String percent(@Nullable Double share) {
        return share == null ? "-" : String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }
}
