package dev.finetune4j.worker.folder;

import dev.finetune4j.error.Location;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.training.durable.DurableFiles;
import dev.finetune4j.value.RunId;
import dev.finetune4j.worker.problem.WorkerProblems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was submitted, as it stands in the job's folder.
 *
 * @param id the job
 * @param model the base model as the job names it
 * @param order what is to be done
 * @param channels input files and folders by channel
 * @param labels tags for people
 * @param timeLimit limit of running time over all restarts, or null for none
 * @param submittedAt when
 */
public record JobTicket(
        RunId id,
        ModelRef model,
        WorkOrder order,
        Map<String, String> channels,
        Map<String, String> labels,
        @Nullable Duration timeLimit,
        Instant submittedAt) {
    /** Copies the maps in their order. */
    public JobTicket {
        channels = Collections.unmodifiableMap(new LinkedHashMap<>(channels));
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    }

    /** The limit of running time, if there is one. */
    public Optional<Duration> timeLimitIfAny() {
        return Optional.ofNullable(timeLimit);
    }

    /**
     * Where a channel's files lie.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0651 if there is no such channel or nothing lies there
     */
    public Path channel(String name) {
        String path = channels.get(name);
        if (path == null || !Files.exists(Path.of(path))) {
            throw WorkerProblems.CHANNEL_MISSING
                    .error("the " + name + " channel of " + id + " is missing")
                    .because(path == null ? "the job came without it" : "nothing lies at " + path)
                    .asException();
        }
        return Path.of(path);
    }

    /** Writes this durably; the folder is a job from then on. */
    public void write(JobFolder folder) throws IOException {
        DurableFiles.write(folder.ticket(), Json.pretty(this));
    }

    /**
     * Reads the ticket of a folder.
     *
     * @return empty where the folder is no job
     * @throws dev.finetune4j.error.FineTuneException with FT0652 if it is damaged
     */
    public static Optional<JobTicket> read(JobFolder folder) {
        try {
            return Files.exists(folder.ticket())
                    ? Optional.of(Json.read(Files.readString(folder.ticket()), JobTicket.class))
                    : Optional.empty();
        } catch (IOException | UncheckedIOException e) {
            throw WorkerProblems.FOLDER_DAMAGED
                    .error(folder.ticket().getFileName() + " of "
                            + folder.root().getFileName() + " cannot be read")
                    .at(Location.of(folder.ticket().toString()))
                    .asException(e);
        }
    }
}
