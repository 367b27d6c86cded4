package dev.finetune4j.cli.view;

import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.job.Budget;
import dev.finetune4j.plan.BilledTokens;
import dev.finetune4j.plan.HostingCost;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.value.Money;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a launch may take at most, for somebody to agree to. */
final class LaunchTermsView {
    /** Where the place has no limit of its own. */
    private static final String BY_WATCHER = " by whoever watches";

    private final Screen screen;

    /** Shows on a screen. */
    LaunchTermsView(Screen screen) {
        this.screen = screen;
    }

    /** Prints the terms. */
    void print(LaunchTerms terms, Budget budget) {
        say(
                "launch",
                terms.target() + " " + machine(terms) + (isBilled(terms) ? ", " + terms.region() : "") + scope(terms));
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
                        + price(terms));
        BilledTokens tokens = terms.tokens();
        say(
                "limit",
                (tokens == null ? ofTime(terms) : ofTokens(terms, tokens))
                        + ofBudget(terms.worstCost(), budget.maxCost(), terms.onlyWatched()));
        if (terms.costOfTwo() != null) {
            say(
                    "twice",
                    terms.costOfTwo() + " if the answer to the launch is lost, so that a second job is made, and nobody"
                            + " follows the run, which ends it");
        }
        for (LaunchTerms other : terms.alternatives()) {
            say(
                    "else",
                    elsewhere(terms, other)
                            + machine(other)
                            + (other.worstCost() == null ? "" : ", at most " + other.worstCost()));
        }
        HostingCost afterwards = terms.afterwards();
        if (afterwards != null) {
            Money month = afterwards.perMonth();
            say(
                    "after",
                    (month == null ? "?" : month) + " a month: " + afterwards.what() + " (" + afterwards.basis() + ")");
        }
    }

    /** Another place, where the job begins from the start. */
    private static String elsewhere(LaunchTerms first, LaunchTerms other) {
        return other.target().equals(first.target())
                ? ""
                : other.target() + ", " + other.region() + ", from the start: ";
    }

    private static String machine(LaunchTerms terms) {
        return terms.name() + (terms.isSpot() ? " spot" : "");
    }

    /** Where a service may work on the data. */
    private static String scope(LaunchTerms terms) {
        String scope = terms.settings().get(PlaceSettings.SCOPE);
        return scope == null ? "" : ", " + scope;
    }

    private static boolean isBilled(LaunchTerms terms) {
        return terms.perHour() != null || terms.tokens() != null;
    }

    private static String price(LaunchTerms terms) {
        BilledTokens tokens = terms.tokens();
        if (tokens != null) {
            return ", at " + tokens.price().amount() + " a million tokens ("
                    + tokens.price().date() + ")";
        }
        if (terms.perHour() == null) {
            return "";
        }
        return (terms.isSpot() ? ", billed at " : ", at ") + terms.perHour() + " an hour"
                + (terms.isSpot() ? " at most" : "");
    }

    private static String ofTime(LaunchTerms terms) {
        return stop(terms, terms.onlyWatched() ? BY_WATCHER : "") + "at most " + terms.worstCost()
                + " with winding down"
                + (terms.onlyWatched() ? " while somebody watches, and for as long as it runs where nobody does" : "");
    }

    /** Nothing ends a job where the money would end, so why no more can be billed is said. */
    private static String ofTokens(LaunchTerms terms, BilledTokens tokens) {
        return stop(terms, BY_WATCHER) + "at most " + terms.worstCost() + ", since no count gives more than "
                + Figures.large(tokens.most()) + " tokens (" + tokens.basis() + ")";
    }

    private static String stop(LaunchTerms terms, String by) {
        Duration limit = terms.timeLimit();
        String bound = terms.isBoundByPlace() ? ", the longest that " + terms.target() + " lets a job run" : "";
        return limit == null ? "" : "ended after " + Figures.atMost(limit) + by + bound + "; ";
    }

    /** What can be billed at most is within the budget, or the terms were refused; unless the job's own settings of its place let it be more. */
    private static String ofBudget(Money worst, @Nullable Money budget, boolean onlyWatched) {
        if (budget != null && worst.amount().compareTo(budget.amount()) > 0) {
            return ", of a budget of " + budget + " (worst-case overshoot: " + worst.less(budget)
                    + ", if its machine is taken back again and again and nobody watches)";
        }
        return budget == null
                ? ""
                : ", of a budget of " + budget + " (then " + budget.less(worst) + " left; worst-case overshoot: none"
                        + (onlyWatched ? " while somebody watches" : "") + ", storage and transfer apart)";
    }

    private static String currency(Money money) {
        return money.currency().getCurrencyCode();
    }

    private void say(String name, String value) {
        screen.say(Wrap.hanging(String.format("%-9s%s", name, value), screen.columns(), 9));
    }
}
