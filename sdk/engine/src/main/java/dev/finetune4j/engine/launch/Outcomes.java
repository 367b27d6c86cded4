package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.ProviderId;
import java.util.List;
import java.util.Optional;

/** What a journal says of a run's place and end. */
final class Outcomes {
    private Outcomes() {}

    /** The outcome of a run that is closed. */
    static RunOutcome of(RunView view, JournalContent content) {
        JournalEntry.Closed end = content.last(JournalEntry.Closed.class)
                .orElseThrow(() -> new IllegalStateException("the run must be closed: " + view.id()));
        if (end.state() == RunState.SUCCEEDED && view.output() != null) {
            return new RunOutcome.Succeeded(view.output(), view.evaluation(), view.reports());
        }
        if (end.state() == RunState.STOPPED) {
            return new RunOutcome.Stopped(end.reason(), end.byBudget());
        }
        return new RunOutcome.Failed(
                end.problem() != null
                        ? end.problem()
                        : PlaceProblems.noReason(
                                view.id(), view.provider() == null ? ProviderId.LOCAL : view.provider(), ""));
    }

    /** The state that the place of a run tells now; empty where the run is closed, was not launched there, or its place does not answer. */
    static Optional<RunState> toldNow(RunView view, Providers providers) {
        if (view.closed() || !view.isLaunchedHere()) {
            return Optional.empty();
        }
        try (Provider provider = open(view, providers)) {
            return provider.find(view.id()).map(JobSnapshot::state);
        } catch (FineTuneException e) {
            return Optional.empty(); // unreachable says nothing about the run
        }
    }

    /** Where the run is, or is to be launched. */
    static ProviderId place(RunView view, Providers providers) {
        return view.provider() == null ? providers.choose(view.job()) : view.provider();
    }

    /** A client of the place where the run is, or is to be launched; the caller closes it. */
    static Provider open(RunView view, Providers providers) {
        return providers.open(place(view, providers), view.job());
    }

    /** A client of the place that had the run last: the one that it left, until the next says that it has it; the caller closes it. */
    static Provider openLaunched(RunView view, Providers providers) {
        ProviderId had = view.launchedAt();
        return had == null ? open(view, providers) : providers.open(had, view.job());
    }

    /**
     * A client of the place that does further work with the run's model; the caller closes it. What is billed there, or what it
     * does not do, is done on this machine, where model and output lie.
     *
     * @throws FineTuneException with FT0507 if this machine has no runner
     */
    static Provider openForSideWork(RunView view, Providers providers) {
        Provider place = open(view, providers);
        Capabilities can = place.capabilities();
        if (!can.bills() && (can.supportsCustomWork() || !can.givesModel())) {
            return place;
        }
        place.close();
        return providers.open(ProviderId.LOCAL, view.job());
    }

    /** The closed list of answers of the run's rows. */
    static List<String> labels(RunView view) {
        return view.prepared() == null ? List.of() : view.prepared().labels();
    }
}
