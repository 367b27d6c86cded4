package dev.finetune4j.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.finetune4j.json.Json;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process that trains one step whenever it is told the step's number, and is quiet in between, so that two contenders can take turns
 * on one machine: what slows the machine down for a while slows both.
 */
final class Contender implements AutoCloseable {
    /** What a contender says once it can train. */
    record Ready(long parameters) {}

    /** What a contender says of a step: mean loss in nats, and its duration. */
    record StepFigures(double loss, double seconds) {}

    /** What a contender says at its end. */
    record Peak(@JsonProperty("peakRssBytes") long bytes) {}

    private final String name;
    private final Process process;
    private final BufferedReader output;
    private final BufferedWriter input;

    private Contender(String name, Process process) {
        this.name = name;
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        this.input = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Starts it and waits until it can train. Its error stream goes to a file. */
    static Contender start(String name, List<String> command, Map<String, String> environment, Path errors)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().putAll(environment);
        Contender contender = new Contender(name, builder.start());
        try {
            contender.answer(Ready.class);
            return contender;
        } catch (RuntimeException e) {
            contender.close();
            throw new IllegalStateException(name + " did not start; its messages are in " + errors, e);
        }
    }

    StepFigures step(int number) {
        try {
            input.write(number + "\n");
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " takes no further step", e);
        }
        return answer(StepFigures.class);
    }

    /** Ends it; the largest resident memory that it ever had. */
    long end() {
        try {
            input.close();
            Peak peak = answer(Peak.class);
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException(name + " does not end");
            }
            return peak.bytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + name + " ends", e);
        }
    }

    private <T> T answer(Class<T> type) {
        try {
            String line = output.readLine();
            if (line == null) {
                throw new IllegalStateException(name + " ended where " + type.getSimpleName() + " was expected");
            }
            return Json.read(line, type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
