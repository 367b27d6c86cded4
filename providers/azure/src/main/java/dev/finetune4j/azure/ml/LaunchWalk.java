package dev.finetune4j.azure.ml;

import dev.finetune4j.azure.ml.AzureMlStatusMapper.Launch;
import dev.finetune4j.value.RunId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The launches of a run, of which each is asked for one after the other. What was found last is remembered, so that a watcher, who asks for the
 * state and then for what happened, page after page, walks once. Safe for use by several threads, of which none waits for another's calls.
 */
final class LaunchWalk {
    /** So long what was found serves whoever asks what happened. */
    private static final Duration SERVES = Duration.ofSeconds(2);

    /** Records in a row that may have been removed, at most, of launches that another followed. */
    private static final int MOST_REMOVED = 2;

    private final CommandJobs jobs;
    private final Clock clock;
    private final Map<String, Wait> waits = new HashMap<>();

    /** Names that looks saw removed. */
    private final Set<String> removed = ConcurrentHashMap.newKeySet();

    private @Nullable Found last;
    private long forgotten;

    LaunchWalk(CommandJobs jobs, Clock clock) {
        this.jobs = jobs;
        this.clock = clock;
    }

    /** What a walk found. */
    private record Found(RunId id, Instant at, List<Launch> launches) {}

    /**
     * How long a launch waited for another machine after its own was taken back, as far as looks saw it.
     *
     * @param before of waits that are over
     * @param first when a look first saw the wait that lasts; null while there is none
     * @param latest when a look last saw it
     */
    private record Wait(Duration before, @Nullable Instant first, Instant latest) {
        Duration time() {
            return first == null ? before : before.plus(Duration.between(first, latest));
        }

        Wait seen(boolean isWaiting, Instant now) {
            return isWaiting ? new Wait(before, first == null ? now : first, now) : new Wait(time(), null, now);
        }
    }

    /** Azure's name of a launch, counted from 1: the same each time it is asked for, so that no two jobs come of one launch. */
    static String name(RunId id, int launch) {
        return launch == 1 ? id.value() : id.value() + "-r" + launch;
    }

    /** What {@link #name} counted a launch as. */
    static int number(RunId id, Launch launch) {
        String name = launch.job().name();
        return name.equals(id.value())
                ? 1
                : Integer.parseInt(name.substring(id.value().length() + "-r".length()));
    }

    private static int next(RunId id, List<Launch> launches) {
        return launches.isEmpty() ? 1 : number(id, launches.get(launches.size() - 1)) + 1;
    }

    /** What {@link #name} counts the launch after these as, as {@link #now} told them: not that of a removed one whose record stays. */
    int nextNumber(RunId id, List<Launch> launches) {
        return IntStream.iterate(next(id, launches), number -> number + 1)
                .filter(number -> !removed.contains(name(id, number)))
                .findFirst()
                .orElseThrow();
    }

    /**
     * The launches as they are now, first to last; there is a next one only where the last one stopped or failed. Empty where there is none. Records
     * of such as failed may have been removed by somebody.
     */
    List<Launch> now(RunId id) {
        long before = forgotten();
        List<Launch> settled = settled(id);
        List<Launch> launches = walk(id, settled);
        if (launches.size() == settled.size() && !settled.isEmpty()) {
            launches = walk(id, List.of()); // somebody removes them, from the last to the first
        }
        remember(new Found(id, clock.instant(), List.copyOf(launches)), before);
        return launches;
    }

    private synchronized long forgotten() {
        return forgotten;
    }

    /** Unless something was done with a job meanwhile. */
    private synchronized void remember(Found found, long before) {
        if (forgotten == before) {
            last = found;
        }
    }

    /** The same, or as they were at a look a moment ago. */
    List<Launch> recent(RunId id) {
        return last(id).filter(
                        found -> Duration.between(found.at(), clock.instant()).compareTo(SERVES) <= 0)
                .map(Found::launches)
                .orElseGet(() -> now(id));
    }

    /** After something was done with a job. */
    synchronized void forget() {
        last = null;
        forgotten++;
    }

    private synchronized Optional<Found> last(RunId id) {
        return Optional.ofNullable(last)
                .filter(found -> found.id().equals(id) && !found.launches().isEmpty());
    }

    /** What never changes: launches that ended, were told of, and were followed by another. */
    private List<Launch> settled(RunId id) {
        List<Launch> launches = last(id).map(Found::launches).orElse(List.of());
        List<Launch> before = launches.subList(0, Math.max(0, launches.size() - 1));
        return before.stream().allMatch(launch -> launch.details() != null) ? before : List.of();
    }

    private List<Launch> walk(RunId id, List<Launch> settled) {
        List<Launch> launches = new ArrayList<>(settled);
        Optional<AzureJob> next = following(id, launches);
        while (next.isPresent()) {
            AzureJob job = next.get();
            launches.add(launch(job, jobs.details(job.name()).orElse(null)));
            next = job.hasEnded() && !job.hasSucceeded() ? following(id, launches) : Optional.empty();
        }
        return launches;
    }

    /** The next one that is there, behind few that are not, and any that are removed though their records stay. */
    private Optional<AzureJob> following(RunId id, List<Launch> launches) {
        int absent = 0;
        for (int number = next(id, launches); absent <= MOST_REMOVED; number++) {
            Optional<AzureJob> found = jobs.find(name(id, number));
            if (found.isEmpty()) {
                absent++;
            } else if (found.get().isRemoved()) {
                removed.add(found.get().name());
            } else {
                return found;
            }
        }
        return Optional.empty();
    }

    private Launch launch(AzureJob job, @Nullable RunDetails details) {
        Launch launch = new Launch(job, details);
        return new Launch(job, details, waited(launch, clock.instant()));
    }

    private synchronized Duration waited(Launch launch, Instant now) {
        Wait before = waits.get(launch.job().name());
        if (before == null && !launch.isWaiting()) {
            return Duration.ZERO; // most jobs never wait, and are not remembered
        }
        Wait wait = (before == null ? new Wait(Duration.ZERO, null, now) : before).seen(launch.isWaiting(), now);
        waits.put(launch.job().name(), wait);
        return wait.time();
    }
}
