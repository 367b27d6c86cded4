package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunLock;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.watch.RunWatch;
import dev.finetune4j.engine.watch.WatchPace;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.Budget;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.ProviderId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks on while another process drives a run: tells its events and waits until it is closed. Writes nothing, unless the other
 * process is gone: then it takes over.
 */
final class RunObserver {
    /** Between two looks at the journal. */
    static final Duration PAUSE = Duration.ofMillis(200);

    private final LaunchContext context;
    private final RunFolder folder;
    private final EventLog events;
    private String cursor = EventPage.START;
    private @Nullable ProviderId watched;
    private long launchesWatched;
    private int movesTold;
    private @Nullable SpendMeter meter;
    private @Nullable Budget metered;

    RunObserver(LaunchContext context, RunFolder folder, EventLog events) {
        this.context = context;
        this.folder = folder;
        this.events = events;
    }

    /**
     * Returns when the run is closed.
     *
     * @throws FineTuneException if the run cannot be followed; it goes on all the same
     */
    RunOutcome observe() throws InterruptedException {
        while (true) {
            JournalContent content = folder.read();
            Optional<RunView> view = RunView.of(content);
            if (view.filter(RunView::closed).isPresent()) {
                if (launches(content) > launchesWatched) {
                    watchEnded(view.get());
                }
                tellMoves(content, Instant.MAX);
                return Outcomes.of(view.get(), content);
            }
            // Counted before the look: a launch that comes during it may be told to its end by it, and is looked at
            // once more.
            long launches = launches(content);
            // Not while it is brought to another place, which knows nothing of it.
            boolean isThere = view.filter(RunView::isLaunchedHere).isPresent();
            if (launches > launchesWatched && isThere) {
                try {
                    watch(view.orElseThrow());
                    launchesWatched = launches;
                } catch (FineTuneException e) {
                    // Whoever drives the run decides what this means for it.
                    return takeOver(RunLock.tryTake(folder, context.files()).orElseThrow(() -> e));
                }
            }
            Optional<RunLock> lock = RunLock.tryTake(folder, context.files());
            if (lock.isPresent()) {
                return takeOver(lock.get());
            }
            context.sleeper().sleep(PAUSE);
        }
    }

    private static long launches(JournalContent content) {
        return content.entries()
                .filter(JournalEntry.Submitted.class::isInstance)
                .count();
    }

    private void watch(RunView view) throws InterruptedException {
        try (Provider provider = Outcomes.open(view, context.providers())) {
            if (!provider.id().equals(watched)) {
                cursor = EventPage.START; // of this place
                watched = provider.id();
            }
            WatchPace pace = WatchPace.of(provider.capabilities());
            new RunWatch(provider, folder.id(), cursor, pace, context.clock(), context.sleeper())
                    .follow(new Teller(meter(view.job().budget())));
        }
    }

    /** A launch that began and ended between two looks: what its place still tells of it. */
    private void watchEnded(RunView view) throws InterruptedException {
        if (!view.isLaunchedHere()) {
            return;
        }
        try (Provider provider = Outcomes.open(view, context.providers())) {
            if (provider.find(folder.id())
                    .filter(job -> job.state().isTerminal())
                    .isPresent()) {
                watch(view);
            }
        } catch (FineTuneException e) {
            // The outcome is known all the same, and stands in the journal.
        }
    }

    /** The moves until then that are not told yet: only the driver's journal knows them. */
    private void tellMoves(JournalContent content, Instant until) {
        List<RunEvent> moves = new MoveTeller(content).all();
        while (movesTold < moves.size() && !moves.get(movesTold).at().isAfter(until)) {
            events.add(moves.get(movesTold++));
        }
    }

    /** One for all machines that the run comes to: what was told of the first is not told again on the next. */
    private SpendMeter meter(Budget budget) {
        SpendMeter current = meter;
        if (current == null || !budget.equals(metered)) {
            current = new SpendMeter(budget, () -> Agreement.of(budget, folder.read()));
            meter = current;
            metered = budget;
        }
        return current;
    }

    /** Hands on what happens; what the driver tells between two launches among it. */
    private final class Teller implements RunWatch.Listener {
        private final SpendMeter meter;

        Teller(SpendMeter meter) {
            this.meter = meter;
        }

        @Override
        public void happened(RunEvent event, String next) {
            cursor = next;
            if (event instanceof RunEvent.StateChanged change) {
                tellMoves(folder.read(), event.at());
                if (isTold(change)) {
                    return;
                }
            }
            events.add(event);
        }

        /** A look at a launch that was told to its end before begins with that end. */
        private boolean isTold(RunEvent.StateChanged change) {
            return change.state().isTerminal()
                    && events.events().stream()
                            .filter(RunEvent.StateChanged.class::isInstance)
                            .reduce((earlier, later) -> later)
                            .filter(last -> ((RunEvent.StateChanged) last).state() == change.state())
                            .isPresent();
        }

        @Override
        public void looked(JobSnapshot now) {
            meter.read(now, context.clock().instant()).forEach(events::add);
        }
    }

    /** The driver died. What it would have told is told already, so the new driver tells it to nobody. */
    private RunOutcome takeOver(RunLock lock) throws InterruptedException {
        try (lock;
                Journal journal = Journal.open(folder, context.files(), context.clock(), context.redaction())) {
            if (journal.content().lines().isEmpty()) {
                throw RunProblems.filesMissing(folder.id(), folder.journal());
            }
            EventLog told = events.events().isEmpty() ? events : new EventLog(Runnable::run);
            return new RunDriver(context, folder, journal, told).drive();
        }
    }
}
