package dev.finetune4j.cli.view;

import dev.finetune4j.plan.ByteRange;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PriceFact;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Prints a plan as CSV: one line an option, the best first; times in seconds, memory in bytes, empty where nothing is known. */
public final class PlanCsv {
    private static final List<String> COLUMNS = List.of(
            "rank",
            "id",
            "chosen",
            "standing",
            "target",
            "name",
            "region",
            "other_model",
            "fit",
            "needed_p10",
            "needed_p50",
            "needed_p90",
            "usable",
            "seconds_p10",
            "seconds_p50",
            "seconds_p90",
            "cost_p10",
            "cost_likely",
            "cost_p90",
            "currency",
            "price",
            "price_date",
            "price_source");

    private PlanCsv() {}

    /** Prints the names of the columns and every option. */
    public static void print(Screen screen, Plan plan) {
        Csv.line(screen, COLUMNS);
        int rank = 0;
        for (PlanOption option : plan.options()) {
            rank++;
            Csv.line(screen, cells(rank, plan, option));
        }
    }

    private static List<@Nullable Object> cells(int rank, Plan plan, PlanOption option) {
        ByteRange needed = option.neededMemory();
        MoneyRange cost = option.cost();
        PriceFact price = PlanFigures.price(option).orElse(null);
        List<@Nullable Object> cells = new ArrayList<>();
        cells.add(rank);
        cells.add(option.id());
        cells.add(option.id().equals(plan.chosen()));
        cells.add(word(option.standing()));
        cells.add(option.target());
        cells.add(option.name());
        cells.add(option.region());
        cells.add(option.otherModel());
        cells.add(word(option.fit()));
        cells.add(needed == null ? null : needed.low());
        cells.add(needed == null ? null : needed.likely());
        cells.add(needed == null ? null : needed.high());
        cells.add(needed == null ? null : option.usableMemory());
        cells.add(option.time().low().toSeconds());
        cells.add(option.time().likely().toSeconds());
        cells.add(option.time().high().toSeconds());
        cells.add(cost == null ? null : cost.low().amount().toPlainString());
        cells.add(cost == null ? null : cost.likely().amount().toPlainString());
        cells.add(cost == null ? null : cost.high().amount().toPlainString());
        cells.add(cost == null ? null : cost.likely().currency());
        cells.add(price == null ? null : price.amount().amount().toPlainString());
        cells.add(price == null ? null : price.date());
        cells.add(price == null ? null : price.source());
        return cells;
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
