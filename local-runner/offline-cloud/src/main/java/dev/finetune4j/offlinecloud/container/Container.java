package dev.finetune4j.offlinecloud.container;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What runs once a job's machine is there and its inputs are on it. Called by several threads, for one job by one at a time. */
public interface Container {
    /**
     * Starts a container.
     *
     * @param job the job as its service hands it to a machine
     * @param at when
     * @param ranBefore how long earlier containers of the same job ran whose machines were taken back, if this one finds their checkpoints;
     *     zero if it has to begin anew
     * @param log takes each line that it prints
     */
    Running start(ObjectNode job, Instant at, Duration ranBefore, Consumer<String> log);

    /**
     * Starts the containers of a job on several machines, which are one to its service: it runs once all of them do, and ends with the last of
     * them; one that fails ends the others.
     *
     * @param hosts the job as its service hands it to each machine
     * @param at when
     * @param ranBefore as for one
     * @param logs takes each line that is printed on a machine, in the order of the machines
     */
    default Running start(
            List<ObjectNode> hosts, Instant at, Duration ranBefore, List<? extends Consumer<String>> logs) {
        List<Running> all = new ArrayList<>();
        for (int host = 0; host < hosts.size(); host++) {
            all.add(start(hosts.get(host), at, ranBefore, logs.get(host)));
        }
        return ContainerGroup.of(all);
    }

    /** Told once, before it starts anything, how what it runs gets at the services around it; for those that run nothing it is nothing. */
    default void connect(CloudAccess access) {
        // what is only planned asks nobody
    }

    /** A container that was started. */
    interface Running {
        /** When it began to run; empty while its inputs are on their way to the machine, and where they never came. */
        Optional<Instant> begunAt();

        /** How and when it ends, if that is known; a container whose end is planned may tell it ahead. */
        Optional<Ending> ending();

        /** Tells it to end within two minutes ({@code SIGTERM}). */
        void terminate(Instant at);

        /** The same, because its machine is taken back: with it goes all that the container left but its checkpoints. */
        void reclaim(Instant at);

        /** Ends it ({@code SIGKILL}). */
        void kill(Instant at);

        /** Ends it, and returns when nothing of it is left that still writes. */
        void close();
    }

    /**
     * The end of a container.
     *
     * @param at when
     * @param exitCode 0 where it did what it should, -1 where it could not run
     * @param failure what it left to say of a failure, empty if nothing
     */
    record Ending(Instant at, int exitCode, String failure) {
        /** The exit code of a container that could not run. */
        public static final int NEVER_RAN = -1;

        /** The end of a container that could not run, by its client's fault. */
        public static Ending ofClient(Instant at, String failure) {
            return new Ending(at, NEVER_RAN, failure);
        }

        /** Whether it ran at all. */
        public boolean hasRun() {
            return exitCode != NEVER_RAN;
        }
    }
}
