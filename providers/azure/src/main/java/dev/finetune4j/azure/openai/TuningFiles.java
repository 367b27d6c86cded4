package dev.finetune4j.azure.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.azure.internal.AzureFailure;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Files at the service by their names, each sent once as far as its list tells. Safe for use by several threads. */
final class TuningFiles {
    /** What is larger goes in parts: one call with it is reported to fail late. */
    static final long LARGEST_CALL = 100L << 20;

    /** Bytes of a part; the service takes twice that. */
    private static final int PART = 32 << 20;

    /** Of all files of a resource that are for tuning; those of batches and assistants have a limit of their own. */
    private static final long MOST_BYTES = 1L << 30;

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    private static final Comparator<TuningFile> OLDEST_FIRST =
            Comparator.comparing(TuningFile::createdAt).thenComparing(TuningFile::id);

    private final OpenAiCalls calls;
    private final AzureOpenAiOptions options;
    private final Consumer<Duration> pause;

    /** @param pause waits */
    TuningFiles(OpenAiCalls calls, AzureOpenAiOptions options, Consumer<Duration> pause) {
        this.calls = calls;
        this.options = options;
        this.pause = pause;
    }

    /** All files of the resource, whoever sent them; the oldest comes first. */
    List<TuningFile> all() {
        return told("files", () -> calls.list("files")).stream()
                .map(TuningFile::of)
                .sorted(OLDEST_FIRST)
                .toList();
    }

    /** The oldest usable file of a name. */
    Optional<TuningFile> named(String name) {
        return named(name, all());
    }

    private static Optional<TuningFile> named(String name, List<TuningFile> all) {
        return all.stream()
                .filter(file -> file.name().equals(name) && !file.isUnusable())
                .findFirst();
    }

    /**
     * A file that a job may have.
     *
     * @param isNew whether nobody else sent one of its name before, and may have a job of it
     */
    record Ready(TuningFile file, boolean isNew) {}

    /**
     * Sends a file unless one of its name is there, and waits until the service has read it. The list may be behind what was sent: it is waited
     * until it shows the new file, a {@code settling-seconds} at most, and assumed that it then shows those before it. Where there is one, be it of a
     * process that died, that is used and the new one removed.
     *
     * @throws FineTuneException with FT0982 if the resource has no room for it, or with why the service does not take it
     */
    Ready ready(String name, Path content) {
        List<TuningFile> all = all();
        Optional<TuningFile> there = named(name, all);
        if (there.isPresent()) {
            return new Ready(processed(there.get()), false);
        }
        refuseWithoutRoom(name, content, all);
        TuningFile sent = processed(send(name, content));
        TuningFile first = firstShown(sent);
        if (first.id().equals(sent.id())) {
            return new Ready(sent, true);
        }
        delete(sent.id());
        return new Ready(processed(first), false);
    }

    private void refuseWithoutRoom(String name, Path content, List<TuningFile> all) {
        long there = all.stream()
                .filter(file -> file.purpose().equals(TuningFile.TUNING) && !file.isUnusable())
                .mapToLong(TuningFile::bytes)
                .sum();
        long bytes = content.toFile().length();
        if (there + bytes > MOST_BYTES) {
            throw AzureOpenAiErrors.noRoom(name, bytes, there, MOST_BYTES, options);
        }
    }

    private TuningFile firstShown(TuningFile sent) {
        Duration waited = Duration.ZERO;
        Duration next = FIRST_PAUSE;
        while (true) {
            List<TuningFile> shown = all().stream()
                    .filter(file -> file.name().equals(sent.name()) && !file.isUnusable())
                    .toList();
            boolean isShown = shown.stream().anyMatch(file -> file.id().equals(sent.id()));
            if (isShown || waited.compareTo(options.settling()) >= 0) {
                return Stream.concat(shown.stream(), Stream.of(sent))
                        .min(OLDEST_FIRST)
                        .orElseThrow(); // the same for whoever else sends it, and is shown another one
            }
            pause(sent.name(), next);
            waited = waited.plus(next);
            next = next.multipliedBy(2);
        }
    }

    /** Waits; whoever is told to stop has no file yet. */
    private void pause(String name, Duration time) {
        var unused = told(name, () -> {
            pause.accept(time);
            return time;
        });
    }

    private TuningFile send(String name, Path content) {
        try {
            return Files.size(content) > LARGEST_CALL ? inParts(name, content) : whole(name, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            FineTuneException told = AzureOpenAiErrors.told(e, name, options);
            if (AzureFailure.of(e) != AzureFailure.OUTAGE) {
                throw told;
            }
            return named(name).orElseThrow(() -> told); // its answer may have been lost
        }
    }

    private TuningFile whole(String name, Path content) throws IOException {
        try (Form form = Form.ofFile(name, content)) {
            return TuningFile.of(calls.send("files", form));
        }
    }

    /** A path that has no uploads in parts takes the file in one call, if at all. */
    private TuningFile inParts(String name, Path content) throws IOException {
        ObjectNode wish = Json.records()
                .createObjectNode()
                .put("filename", name)
                .put("purpose", TuningFile.TUNING)
                .put("bytes", Files.size(content))
                .put("mime_type", "application/jsonl");
        String upload;
        try {
            upload = "uploads/" + calls.create("uploads", wish).path("id").asText();
        } catch (RuntimeException e) {
            if (AzureFailure.isAbsent(e)) {
                return whole(name, content);
            }
            throw e;
        }
        ObjectNode all = Json.records().createObjectNode();
        byte[] part = new byte[PART];
        try (InputStream from = Files.newInputStream(content)) {
            for (int length = from.readNBytes(part, 0, PART); length > 0; length = from.readNBytes(part, 0, PART)) {
                try (Form form = Form.ofPart(part, length)) {
                    all.withArray("/part_ids")
                            .add(calls.sendPart(upload, form).path("id").asText());
                }
            }
        }
        TuningFile file = TuningFile.of(calls.complete(upload, all).path("file"));
        return file.id().isEmpty() ? named(name).orElseThrow(() -> AzureOpenAiErrors.hidden(name)) : file;
    }

    /**
     * A file once the service has read it, for which it is waited a quarter of an hour at most.
     *
     * @throws FineTuneException with FT0985 if the service does not take it, FT0992 if it has not read it by then
     */
    private TuningFile processed(TuningFile sent) {
        TuningFile file = sent;
        Duration waited = Duration.ZERO;
        Duration next = FIRST_PAUSE;
        while (!file.isProcessed()) {
            if (file.isUnusable()) {
                throw AzureOpenAiErrors.unusable(file);
            }
            if (waited.compareTo(PATIENCE) >= 0) {
                throw AzureOpenAiErrors.notProcessed(file, waited);
            }
            pause(sent.name(), next);
            waited = waited.plus(next);
            next = next.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? next.multipliedBy(2) : LONGEST_PAUSE;
            file = told(sent.name(), () -> calls.find("files/" + sent.id()))
                    .map(TuningFile::of)
                    .orElse(file);
        }
        return file;
    }

    /** The content of a file; empty where it is gone. */
    Optional<byte[]> content(String id) {
        return told(id, () -> calls.content("files/" + id + "/content"));
    }

    /** Removes a file; without effect where it is gone. */
    void delete(String id) {
        var unused = told(id, () -> {
            calls.delete("files/" + id);
            return id;
        });
    }

    private <T> T told(String name, Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw AzureOpenAiErrors.told(e, name, options);
        }
    }
}
