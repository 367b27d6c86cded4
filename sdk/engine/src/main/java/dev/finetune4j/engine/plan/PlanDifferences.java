package dev.finetune4j.engine.plan;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.plan.PlanBasis;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.Workload;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/** What has moved since a plan was saved, and by how much. */
final class PlanDifferences {
    private static final int KEYS = 5;

    private PlanDifferences() {}

    /**
     * The differences, in words.
     *
     * @param basis what a plan of the same job file would be made from now
     * @param workload what the job needs now
     * @param offers what is sold now
     */
    static List<String> between(Plan saved, PlanBasis basis, Workload workload, List<Offer> offers) {
        List<String> differences = new ArrayList<>();
        if (!saved.basis().version().equals(basis.version())) {
            differences.add("version: finetune4j " + saved.basis().version() + " then, " + basis.version() + " now");
        }
        job(saved.basis().job(), basis.job(), differences);
        if (!saved.basis().data().equals(basis.data())) {
            differences.add(data(saved.workload(), workload));
        }
        saved.choice().ifPresent(chosen -> price(chosen, offers, differences));
        return differences;
    }

    private static void job(Map<String, String> then, Map<String, String> now, List<String> differences) {
        TreeSet<String> keys = new TreeSet<>(then.keySet());
        keys.addAll(now.keySet());
        keys.removeIf(key -> Objects.equals(then.get(key), now.get(key)));
        if (!keys.isEmpty()) {
            List<String> first = keys.stream().limit(KEYS).toList();
            differences.add("job: " + String.join(", ", first)
                    + (keys.size() > KEYS ? " and " + (keys.size() - KEYS) + " more" : "")
                    + (keys.size() == 1 ? " is another" : " are others"));
        }
    }

    private static String data(Workload before, Workload after) {
        return "data: " + Figures.rows(before.rowsOf(Part.TRAIN)) + " and "
                + Figures.large(before.trainingTokens()) + " tokens to train then, "
                + Figures.rows(after.rowsOf(Part.TRAIN)) + " and " + Figures.large(after.trainingTokens())
                + " tokens now";
    }

    private static void price(PlanOption chosen, List<Offer> offers, List<String> differences) {
        if (chosen.offer() == null) {
            return;
        }
        BigDecimal then = amount(chosen.offer());
        BigDecimal now = offers.stream()
                .filter(offer -> offer.id().equals(chosen.id()))
                .findFirst()
                .map(PlanDifferences::amount)
                .orElse(BigDecimal.ZERO);
        if (then.compareTo(now) != 0) {
            differences.add("price: " + chosen.id() + " was " + words(then) + ", is " + words(now) + change(then, now));
        }
    }

    private static String change(BigDecimal then, BigDecimal now) {
        if (then.signum() == 0 || now.signum() == 0) {
            return "";
        }
        double factor = now.divide(then, MathContext.DECIMAL64).doubleValue();
        return String.format(Locale.ROOT, " (%+.1f %%)", 100 * (factor - 1));
    }

    private static String words(BigDecimal amount) {
        return amount.signum() == 0 ? "not known" : amount.toPlainString();
    }

    /** Zero stands for a price that is not known: nothing that is sold costs nothing. */
    private static BigDecimal amount(Offer offer) {
        return offer.price().map(PriceFact::amount).map(money -> money.amount()).orElse(BigDecimal.ZERO);
    }
}
