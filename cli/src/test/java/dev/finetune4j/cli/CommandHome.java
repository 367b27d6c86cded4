package dev.finetune4j.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Commands of somebody who finds an offline cloud by the environment. */
abstract class CommandHome implements AutoCloseable {
    private final Path home;
    private final Clock clock;

    /**
     * Commands with a home.
     *
     * @param clock by which they tell the time
     */
    CommandHome(Path home, Clock clock) {
        this.home = home;
        this.clock = clock;
    }

    /** What finds the cloud. It holds a secret. */
    abstract Map<String, String> environment();

    /** Variables of somebody whom the cloud does not know. */
    abstract Map<String, String> ofAStranger();

    /** Where finetune keeps its own files. */
    final Path home() {
        return home;
    }

    final Clock clock() {
        return clock;
    }

    final CommandRun command(String... arguments) {
        return CommandRun.at(clock, home, environment(), arguments);
    }

    /** A command with text on its standard input. */
    final CommandRun saying(String said, String... arguments) {
        return CommandRun.saying(said, home, environment(), arguments);
    }

    /** A command that a person answers. */
    final CommandRun typing(String typed, String... arguments) {
        return CommandRun.typing(typed, home, environment(), arguments);
    }

    /** A command of somebody whom the cloud does not know. */
    final CommandRun byAStranger(String... arguments) {
        Map<String, String> environment = new HashMap<>(environment());
        environment.putAll(ofAStranger());
        return CommandRun.in(home, environment, arguments);
    }

    /** A command of the same account on another machine, which knows of no run. */
    final CommandRun elsewhere(Path otherHome, String... arguments) {
        return CommandRun.in(otherHome, environment(), arguments);
    }

    /** Waits until "finetune ps" tells this of a run; what it tells. */
    final String await(String run, String state) {
        while (true) {
            Optional<String> line = command("ps")
                    .out()
                    .lines()
                    .filter(one -> one.startsWith(run) && one.contains(state))
                    .findFirst();
            if (line.isPresent()) {
                return line.get();
            }
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }

    /** The newest run. */
    final String run() {
        return command("ps").out().lines().skip(1).findFirst().orElseThrow().split(" ", 2)[0];
    }

    @Override
    public abstract void close();
}
