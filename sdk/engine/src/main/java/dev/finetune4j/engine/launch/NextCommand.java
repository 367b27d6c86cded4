package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.Remedies;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.Provider;
import java.time.Duration;
import java.util.Optional;

/** What a person types to go on from a run that came to nothing. */
final class NextCommand {
    private NextCommand() {}

    /** What makes another attempt at the job of a run, or the first that its place has. */
    static String launch(RunView view, Providers providers) {
        try (Provider place = Outcomes.open(view, providers)) {
            return named(launch(view, place.capabilities()), view);
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
            Capabilities can = place.capabilities();
            Optional<String> anew = anew(view, outcome, can).map(command -> named(command, view));
            return anew.isPresent() || !can.supportsResume() ? anew : Optional.of("finetune resume " + view.id());
        }
    }

    /**
     * What begins a run anew that would be stopped again as soon as it is resumed, since its time is used up; empty where it has some left.
     *
     * @return a remedy that has {@code JOB} in the place of the job file
     */
    static Optional<String> anew(RunView view, RunOutcome outcome, Capabilities place) {
        Duration limit = view.job().budget().maxTime();
        boolean byBudget = outcome instanceof RunOutcome.Stopped stopped && stopped.byBudget();
        if (limit == null || !RunningTime.isUsedUp(byBudget, place)) {
            return Optional.empty();
        }
        return Optional.of(onceRaised(launch(view, place), limit));
    }

    /** A command that begins anew what would be stopped again with no more time than its budget gave it. */
    static String onceRaised(String command, Duration limit) {
        return command + "    # from the start, once budget.max-time is more than the " + Figures.duration(limit)
                + " that are used up";
    }

    private static String launch(RunView view, Capabilities place) {
        if (!place.bills()) {
            return "finetune run JOB";
        }
        return "finetune launch JOB" + (view.submitted() == null ? "" : " --again");
    }

    private static String named(String command, RunView view) {
        return Remedies.named(command, view.jobFile(), null);
    }
}
