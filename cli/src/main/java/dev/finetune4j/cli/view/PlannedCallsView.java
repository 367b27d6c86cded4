package dev.finetune4j.cli.view;

import dev.finetune4j.json.Json;
import dev.finetune4j.spi.PlannedCall;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Prints calls that would be made. */
public final class PlannedCallsView {
    private final Screen screen;
    private final boolean isJson;

    /** Prints to a screen, in JSON or for people. */
    public PlannedCallsView(Screen screen, boolean isJson) {
        this.screen = screen;
        this.isJson = isJson;
    }

    /** Prints them in order; requests as they would be sent, one that would be sent again only once for people. */
    public void print(List<PlannedCall> calls) {
        if (isJson) {
            screen.line(Json.pretty(calls));
            return;
        }
        Set<PlannedCall> shown = new HashSet<>();
        for (PlannedCall call : calls) {
            screen.line(screen.paint(Tone.FAINT, call.action()) + " " + call.target());
            if (shown.add(call)) {
                call.content().lines().forEach(line -> screen.line("  " + line));
            } else {
                screen.line("  the same once more");
            }
        }
        screen.say(calls.isEmpty() ? "nothing would leave this machine" : "nothing was sent");
    }
}
