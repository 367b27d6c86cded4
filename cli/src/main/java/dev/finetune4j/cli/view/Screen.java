package dev.finetune4j.cli.view;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Where a command writes: results to {@code out}, everything else to {@code err}.
 *
 * @param out results
 * @param err messages, progress and problems
 * @param isOutTerminal whether a person sees {@code out} as it is written
 * @param isErrTerminal whether a person sees {@code err} as it is written, and a line of it can be drawn anew
 * @param hasColor whether colour may be used
 * @param columns width in characters; 80 where it is not known
 * @param loss why something of {@code out} was lost, if it was
 * @param lastWords what is written where the process ends before the command does
 */
public record Screen(
        PrintStream out,
        PrintStream err,
        boolean isOutTerminal,
        boolean isErrTerminal,
        boolean hasColor,
        int columns,
        Supplier<Optional<IOException>> loss,
        LastWords lastWords) {
    /** The width that tables keep to where the terminal's is not known. */
    public static final int DEFAULT_COLUMNS = 80;

    /** Goes to the start of the line and empties it. */
    static final String CLEAR_LINE = "\r\u001b[K";

    private static final String DUMB = "dumb";
    private static final int NARROWEST = 40;
    private static final int WIDEST = 200;

    /** Streams that take everything. */
    public Screen(
            PrintStream out,
            PrintStream err,
            boolean isOutTerminal,
            boolean isErrTerminal,
            boolean hasColor,
            int columns) {
        this(out, err, isOutTerminal, isErrTerminal, hasColor, columns, Optional::empty, new LastWords());
    }

    /**
     * The process's own streams. The launcher says which of them are terminals, since no Java before 22 can tell one from
     * the other and System.console() means something else in each version; without a word there is none.
     *
     * @param environment environment variables: NO_COLOR, CLICOLOR_FORCE, TERM, COLUMNS
     * @param terminals the launcher's word, such as {@code out,err}; empty for none
     */
    public static Screen system(Map<String, String> environment, String terminals) {
        boolean outTerminal = terminals.contains("out");
        boolean errTerminal = terminals.contains("err");
        boolean canRedraw = !environment.getOrDefault("TERM", DUMB).equals(DUMB);
        WitnessedStream out = new WitnessedStream(new FileOutputStream(FileDescriptor.out));
        return new Screen(
                utf8(out),
                utf8(System.err),
                outTerminal,
                errTerminal && canRedraw,
                hasColor(environment, outTerminal && errTerminal && canRedraw),
                columns(environment.getOrDefault("COLUMNS", "")),
                out::loss,
                new LastWords());
    }

    /** {@code text} in a tone, or plain where there is no colour. */
    public String paint(Tone tone, String text) {
        return hasColor ? tone.paint(text) : text;
    }

    /** A text of which a terminal does nothing but show it: each control character but the tab is a blank. */
    public static String withoutControls(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints()
                .map(point -> Character.isISOControl(point) && point != '\t' ? ' ' : point)
                .forEach(shown::appendCodePoint);
        return shown.toString();
    }

    /** One result line. */
    public void line(String text) {
        lastWords.beforeResult();
        out.println(text);
    }

    /**
     * Why results were lost, as on a full disk. Empty where they were not, and where whoever read them has read enough, as {@code head}
     * does.
     */
    public Optional<IOException> lostResult() {
        return loss.get();
    }

    /** One message for the person who waits; shown at once. */
    public void say(String text) {
        err.println(text);
        err.flush();
    }

    /** Shows a line on {@code err} until anything else is written; where no line can be drawn anew it stays. */
    public Screen showUntilMore(String text) {
        if (!isErrTerminal) {
            say(text);
            return this;
        }
        err.print(text);
        err.flush();
        AtomicBoolean isShown = new AtomicBoolean(true);
        Runnable erase = () -> {
            if (isShown.getAndSet(false)) {
                err.print(CLEAR_LINE);
                err.flush();
            }
        };
        return new Screen(
                utf8(new AnnouncedStream(out, erase)),
                utf8(new AnnouncedStream(err, erase)),
                isOutTerminal,
                isErrTerminal,
                hasColor,
                columns,
                loss,
                lastWords);
    }

    /** https://no-color.org and https://bixense.com/clicolors. */
    private static boolean hasColor(Map<String, String> environment, boolean terminal) {
        if (!environment.getOrDefault("NO_COLOR", "").isEmpty()) {
            return false;
        }
        if (!environment.getOrDefault("CLICOLOR_FORCE", "0").equals("0")) {
            return true;
        }
        return terminal;
    }

    private static int columns(String text) {
        return text.matches("\\d{1,4}")
                ? Math.max(NARROWEST, Math.min(WIDEST, Integer.parseInt(text)))
                : DEFAULT_COLUMNS;
    }

    private static PrintStream utf8(OutputStream stream) {
        return new PrintStream(stream, true, StandardCharsets.UTF_8);
    }
}
