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
import java.util.Objects;
import java.util.TreeSet;

/** What has moved since a plan was saved, and by how much. */
final class PlanDifferences {
    private static final int KEYS = 5;
    private static final int DIGITS = 8;

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
        job(saved.basis(), basis, differences);
        if (!saved.basis().data().equals(basis.data())) {
            differences.add(
                    data(saved.workload(), workload) + digests(saved.basis().data(), basis.data()));
        }
        saved.choice().ifPresent(chosen -> price(chosen, offers, differences));
        return differences;
    }

    private static void job(PlanBasis then, PlanBasis now, List<String> differences) {
        TreeSet<String> keys = new TreeSet<>(then.job().keySet());
        keys.addAll(now.job().keySet());
        keys.removeIf(key -> Objects.equals(then.job().get(key), now.job().get(key)));
        if (!keys.isEmpty()) {
            int more = keys.size() - KEYS;
            keys.stream().limit(KEYS).forEach(key -> differences.add("job: " + setting(key, then, now)));
            if (more > 0) {
                differences.add(
                        "job: " + more + (more == 1 ? " more setting is another" : " more settings are others"));
            }
        }
    }

    /** A plan keeps few texts of settings, since they may come from a secret. */
    private static String setting(String key, PlanBasis then, PlanBasis now) {
        String before = then.job().get(key);
        String after = now.job().get(key);
        String figureBefore = then.figure(key);
        String figureAfter = now.figure(key);
        if (before == null) {
            return key + " was not set, and is now" + (figureAfter == null ? "" : " " + figureAfter);
        }
        if (after == null) {
            return key + " was " + (figureBefore == null ? "set" : figureBefore) + ", and is not set now";
        }
        return figureBefore != null && figureAfter != null
                ? key + " was " + figureBefore + ", is " + figureAfter
                : key + " is another" + digests(before, after);
    }

    /** Of what is kept as SHA-256 alone, the first digits of both. */
    static String digests(String then, String now) {
        return " (SHA-256 " + first(then) + "… then, " + first(now) + "… now)";
    }

    private static String first(String digest) {
        return digest.substring(0, Math.min(DIGITS, digest.length()));
    }

    /** Once the model is here its tokenizer counts: such a change of the number is none of the rows. */
    private static String data(Workload before, Workload after) {
        boolean isCountedAlike = before.areTokensCounted() == after.areTokensCounted();
        return "data: " + Figures.rows(before.rowsOf(Part.TRAIN)) + " and " + tokens(before, isCountedAlike)
                + " to train then, " + Figures.rows(after.rowsOf(Part.TRAIN)) + " and "
                + tokens(after, isCountedAlike) + " now";
    }

    private static String tokens(Workload work, boolean isCountedAlike) {
        return Figures.large(work.trainingTokens()) + " tokens"
                + (isCountedAlike ? "" : work.areTokensCounted() ? " (counted)" : " (told from characters)");
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
