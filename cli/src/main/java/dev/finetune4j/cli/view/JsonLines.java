package dev.finetune4j.cli.view;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Budget;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tells programs what goes on: one JSON object a line, each with its {@code kind}. The events of a run are told as its journal
 * has them; where nothing happens for a while, a line says that the work goes on.
 */
public final class JsonLines implements MessageView {
    private static final Duration QUIET = Duration.ofSeconds(2);
    private static final Duration BETWEEN_FETCHES = Duration.ofMillis(500);
    private static final long LOOK_MILLIS = 250;

    private final Screen screen;
    private final Clock clock;
    private final Ticker ticker;
    private String doing = "";
    private Instant doingSince;
    private Instant toldAt;
    private Instant fetchToldAt = Instant.MIN;
    private RunEvent.@Nullable StepCompleted lastStep;
    private boolean isClosed;

    /** Starts to tell on the error side of {@code screen}. */
    public JsonLines(Screen screen, Clock clock) {
        this.screen = screen;
        this.clock = clock;
        doingSince = clock.instant();
        toldAt = doingSince;
        ticker = new Ticker(this::tick, LOOK_MILLIS);
    }

    @Override
    public synchronized void doing(String what) {
        enter(what);
        tell(new CommandEvent.PhaseBegun(clock.instant(), what));
    }

    @Override
    public synchronized void fetching(String what, long doneBytes, long totalBytes) {
        Instant now = clock.instant();
        if (!what.equals(doing) || !now.isBefore(fetchToldAt.plus(BETWEEN_FETCHES))) {
            enter(what);
            fetchToldAt = now;
            tell(new CommandEvent.Fetching(
                    now, what, doneBytes > 0 ? doneBytes : null, totalBytes > 0 ? totalBytes : null));
        }
    }

    /** A program is told that the work goes on, not with a line for each row. */
    @Override
    public void counted(int doneRows, int totalRows) {}

    @Override
    public synchronized void terms(LaunchTerms terms, Budget budget) {
        tell(new CommandEvent.TermsTold(clock.instant(), terms));
    }

    /** Each line stands for itself, so that a question does no harm to any. */
    @Override
    public void rest() {}

    @Override
    public synchronized void took(RunId run, RunHandle.Begin begin) {
        tell(new CommandEvent.RunTaken(clock.instant(), run, begin));
    }

    @Override
    public synchronized void accept(RunEvent event) {
        if (event instanceof RunEvent.StateChanged change) {
            enter(change.state().name().toLowerCase(Locale.ROOT));
        }
        tell(
                event instanceof RunEvent.Noticed noticed
                        ? CommandEvent.ProblemFound.of(noticed.at(), noticed.problem())
                        : told(event));
    }

    @Override
    public synchronized void past(RunEvent event) {
        if (event instanceof RunEvent.StepCompleted step) {
            lastStep = step;
        }
    }

    @Override
    public synchronized void standing() {
        if (lastStep != null) {
            tell(told(lastStep));
        }
    }

    /** Unknown figures, which events mark by NaN or -1, are left out, as whatever is absent. */
    private static JsonNode told(RunEvent event) {
        JsonNode node = Json.read(Json.line(event), JsonNode.class);
        for (Iterator<JsonNode> values = node.elements(); values.hasNext(); ) {
            JsonNode value = values.next();
            if (value.isTextual() ? value.textValue().equals("NaN") : value.isInt() && value.intValue() == -1) {
                values.remove();
            }
        }
        return node;
    }

    @Override
    public synchronized void problems(List<Problem> problems) {
        problems.forEach(problem -> tell(CommandEvent.ProblemFound.of(clock.instant(), problem)));
    }

    @Override
    public synchronized void file(Path file) {
        tell(new CommandEvent.FileTold(clock.instant(), file));
    }

    @Override
    public synchronized void declined(String what) {
        tell(new CommandEvent.Declined(clock.instant(), what));
    }

    @Override
    public synchronized void detached(Farewell farewell) {
        tell(new CommandEvent.Detached(clock.instant(), farewell.run(), farewell.message(), farewell.next()));
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        ticker.close();
    }

    private void enter(String what) {
        doing = what;
        doingSince = clock.instant();
    }

    private void tell(Object event) {
        screen.say(Json.line(event));
        toldAt = clock.instant();
    }

    private synchronized void tick() {
        Instant now = clock.instant();
        if (!isClosed && !doing.isEmpty() && !now.isBefore(toldAt.plus(QUIET))) {
            tell(new CommandEvent.Waiting(
                    now, doing, Duration.between(doingSince, now).toSeconds()));
        }
    }
}
