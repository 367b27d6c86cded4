package dev.finetune4j.cli.view;

import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.job.Budget;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.value.Money;
import org.jspecify.annotations.Nullable;

/** What a launch may take at most, for somebody to agree to. */
public final class LaunchTermsView {
    private final Screen screen;

    /** Shows on a screen. */
    public LaunchTermsView(Screen screen) {
        this.screen = screen;
    }

    /** Prints the terms. */
    public void print(LaunchTerms terms, Budget budget) {
        say("launch", terms.target() + " " + terms.name() + (terms.perHour() == null ? "" : ", " + terms.region()));
        say(
                "time",
                Figures.duration(terms.time().likely()) + ", P10-P90 "
                        + Figures.duration(terms.time().low()) + " to "
                        + Figures.duration(terms.time().high()) + ", queue and start-up included");
        MoneyRange cost = terms.cost();
        if (terms.worstCost() == null || cost == null) {
            return;
        }
        String ends = PlanFigures.ends(cost);
        say(
                "cost",
                PlanFigures.likely(cost) + " " + currency(cost.likely())
                        + (ends.isEmpty() ? "" : ", P10-P90 " + ends)
                        + (terms.perHour() == null ? "" : ", at " + terms.perHour() + " an hour"));
        say("limit", limit(terms) + ofBudget(budget.maxCost()));
    }

    private static String limit(LaunchTerms terms) {
        String time = terms.timeLimit() == null ? "" : "ended after " + Figures.duration(terms.timeLimit()) + "; ";
        return time + "at most " + terms.worstCost() + " with winding down";
    }

    private static String ofBudget(@Nullable Money budget) {
        return budget == null ? "" : ", of a budget of " + budget;
    }

    private static String currency(Money money) {
        return money.currency().getCurrencyCode();
    }

    private void say(String name, String value) {
        screen.say(Wrap.hanging(String.format("%-9s%s", name, value), screen.columns(), 9));
    }
}
