package dev.finetune4j.cli.view;

import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Severity;
import dev.finetune4j.job.Budget;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * Shows what a run does while it does it: on a terminal one line that is drawn anew, with milestones above it; elsewhere plain
 * {@code key=value} lines at an interval. Safe for use by several threads.
 */
public final class LiveView implements MessageView {
    /** How often a line is printed where nobody sees it change. */
    public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(2);

    private static final long REDRAW_MILLIS = 250;
    private static final int CURVE_WIDTH = 40;
    private static final int INDENT = 2;

    private final Screen screen;
    private final Clock clock;
    private final Duration interval;
    private final RunProgress progress;
    private final ProblemView problems;
    private final Ticker ticker;
    private Instant printedAt;
    private String printed = "";
    private boolean isDrawn;
    private boolean isCurveShown;
    private boolean isClosed;
    private boolean isResting;

    /**
     * Starts to show.
     *
     * @param interval time between plain lines; a terminal's line is drawn anew four times a second
     */
    public LiveView(Screen screen, Clock clock, Duration interval) {
        this.screen = screen;
        this.clock = clock;
        this.interval = interval;
        progress = new RunProgress(clock.instant());
        problems = new ProblemView(screen);
        printedAt = clock.instant();
        ticker = new Ticker(this::tick, REDRAW_MILLIS);
    }

    @Override
    public synchronized void doing(String what) {
        isResting = false;
        progress.enter(RunState.PREPARED, what, clock.instant());
        if (screen.isErrTerminal() && what.length() < screen.columns()) {
            draw();
        } else { // a line that is drawn anew would be cut off, and is gone once the phase ends
            milestone(wrapped(what));
        }
    }

    @Override
    public synchronized void fetching(String what, long doneBytes, long totalBytes) {
        String detail = what;
        if (doneBytes > 0) {
            detail += "  " + Figures.bytes(doneBytes);
        }
        if (doneBytes > 0 && totalBytes > 0) {
            detail += " of " + Figures.bytes(totalBytes) + "  " + 100 * doneBytes / totalBytes + "%";
        }
        progress.enter(RunState.PREPARED, detail, clock.instant());
    }

    @Override
    public synchronized void counted(int doneRows, int totalRows) {
        progress.count(doneRows, totalRows);
    }

    @Override
    public void took(RunId run, RunHandle.Begin begin) {
        milestone(
                switch (begin) {
                    case LAUNCHED -> "run " + run;
                    case CONTINUED -> "run " + run + " goes on where it was left";
                    case ATTACHED -> "run " + run + " is under way already; looking on";
                    case ENDED -> "run " + run + " has ended already";
                });
    }

    @Override
    public synchronized void accept(RunEvent event) {
        progress.accept(event);
        if (event instanceof RunEvent.StateChanged change && !change.state().isTerminal()) {
            if (change.state() == RunState.EVALUATING && !isCurveShown) {
                isCurveShown = true;
                milestone(progress.lossCurve(CURVE_WIDTH));
            }
            String state = change.state().name().toLowerCase(Locale.ROOT);
            milestone(change.message().isEmpty() ? state : state + ": " + change.message());
        } else if (event instanceof RunEvent.TrainingStarted start) {
            milestone(wrapped(String.format(
                    Locale.ROOT,
                    "training %s of %s parameters, %s, %s, %d %s%s",
                    Figures.count(start.trainableParameters()),
                    Figures.count(start.parameters()),
                    Figures.steps(start.steps()),
                    start.precision(),
                    start.threads(),
                    start.threads() == 1 ? "thread" : "threads",
                    start.predictedPeakBytes() < 0
                            ? ""
                            : ", about " + Figures.bytes(start.predictedPeakBytes()) + " of memory")));
        } else if (event instanceof RunEvent.ValidationCompleted validation) {
            milestone(String.format(
                    Locale.ROOT,
                    "step %d: validation loss %.4f%s",
                    validation.step(),
                    validation.loss(),
                    validation.best() ? " (best so far)" : ""));
        } else if (event instanceof RunEvent.Resumed resumed) {
            milestone("resumed after step " + resumed.step());
        } else if (event instanceof RunEvent.StoppedEarly early) {
            milestone(wrapped("stopped early after step " + early.step() + ": " + early.reason()));
        } else if (event instanceof RunEvent.Noticed noticed
                && noticed.problem().severity() != Severity.ERROR) {
            milestone(problems.text(noticed.problem()));
        }
    }

    @Override
    public synchronized void past(RunEvent event) {
        progress.accept(event);
    }

    @Override
    public synchronized void standing() {
        String reached = progress.reached();
        if (!reached.isEmpty()) {
            milestone(reached);
        }
    }

    /** Prints a line that stays. */
    public synchronized void milestone(String text) {
        erase();
        screen.say(text);
        printedAt = clock.instant();
        if (screen.isErrTerminal() && !isClosed && !isResting) {
            draw();
        }
    }

    @Override
    public synchronized void problems(List<Problem> found) {
        erase();
        problems.print(found);
    }

    @Override
    public void file(Path file) {
        String name = file.toString();
        milestone(name.substring(name.lastIndexOf('.') + 1) + ": " + name);
    }

    @Override
    public synchronized void rest() {
        isResting = true;
        erase();
    }

    @Override
    public void declined(String what) {
        milestone(what);
    }

    @Override
    public synchronized void terms(LaunchTerms terms, Budget budget) {
        erase();
        new LaunchTermsView(screen).print(terms, budget);
    }

    @Override
    public synchronized void detached(Farewell farewell) {
        erase();
        screen.say(wrapped("detached; " + farewell.message()));
        farewell.next()
                .forEach((what, command) ->
                        screen.say(String.format(Locale.ROOT, "  %-10s %s", what + " it:", command)));
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        ticker.close();
        erase();
    }

    private String wrapped(String text) {
        return Wrap.hanging(text, screen.columns(), INDENT);
    }

    private synchronized void tick() {
        if (isClosed || isResting) {
            return;
        }
        Instant now = clock.instant();
        if (screen.isErrTerminal()) {
            draw();
        } else if (Duration.between(printedAt, now).compareTo(interval) >= 0) {
            String line = progress.keyValues(now);
            if (!line.equals(printed)) { // what stands still is told once
                screen.say(line);
                printed = line;
            }
            printedAt = now;
        }
    }

    private void draw() {
        String line = progress.line(clock.instant());
        int room = screen.columns() - 1;
        screen.err().print(Screen.CLEAR_LINE + (line.length() > room ? line.substring(0, room) : line));
        screen.err().flush();
        isDrawn = true;
    }

    private void erase() {
        if (isDrawn) {
            screen.err().print(Screen.CLEAR_LINE);
            screen.err().flush();
            isDrawn = false;
        }
    }
}
