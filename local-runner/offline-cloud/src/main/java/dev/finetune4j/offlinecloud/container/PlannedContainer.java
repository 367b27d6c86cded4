package dev.finetune4j.offlinecloud.container;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A container that computes nothing and ends when it was planned to; what a job costs and how its states follow each other can be tested
 * with it, with years in a second. One whose machine was taken back goes on where it was if it keeps checkpoints and finds them, else from the start.
 *
 * @param work how long it computes
 * @param exitCode what it ends with
 * @param failure what it says of a failure, empty if nothing
 * @param keepsCheckpoints whether it goes on where it was
 * @param windDown how long it takes to end once it is told to
 */
public record PlannedContainer(Duration work, int exitCode, String failure, boolean keepsCheckpoints, Duration windDown)
        implements Container {
    private static final int TERMINATED = 143;
    private static final int KILLED = 137;

    /** Succeeds after some time, and keeps checkpoints. */
    public static PlannedContainer succeedingAfter(Duration work) {
        return new PlannedContainer(work, 0, "", true, Duration.ofSeconds(5));
    }

    /** Fails after some time. */
    public static PlannedContainer failingAfter(Duration work, int exitCode, String failure) {
        return new PlannedContainer(work, exitCode, failure, true, Duration.ofSeconds(5));
    }

    /** The same with another time to end in once it is told to; five seconds unless said. */
    public PlannedContainer windingDownIn(Duration time) {
        return new PlannedContainer(work, exitCode, failure, keepsCheckpoints, time);
    }

    @Override
    public Running start(ObjectNode job, Instant at, Duration ranBefore, Consumer<String> log) {
        Duration left = keepsCheckpoints ? work.minus(ranBefore) : work;
        log.accept("begins to compute for " + Durations.format(work));
        return new PlannedRun(at, new Ending(at.plus(left.isNegative() ? Duration.ZERO : left), exitCode, failure));
    }

    private final class PlannedRun implements Running {
        private final Instant begun;
        private Ending ending;

        PlannedRun(Instant begun, Ending ending) {
            this.begun = begun;
            this.ending = ending;
        }

        @Override
        public Optional<Instant> begunAt() {
            return Optional.of(begun);
        }

        @Override
        public synchronized Optional<Ending> ending() {
            return Optional.of(ending);
        }

        @Override
        public void terminate(Instant at) {
            endBy(at.plus(windDown), TERMINATED);
        }

        @Override
        public void reclaim(Instant at) {
            terminate(at);
        }

        @Override
        public void kill(Instant at) {
            endBy(at, KILLED);
        }

        @Override
        public void close() {
            // it never was more than a plan
        }

        private synchronized void endBy(Instant at, int status) {
            if (at.isBefore(ending.at())) {
                ending = new Ending(at, status, "");
            }
        }
    }
}
