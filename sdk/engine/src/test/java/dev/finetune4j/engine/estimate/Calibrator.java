package dev.finetune4j.engine.estimate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Calibrates a quantity on published runs. The scatter comes from families that the coefficients have not seen: each is left
 * out in turn, and the scatter is the least at which {@link #AIM} of the runs left out lie inside their range.
 */
final class Calibrator {
    /** Share of the runs of unseen families that ranges should hold: above the 80 % of P10 to P90, since structure was seen. */
    private static final double AIM = 0.85;

    private static final int HALVINGS = 10;

    private final Quantity quantity;
    private final List<Evidence> evidence;
    private final Map<Set<String>, Coefficients> fits = new HashMap<>();

    Calibrator(Quantity quantity, List<PublishedRun> runs) {
        this.quantity = quantity;
        this.evidence = runs.stream()
                .filter(run -> quantity.observed(run).isUsable())
                .map(quantity::evidence)
                .toList();
    }

    Set<String> families() {
        Set<String> families = new TreeSet<>();
        evidence.forEach(row -> families.add(row.family()));
        return families;
    }

    /** The calibration of all families but these. */
    Calibration calibrate(Set<String> without) {
        List<LeftOut> leftOut = new ArrayList<>();
        for (String family : families()) {
            if (!without.contains(family)) {
                Set<String> unseen = new HashSet<>(without);
                unseen.add(family);
                leftOut.add(leftOut(family, fit(unseen)));
            }
        }
        double low = 0;
        double high = 1;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (held(leftOut, middle) < AIM) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return new Calibration(fit(without), high);
    }

    private Coefficients fit(Set<String> without) {
        return fits.computeIfAbsent(Set.copyOf(without), key -> {
            List<Evidence> seen =
                    evidence.stream().filter(row -> !key.contains(row.family())).toList();
            return new CoefficientFit(quantity.coefficients(), seen).fit();
        });
    }

    private record LeftOut(List<Evidence> rows, List<double[]> samples) {}

    private LeftOut leftOut(String family, Coefficients coefficients) {
        List<Evidence> rows =
                evidence.stream().filter(row -> row.family().equals(family)).toList();
        return new LeftOut(
                rows,
                rows.stream()
                        .map(row -> row.samples(coefficients, quantity.coefficients()))
                        .toList());
    }

    /** Share of rows inside their range; families weigh by the root of their rows. */
    private static double held(List<LeftOut> families, double scatter) {
        double held = 0;
        double all = 0;
        for (LeftOut family : families) {
            int inside = 0;
            for (int i = 0; i < family.rows().size(); i++) {
                Evidence row = family.rows().get(i);
                inside += row.range(family.samples().get(i), scatter).holds(row.observed()) ? 1 : 0;
            }
            double weight = Math.sqrt(family.rows().size());
            held += weight * inside / family.rows().size();
            all += weight;
        }
        return held / all;
    }
}
