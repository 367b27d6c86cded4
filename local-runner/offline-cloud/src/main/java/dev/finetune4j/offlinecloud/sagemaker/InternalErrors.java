package dev.finetune4j.offlinecloud.sagemaker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which jobs meet an error of the service itself, and when. Those of one job come one after the other, in the order in which they were told. Guarded
 * by the service that owns them.
 */
final class InternalErrors {
    private final List<Planned> planned = new ArrayList<>();

    private record Planned(String job, SecondaryStatus status, Duration after) {}

    /** The next time that a job has had a status for so long, it meets one. */
    void plan(String job, SecondaryStatus status, Duration after) {
        planned.add(new Planned(job, status, after));
    }

    /** After how much time in a status the next one of a job comes; empty if none comes in this status. */
    Optional<Duration> next(String job, SecondaryStatus status) {
        return first(job).filter(next -> next.status() == status).map(Planned::after);
    }

    /** The next one of a job has come. */
    void come(String job) {
        first(job).ifPresent(planned::remove);
    }

    private Optional<Planned> first(String job) {
        return planned.stream().filter(one -> one.job().equals(job)).findFirst();
    }
}
