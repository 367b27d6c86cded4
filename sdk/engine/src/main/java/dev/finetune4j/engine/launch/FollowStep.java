package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.watch.RunWatch;
import dev.finetune4j.engine.watch.WatchPace;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Follows a launched job to its end, tells its events and what it costs, and writes its states down. */
final class FollowStep {
    /** How far a provider may overrun a time limit that it keeps itself, before the watcher stops the job too. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final LaunchContext context;
    private final Journal journal;
    private final Provider provider;
    private final EventLog events;
    private final Agreement agreement;

    FollowStep(LaunchContext context, Journal journal, Provider provider, EventLog events, Agreement agreement) {
        this.context = context;
        this.journal = journal;
        this.provider = provider;
        this.events = events;
        this.agreement = agreement;
    }

    /**
     * A job that has ended.
     *
     * @param job what its place says of it
     * @param cursor after its last event
     */
    record Ended(JobSnapshot job, String cursor) {}

    /**
     * Returns when the job has ended and all its events are told.
     *
     * @param cursor after the last event that is told already
     * @throws FineTuneException with FT0506 if the provider lost the job, FT0513 if it was unreachable for too long
     */
    Ended follow(RunId id, String cursor) throws InterruptedException {
        WatchPace pace = WatchPace.of(provider.capabilities());
        RunWatch watch = new RunWatch(provider, id, cursor, pace, context.clock(), pause -> {
            stopOverdue(id);
            context.sleeper().sleep(pause);
        });
        Teller teller = new Teller(cursor);
        JobSnapshot end = watch.follow(teller);
        return new Ended(end, teller.cursor);
    }

    /** Hands on what happens. */
    private final class Teller implements RunWatch.Listener {
        private final SpendMeter meter = new SpendMeter(agreement.budget(), () -> agreement);
        private String cursor;

        Teller(String cursor) {
            this.cursor = cursor;
        }

        @Override
        public void happened(RunEvent event, String next) {
            cursor = next;
            events.add(event);
            if (event instanceof RunEvent.StateChanged change) {
                writeDown(change, next);
            }
        }

        @Override
        public void looked(JobSnapshot now) {
            meter.read(now, context.clock().instant()).forEach(events::add);
        }
    }

    /** A watcher that comes later sees all events again; only those after the last state that is written down are new. */
    private void writeDown(RunEvent.StateChanged change, String cursor) {
        List<JournalEntry.StateSeen> seen = journal.content()
                .entries()
                .filter(JournalEntry.StateSeen.class::isInstance)
                .map(JournalEntry.StateSeen.class::cast)
                .toList();
        boolean isNew = seen.stream()
                .noneMatch(one -> one.eventAt().isAfter(change.at())
                        || (one.eventAt().equals(change.at()) && one.state() == change.state()));
        if (isNew) {
            journal.append(new JournalEntry.StateSeen(change.state(), change.at(), cursor));
        }
    }

    /** Where time is billed, waiting for a machine does not count. */
    private boolean isOverdue(RunId id, Duration limit) {
        return !provider.capabilities().billsTime()
                || provider.find(id)
                        .filter(now -> now.billedTime().compareTo(limit.plus(GRACE)) > 0)
                        .isPresent();
    }

    /** The second of two stops: the provider's own limit is the first. */
    private void stopOverdue(RunId id) {
        Duration limit = agreement.timeLimit();
        Duration overAll = agreement.limitOverAll();
        if (limit == null || overAll == null || !provider.capabilities().supportsStop()) {
            return;
        }
        Instant launched = journal.content().lines().stream()
                .filter(line -> line.entry() instanceof JournalEntry.Submitted)
                .reduce((earlier, later) -> later)
                .orElseThrow()
                .at();
        if (context.clock().instant().isAfter(launched.plus(limit).plus(GRACE))) {
            try {
                if (isOverdue(id, overAll)) {
                    provider.stop(id);
                }
            } catch (FineTuneException e) {
                if (!PatientCall.mayPass(e)) {
                    throw e;
                } // otherwise the next look tries again
            }
        }
    }
}
