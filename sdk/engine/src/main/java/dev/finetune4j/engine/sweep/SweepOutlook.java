package dev.finetune4j.engine.sweep;

import dev.finetune4j.engine.launch.TimeForecast;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.search.Rung;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a sweep will be, before it begins.
 *
 * @param rungs its rounds
 * @param relativeEpochs the candidates' mean number of epochs over the job's own
 * @param validationRows rows that each trial answers
 * @param maxTime time that all trials together may take, or null for no limit
 * @param forecast what all of it will take, or null where no run tells yet
 */
public record SweepOutlook(
        List<Rung> rungs,
        double relativeEpochs,
        long validationRows,
        @Nullable Duration maxTime,
        @Nullable TimeForecast forecast) {
    /** Copies the list. */
    public SweepOutlook {
        rungs = List.copyOf(rungs);
    }

    /** Runs in all. */
    public int trials() {
        return rungs.stream().mapToInt(Rung::trials).sum();
    }

    /** How often the training of the job alone the sweep trains. */
    public double relativeTraining() {
        return relativeEpochs
                * rungs.stream()
                        .mapToDouble(rung -> rung.share() * rung.trials())
                        .sum();
    }

    /** In words. */
    public String words() {
        String rounds = rungs.size() == 1
                ? ""
                : " ("
                        + rungs.stream()
                                .map(rung -> rung.trials() + " for " + share(rung.share()))
                                .collect(Collectors.joining(", "))
                        + ")";
        return trials() + (trials() == 1 ? " run" : " runs") + rounds + ": "
                + String.format(Locale.ROOT, "%.1f", relativeTraining())
                + " times the training of the job alone, and "
                + (trials() == 1 ? "once" : trials() + " times") + " "
                + Figures.count(validationRows) + " validation " + (validationRows == 1 ? "row" : "rows")
                + " to answer; "
                + (maxTime == null ? "no time limit" : "at most " + Figures.duration(maxTime))
                + "; "
                + (forecast == null ? "how long one takes shows after the first" : forecast.words());
    }

    private static String share(double share) {
        long parts = Math.round(1 / share);
        return parts == 1 ? "all epochs" : "1/" + parts + " of their epochs";
    }
}
