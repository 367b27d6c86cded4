package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunLock;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.watch.RunWatch;
import dev.finetune4j.engine.watch.WatchPace;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import java.time.Duration;
import java.util.Optional;

/**
 * Looks on while another process drives a run: tells its events and waits until it is closed. Writes nothing, unless the other
 * process is gone: then it takes over.
 */
final class RunObserver {
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final LaunchContext context;
    private final RunFolder folder;
    private final EventLog events;
    private boolean watched;

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
            Optional<RunView> view = RunView.of(folder.read());
            if (view.filter(RunView::closed).isPresent()) {
                return Outcomes.of(view.get(), folder.read());
            }
            if (!watched && view.map(RunView::submitted).isPresent()) {
                try {
                    watch(view.get());
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

    private void watch(RunView view) throws InterruptedException {
        try (Provider provider = Outcomes.open(view, context.providers())) {
            WatchPace pace = WatchPace.of(provider.capabilities());
            SpendMeter meter = new SpendMeter(Agreement.of(view.job().budget(), folder.read()));
            new RunWatch(provider, folder.id(), EventPage.START, pace, context.clock(), context.sleeper())
                    .follow(new RunWatch.Listener() {
                        @Override
                        public void happened(RunEvent event, String cursor) {
                            events.add(event);
                        }

                        @Override
                        public void looked(JobSnapshot now) {
                            meter.read(now, context.clock().instant()).ifPresent(events::add);
                        }
                    });
        }
        watched = true;
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
