package dev.finetune4j.engine.data.source;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Programs of this machine, found on its PATH. */
public final class SystemCommands implements CommandRunner {
    private static final int KEPT_LINES = 6;
    private static final int KEPT_CHARACTERS = 300;
    private static final Pattern CREDENTIALS = Pattern.compile("//[^/@\\s]+@");

    @Override
    public Ended run(List<String> command, Path folder, Runnable everySecond) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .start();
        process.getOutputStream().close();
        Deque<String> lines = new ArrayDeque<>();
        Thread reader = new Thread(() -> keepLastLines(process, lines), "finetune4j-command");
        reader.setDaemon(true);
        reader.start();
        try {
            while (!process.waitFor(1, TimeUnit.SECONDS)) {
                everySecond.run();
            }
            reader.join();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + command.get(0) + " ran", e);
        }
        return new Ended(process.exitValue(), List.copyOf(lines));
    }

    private static void keepLastLines(Process process, Deque<String> lines) {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.isBlank()) {
                    continue;
                }
                String safe = CREDENTIALS.matcher(line).replaceAll("//***@");
                lines.add(safe.length() <= KEPT_CHARACTERS ? safe : safe.substring(0, KEPT_CHARACTERS) + "...");
                if (lines.size() > KEPT_LINES) {
                    lines.remove();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
