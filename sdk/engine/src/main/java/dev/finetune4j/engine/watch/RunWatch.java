package dev.finetune4j.engine.watch;

import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Retry;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.RunId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Follows one job to its end. Keeps nothing that the provider does not keep, so that a watcher that dies is replaced by another
 * that starts at its cursor. A provider that cannot be reached is asked again; only one that answers {@value #GONE_AFTER} times in
 * a row that there is no such job has lost it.
 */
public final class RunWatch {
    /** Empty answers in a row after which a job counts as gone: lists and names become consistent late. */
    public static final int GONE_AFTER = 3;

    /** How long a job that has ended is looked at for what is on its way; clocks of places may be minutes off. */
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(1);

    private final Provider provider;
    private final RunId id;
    private final Clock clock;
    private final Sleeper sleeper;
    private final WatchPace pace;
    private final Random random;

    private String cursor;
    private @Nullable RunState told;
    private @Nullable Duration pause;
    private @Nullable Instant unreachableSince;
    private @Nullable Instant endedSince;
    private int emptyAnswers;

    /** What a watcher tells. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Something happened.
         *
         * @param event what
         * @param cursor where a later watcher goes on so that it misses nothing; it may see this event again
         */
        void happened(RunEvent event, String cursor);

        /** The place was looked at, and this is what it said of the job. */
        default void looked(JobSnapshot now) {}
    }

    /**
     * A watcher that starts after {@code cursor}.
     *
     * @param cursor {@link EventPage#START} for all events from the first
     */
    public RunWatch(Provider provider, RunId id, String cursor, WatchPace pace, Clock clock, Sleeper sleeper) {
        this.provider = provider;
        this.id = id;
        this.cursor = cursor;
        this.pace = pace;
        this.clock = clock;
        this.sleeper = sleeper;
        this.random = new Random(id.hashCode()); // the same pauses each time, so that what went wrong can be repeated
    }

    /**
     * Tells everything that happens and returns when the job has ended and all is told.
     *
     * @return the job as it ended
     * @throws FineTuneException with FT0506 if the provider lost the job, FT0513 if it was unreachable for too long, or what the
     *     provider refuses for good; the job itself is untouched by any of them
     * @throws InterruptedException if the thread was told to stop watching; the job goes on
     */
    public JobSnapshot follow(Listener listener) throws InterruptedException {
        while (true) {
            Look look = new Look();
            Duration next;
            try {
                look.snapshot = find();
                if (look.snapshot != null) {
                    collect(look);
                    next = pauseAfter(look);
                } else {
                    next = pace.afterFailure(pause); // what is listed late takes its time
                }
                unreachableSince = null;
            } catch (FineTuneException e) {
                next = pauseAfter(e);
            }
            look.news.forEach(news -> tell(news, listener));
            if (look.isWhole && look.snapshot != null) {
                listener.looked(look.snapshot);
                if (!awaitsMore(look)) {
                    tellState(look.snapshot, look.news.isEmpty(), listener);
                    if (look.hasEnded()) {
                        return look.snapshot;
                    }
                }
            }
            pause = next;
            sleeper.sleep(pace.scattered(next, random));
        }
    }

    /** What one look at the provider brought; its events are told even where it broke off. */
    private static final class Look {
        private final List<News> news = new ArrayList<>();
        private @Nullable JobSnapshot snapshot;
        private boolean isWhole;
        private boolean isPending;

        boolean hasEnded() {
            return snapshot != null && snapshot.state().isTerminal();
        }
    }

    /** Whether a job has ended, and what it told last is still on its way; not for longer than anything is. */
    private boolean awaitsMore(Look look) {
        if (!look.hasEnded() || !look.isPending) {
            return false;
        }
        Instant now = clock.instant();
        if (endedSince == null) {
            endedSince = now;
        }
        return Duration.between(endedSince, now).compareTo(LONGEST_DELAY) < 0;
    }

    private Duration pauseAfter(Look look) {
        return look.news.isEmpty() && !look.hasEnded() ? pace.afterSilence(pause) : pace.afterNews(pause);
    }

    private record News(RunEvent event, String cursor) {}

    private @Nullable JobSnapshot find() {
        Optional<JobSnapshot> snapshot = provider.find(id);
        emptyAnswers = snapshot.isPresent() ? 0 : emptyAnswers + 1;
        if (emptyAnswers >= GONE_AFTER) {
            throw PlaceProblems.gone(id, provider.id(), emptyAnswers);
        }
        return snapshot.orElse(null);
    }

    private void collect(Look look) {
        EventPage page = provider.events(id, cursor);
        for (; !page.events().isEmpty(); page = provider.events(id, cursor)) {
            int last = page.events().size() - 1;
            for (int i = 0; i <= last; i++) {
                // Within a page the old cursor stays: a watcher that starts there sees events twice rather than never.
                look.news.add(new News(page.events().get(i), i == last ? page.next() : cursor));
            }
            cursor = page.next();
        }
        look.isPending = page.isPending();
        look.isWhole = true;
    }

    private void tell(News news, Listener listener) {
        if (news.event() instanceof RunEvent.StateChanged change) {
            told = change.state();
        }
        listener.happened(news.event(), news.cursor());
    }

    /** Some places tell states sooner, or only, in the snapshot. */
    private void tellState(JobSnapshot snapshot, boolean isSilent, Listener listener) {
        if (snapshot.state() != told && (isSilent || snapshot.state().isTerminal())) {
            Instant at = snapshot.endedAt() == null ? clock.instant() : snapshot.endedAt();
            tell(new News(new RunEvent.StateChanged(at, snapshot.state(), ""), cursor), listener);
        }
    }

    /** How long to wait before the next look after a failure; throws where no later look can succeed. */
    private Duration pauseAfter(FineTuneException failure) {
        Duration wanted = null;
        for (var problem : failure.problems()) {
            if (!(problem.retry() instanceof Retry.After after)) {
                throw failure;
            }
            wanted = wanted == null || after.pause().compareTo(wanted) > 0 ? after.pause() : wanted;
        }
        emptyAnswers = 0; // an answer after an outage is not in a row with those before it
        Instant now = clock.instant();
        if (unreachableSince == null) {
            unreachableSince = now;
        }
        Duration waited = Duration.between(unreachableSince, now);
        if (waited.compareTo(pace.patience()) > 0) {
            throw PlaceProblems.unreachable(id, provider.id(), waited, failure);
        }
        Duration backedOff = pace.afterFailure(pause);
        if (wanted == null || wanted.compareTo(backedOff) < 0) {
            return backedOff;
        }
        return wanted.compareTo(pace.patience()) < 0 ? wanted : pace.patience(); // the next look is the last then
    }
}
