package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.engine.watch.RunWatch;
import dev.finetune4j.engine.watch.WatchPace;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Follows a launched job to its end, tells its events and what it costs, and writes its states down. */
final class FollowStep {
    /** How far a provider may overrun a time limit that it keeps itself, before the watcher stops the job too. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    /** A place may ask to stay away for longer, and money goes on being spent meanwhile. */
    private static final Duration BETWEEN_STOPS = Duration.ofMinutes(5);

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
        Teller teller = new Teller(cursor);
        RunWatch watch = new RunWatch(
                provider, id, cursor, pace, context.clock(), pause -> keepLimit(id, pause, teller::billedAtMost));
        try {
            JobSnapshot end = watch.follow(teller);
            return new Ended(end, teller.cursor);
        } catch (FineTuneException e) {
            throw keepsNoLimit()
                    ? new FineTuneException(
                            e.problems().stream().map(FollowStep::unwatched).toList(), e)
                    : e;
        }
    }

    /** Whether nothing but a watcher ends the job where its budget ends. */
    private boolean keepsNoLimit() {
        return agreement.timeLimit() != null
                && provider.capabilities().billsTime()
                && !provider.capabilities().supportsTimeLimit();
    }

    /** What ended a watch, with what comes of that. */
    private static Problem unwatched(Problem problem) {
        List<String> causes = new ArrayList<>(problem.causes());
        causes.add("until somebody watches it again, nothing ends the job at its limit");
        return problem.kind().equals(PlaceProblems.UNREACHABLE) ? problem.withCauses(causes) : problem;
    }

    /** Sleeps, and stops the job meanwhile if it is to be stopped. */
    private void keepLimit(RunId id, Duration pause, Supplier<Duration> billedAtMost) throws InterruptedException {
        Duration left = pause;
        do {
            stopOverdue(id, billedAtMost);
            Duration piece = left.compareTo(BETWEEN_STOPS) < 0 ? left : BETWEEN_STOPS;
            context.sleeper().sleep(piece);
            left = left.minus(piece);
        } while (left.compareTo(Duration.ZERO) > 0);
    }

    /** Hands on what happens. */
    private final class Teller implements RunWatch.Listener {
        private final SpendMeter meter = new SpendMeter(agreement.budget(), () -> agreement);
        private String cursor;
        private Duration billed = Duration.ZERO;
        private @Nullable Instant lookedAt;

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
            billed = now.billedTime();
            lookedAt = context.clock().instant();
            meter.read(now, context.clock().instant()).forEach(events::add);
        }

        /** What the job was billed for at the last look, and all the time since; nothing where there was no look. */
        Duration billedAtMost() {
            return lookedAt == null
                    ? Duration.ZERO
                    : billed.plus(Duration.between(lookedAt, context.clock().instant()));
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
    private boolean isOverdue(RunId id, Duration limit, Supplier<Duration> billedAtMost) {
        if (!provider.capabilities().billsTime()) {
            return true;
        }
        Duration longest = limit.plus(GRACE);
        try {
            return provider.find(id)
                    .filter(now -> now.billedTime().compareTo(longest) > 0)
                    .isPresent();
        } catch (FineTuneException e) {
            if (!keepsNoLimit() || !PatientCall.mayPass(e)) {
                throw e;
            }
            return billedAtMost.get().compareTo(longest) > 0;
        }
    }

    /**
     * The second of two stops: the provider's own limit is the first. Where there is no first one, a job that cannot be looked at is stopped as
     * soon as it may be overdue.
     */
    private void stopOverdue(RunId id, Supplier<Duration> billedAtMost) {
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
                if (isOverdue(id, overAll, billedAtMost)) {
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
