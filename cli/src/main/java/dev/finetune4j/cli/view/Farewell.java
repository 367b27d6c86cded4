package dev.finetune4j.cli.view;

import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.value.RunId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a command says when it lets go of work that goes on.
 *
 * @param run the work
 * @param message what becomes of it
 * @param next command by what it is for, in the order in which they are shown
 */
public record Farewell(RunId run, String message, Map<String, String> next) {
    /** Copies the map in its order. */
    public Farewell {
        next = Collections.unmodifiableMap(new LinkedHashMap<>(next));
    }

    /** Of a run, which can be watched and stopped, wherever it is by now. */
    public static Farewell toRun(RunHandle<RunOutcome> run) {
        return run.goesOn() ? toRun(run.id()) : toUnlaunched(run.id());
    }

    /** Of a run that is at its place. */
    public static Farewell toRun(RunId run) {
        Map<String, String> next = new LinkedHashMap<>();
        next.put("watch", "finetune watch " + run);
        next.put("stop", "finetune stop " + run);
        return new Farewell(run, "the run goes on", next);
    }

    /** Of a run that nobody but this process brings to its place. */
    private static Farewell toUnlaunched(RunId run) {
        Map<String, String> next = new LinkedHashMap<>();
        next.put("launch", "finetune watch " + run);
        next.put("stop", "finetune stop " + run);
        return new Farewell(
                run, "its place is not known to have the run yet, which waits until somebody takes it up", next);
    }

    /** Of files on their way, which come no further without this process. */
    public static Farewell toFetch(RunId run) {
        return new Farewell(run, "not all of it is here", Map.of("fetch", "finetune fetch " + run));
    }

    /** Of runs in a row: the present one goes on, the next are not begun. */
    public static Farewell toSeries(RunId run, String command) {
        Map<String, String> next = new LinkedHashMap<>();
        next.put("watch", "finetune watch " + run);
        next.put("finish", command);
        return new Farewell(run, "this run goes on, the next are not begun", next);
    }

    /** Of a rehearsal, which ends by itself. */
    public static Farewell toRehearsal(RunId work, String command) {
        return new Farewell(work, "the rehearsal ends by itself", Map.of("follow", command));
    }

    /** Of an answer that a tuned model is asked for, which asking again finds. */
    public static Farewell toAnswer(RunId work) {
        return new Farewell(work, "the answer is worked on all the same; the same command again takes it up", Map.of());
    }
}
