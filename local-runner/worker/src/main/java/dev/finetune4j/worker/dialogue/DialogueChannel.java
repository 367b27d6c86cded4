package dev.finetune4j.worker.dialogue;

import dev.finetune4j.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** One end of a dialogue. Reads in one thread and writes in any. */
public final class DialogueChannel {
    private final BufferedReader in;
    private final PrintStream out;

    /** An end on two streams. */
    public DialogueChannel(InputStream in, OutputStream out) {
        this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        this.out = new PrintStream(out, true, StandardCharsets.UTF_8);
    }

    /** Says a line; the other end may be gone. */
    public synchronized void say(DialogueLine line) {
        out.println(Json.line(line));
    }

    /** The next line; empty once the other end is gone. What a library prints between the lines is passed over. */
    public Optional<DialogueLine> next() {
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith("{\"kind\":")) {
                    return Optional.of(Json.read(line, DialogueLine.class));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // a stream that broke says nothing more
        } catch (UncheckedIOException e) {
            throw new IllegalStateException("the other end of the dialogue speaks another language", e);
        }
    }
}
