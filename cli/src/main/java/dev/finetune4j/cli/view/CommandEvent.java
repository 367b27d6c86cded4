package dev.finetune4j.cli.view;

import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.error.Severity;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.value.Kind;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a command tells programs beside the events of a run; each is one line of JSON with its kind. */
sealed interface CommandEvent {
    /**
     * A phase of the client's own work begins.
     *
     * @param at when
     * @param doing what is done, in words
     */
    @Kind("phase")
    record PhaseBegun(Instant at, String doing) implements CommandEvent {}

    /**
     * Part of a phase is done.
     *
     * @param at when
     * @param what what is fetched or looked at
     * @param doneBytes bytes so far, or null where they are not counted
     * @param totalBytes bytes in all, or null where they are not known
     */
    @Kind("fetch")
    record Fetching(
            Instant at,
            String what,
            @Nullable Long doneBytes,
            @Nullable Long totalBytes) implements CommandEvent {}

    /**
     * Nothing was told for a while, but the work goes on.
     *
     * @param at when
     * @param doing what is done, in words
     * @param seconds since when, in seconds
     */
    @Kind("waiting")
    record Waiting(Instant at, String doing, long seconds) implements CommandEvent {}

    /**
     * What a launch may take at most.
     *
     * @param at when
     * @param terms as somebody is asked to agree to them
     */
    @Kind("terms")
    record TermsTold(Instant at, LaunchTerms terms) implements CommandEvent {}

    /**
     * The command has its run.
     *
     * @param at when
     * @param run its id
     * @param begin how the command came to it
     */
    @Kind("run")
    record RunTaken(Instant at, RunId run, RunHandle.Begin begin) implements CommandEvent {}

    /**
     * Something is wrong.
     *
     * @param at when
     * @param severity whether it stops the command
     * @param code the stable code
     * @param title what the code stands for
     * @param summary what happened
     * @param place where, as text for people; null where no place is to blame
     * @param location where, in parts; null where no place is to blame
     * @param causes why
     * @param remedies what to do, the best first
     * @param retry whether the same command may succeed later
     * @param exitCode what the process ends with when this is an error
     */
    @Kind("problem")
    record ProblemFound(
            Instant at,
            Severity severity,
            String code,
            String title,
            String summary,
            @Nullable String place,
            @Nullable Location location,
            List<String> causes,
            List<String> remedies,
            Retry retry,
            ExitCode exitCode)
            implements CommandEvent {
        static ProblemFound of(Instant at, Problem problem) {
            return new ProblemFound(
                    at,
                    problem.severity(),
                    problem.code(),
                    problem.kind().title(),
                    problem.summary(),
                    problem.place().map(Location::toString).orElse(null),
                    problem.location(),
                    problem.causes(),
                    problem.remedies(),
                    problem.retry(),
                    problem.kind().exitCode());
        }
    }

    /**
     * A file was written beside the result, or lies there.
     *
     * @param at when
     * @param path the file
     */
    @Kind("file")
    record FileTold(Instant at, Path path) implements CommandEvent {}

    /**
     * Somebody did not agree, so that the command ends.
     *
     * @param at when
     * @param message what was not done
     */
    @Kind("declined")
    record Declined(Instant at, String message) implements CommandEvent {}

    /**
     * A remark beside the result.
     *
     * @param at when
     * @param message what is to be known
     */
    @Kind("note")
    record Noted(Instant at, String message) implements CommandEvent {}

    /**
     * The command lets go of work that goes on.
     *
     * @param at when
     * @param run the work
     * @param message what becomes of it
     * @param next command by what it is for
     */
    @Kind("detached")
    record Detached(Instant at, RunId run, String message, Map<String, String> next) implements CommandEvent {}
}
