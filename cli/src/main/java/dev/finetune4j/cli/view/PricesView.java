package dev.finetune4j.cli.view;

import dev.finetune4j.engine.price.PriceAge;
import dev.finetune4j.engine.price.Renewal;
import dev.finetune4j.engine.report.Figures;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** Prints how well prices are known. */
public final class PricesView {
    private final Screen screen;

    /** Prints results to {@code screen}. */
    public PricesView(Screen screen) {
        this.screen = screen;
    }

    /** A line a place. */
    public void print(List<TargetPrices> prices) {
        Table table = new Table()
                .id("TARGET")
                .id("SOURCE")
                .number("OFFERS")
                .number("PRICED")
                .number("EST.")
                .number("OLD")
                .id("OLDEST")
                .id("ASKED");
        for (TargetPrices one : prices) {
            table.row(
                    one.target().value(),
                    one.source(),
                    Figures.count(one.offers()),
                    Figures.count(one.priced()),
                    Figures.count(one.estimated()),
                    Figures.count(one.old()),
                    one.oldest() == null ? "-" : one.oldest().toString(),
                    one.fetchedAt() == null
                            ? "never"
                            : LocalDate.ofInstant(one.fetchedAt(), ZoneOffset.UTC)
                                    .toString());
        }
        table.print(screen);
        Wrap.lines(
                        "OLDEST: day of the oldest price. ASKED: when the source was asked last. EST.: derived from another price. OLD: more than "
                                + PriceAge.OLD_AFTER_DAYS
                                + " days. Where a source was never asked, the dated table inside finetune is used;"
                                + " finetune prices refresh asks.",
                        screen.columns())
                .forEach(line -> screen.line(screen.paint(Tone.FAINT, line)));
    }

    /** A line a source that was asked. */
    public void printRenewals(List<Renewal> renewals) {
        Table table = new Table()
                .id("SOURCE")
                .number("OFFERS")
                .number("RENEWED")
                .number("CHANGED")
                .number("NOT HAD");
        renewals.forEach(renewal -> table.row(
                renewal.source(),
                Figures.count(renewal.offers()),
                Figures.count(renewal.renewed()),
                Figures.count(renewal.changed()),
                Figures.count(renewal.offers() - renewal.renewed())));
        table.print(screen);
    }
}
