package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.Remedies;
import dev.finetune4j.error.Location;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.Provider;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a person types to go on from a run that came to nothing. */
final class NextCommand {
    private NextCommand() {}

    /** What makes another attempt at the job of a run, or the first that its place has. */
    static String launch(RunView view, Providers providers) {
        try (Provider place = Outcomes.open(view, providers)) {
            return launch(view, place.capabilities());
        }
    }

    /**
     * What lets a run go on that was stopped or failed; empty where its place cannot, or never had it. Whose time is used up begins anew,
     * with more of it.
     */
    static Optional<String> goOn(RunView view, RunOutcome outcome, Providers providers) {
        if (!view.isLaunchedHere()) {
            return Optional.empty();
        }
        try (Provider place = Outcomes.open(view, providers)) {
            return goOn(view, outcome, place.capabilities());
        }
    }

    private static Optional<String> goOn(RunView view, RunOutcome outcome, Capabilities place) {
        Duration limit = view.job().budget().maxTime();
        boolean byBudget = outcome instanceof RunOutcome.Stopped stopped && stopped.byBudget();
        if (limit != null && RunningTime.isUsedUp(byBudget, place)) {
            return Optional.of(launch(view, place) + "    # from the start, once budget.max-time is more than the "
                    + Figures.duration(limit) + " that are used up");
        }
        return place.supportsResume() ? Optional.of("finetune resume " + view.id()) : Optional.empty();
    }

    private static String launch(RunView view, Capabilities place) {
        String file = file(view.jobFile());
        if (!place.bills()) {
            return "finetune run " + file;
        }
        return "finetune launch " + file + (view.submitted() == null ? "" : " --again");
    }

    private static String file(@Nullable String jobFile) {
        return jobFile == null || jobFile.equals(Location.JOB) ? "JOB" : Remedies.quoted(jobFile);
    }
}
