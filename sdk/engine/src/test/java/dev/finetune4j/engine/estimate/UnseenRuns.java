package dev.finetune4j.engine.estimate;

import dev.finetune4j.plan.Fit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The shipped runs, each judged by a calibration that has not seen its family. */
final class UnseenRuns {
    private final List<PublishedRun> runs = PublishedTables.calibrating().runs();
    private final Map<Quantity, Map<String, Calibration>> calibrations = new EnumMap<>(Quantity.class);

    UnseenRuns() {
        for (Quantity quantity : Quantity.values()) {
            Calibrator calibrator = new Calibrator(quantity, runs);
            Map<String, Calibration> byFamily = new HashMap<>();
            byFamily.put("", calibrator.calibrate(Set.of())); // for families that taught nothing
            calibrator.families().forEach(family -> byFamily.put(family, calibrator.calibrate(Set.of(family))));
            calibrations.put(quantity, byFamily);
        }
    }

    List<PublishedRun> runs() {
        return runs;
    }

    /** Estimates of all runs that can be compared. */
    List<Judged> judged(Quantity quantity) {
        List<Judged> judged = new ArrayList<>();
        for (PublishedRun run : runs) {
            if (quantity.observed(run).isUsable()) {
                judged.add(Judged.of(quantity, without(quantity, run.family()), run));
            }
        }
        return judged;
    }

    /** The verdict on a run of known outcome. */
    Fit verdict(PublishedRun run) {
        return Backtest.verdict(new MemoryModel(without(Quantity.MEMORY, run.family())), run);
    }

    private Calibration without(Quantity quantity, String family) {
        Map<String, Calibration> byFamily = Objects.requireNonNull(calibrations.get(quantity));
        return Objects.requireNonNull(byFamily.getOrDefault(family, byFamily.get("")));
    }
}
