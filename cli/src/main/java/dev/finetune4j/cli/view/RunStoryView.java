package dev.finetune4j.cli.view;

import dev.finetune4j.engine.report.RunStory;
import dev.finetune4j.value.RunId;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Prints what happened in a run: times in UTC, a day where it changes, reasons below what they are of. */
public final class RunStoryView {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final int INDENT = 10;

    private final Screen screen;

    /** Prints to a screen. */
    public RunStoryView(Screen screen) {
        this.screen = screen;
    }

    /** Prints the story of a run. */
    public void print(RunId run, RunStory story) {
        screen.line("run       " + run);
        LocalDate day = null;
        for (RunStory.Chapter chapter : story.chapters()) {
            LocalDate itsDay = LocalDate.ofInstant(chapter.at(), ZoneOffset.UTC);
            if (!itsDay.equals(day)) {
                screen.line(screen.paint(Tone.FAINT, itsDay + " UTC"));
                day = itsDay;
            }
            String time = TIME.format(chapter.at().atOffset(ZoneOffset.UTC));
            screen.line(screen.paint(Tone.FAINT, time) + "  " + Wrap.hanging(chapter.what(), screen.columns(), INDENT));
            for (String reason : chapter.because()) {
                screen.line(" ".repeat(INDENT + 2) + Wrap.hanging(reason, screen.columns(), INDENT + 2));
            }
        }
    }
}
