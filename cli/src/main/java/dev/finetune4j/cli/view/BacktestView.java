package dev.finetune4j.cli.view;

import dev.finetune4j.engine.estimate.Backtest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Prints how good estimates were on measured runs. */
public final class BacktestView {
    private final Screen screen;

    /** Prints to {@code screen}. */
    public BacktestView(Screen screen) {
        this.screen = screen;
    }

    /** Prints a line a quantity, and the rows that were not compared. */
    public void print(Backtest backtest) {
        Table table = new Table()
                .text("QUANTITY")
                .number("ROWS")
                .number("MEDIAN ERROR")
                .number("INSIDE P10-P90")
                .number("VERDICTS RIGHT");
        Backtest.Memory memory = backtest.memory();
        table.row(
                "memory",
                Integer.toString(memory.rows()),
                percent(memory.medianError()),
                percent(memory.insideInterval()),
                percent(memory.verdictsRight()));
        Backtest.Throughput speed = backtest.throughput();
        table.row(
                "throughput",
                Integer.toString(speed.rows()),
                percent(speed.medianError()),
                percent(speed.insideInterval()),
                "-");
        table.row(
                "wall time",
                Integer.toString(backtest.wallTime().rows()),
                factor(backtest.wallTime().medianFactor()),
                "-",
                "-");
        table.print(screen);
        for (Backtest.Skipped skipped : backtest.skipped()) {
            String why = "row " + skipped.row() + " skipped: " + skipped.why();
            screen.line(screen.paint(Tone.FAINT, Wrap.hanging(why, screen.columns(), 2)));
        }
    }

    private static String percent(@Nullable Double share) {
        return share == null ? "-" : String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    private static String factor(@Nullable Double factor) {
        return factor == null ? "-" : String.format(Locale.ROOT, "x %.2f", factor);
    }
}
