package dev.finetune4j.spi;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A place that runs jobs. Every method may be called again at any time from another process; implementations keep no state
 * that the place itself does not keep. Safe for use by several threads.
 *
 * <p>Every failure is a {@link FineTuneException} whose problem says in {@code retry} whether the same call may succeed later.
 */
public interface Provider extends AutoCloseable {
    /** The id that job files name. */
    ProviderId id();

    /** What this place can do. */
    Capabilities capabilities();

    /**
     * Launches a job, at most once per name. Where a job of this name and digest exists already, in whatever state, that one is
     * returned and nothing is launched.
     *
     * @throws FineTuneException if the name exists with another digest, or the place refuses
     */
    JobSnapshot submit(Submission submission);

    /**
     * Launches an interrupted, stopped or failed job again under its own name, from its last checkpoint.
     *
     * @throws FineTuneException if there is no such job, it still runs, or the place cannot resume
     */
    JobSnapshot resume(RunId id);

    /**
     * What is known of a job. Empty only where the place answered that there is no such job; a place that cannot be reached
     * throws.
     */
    Optional<JobSnapshot> find(RunId id);

    /** The events after {@code cursor}; {@link EventPage#START} for the first. */
    EventPage events(RunId id, String cursor);

    /** Tells a job to stop; a job that has ended already is left alone. Returns before it has ended. */
    void stop(RunId id);

    /**
     * Brings the job's output to this machine; files that are there already are not fetched again.
     *
     * @return the folder with the output, which may be {@code into} or a folder that the place keeps on this machine
     */
    Path fetch(RunId id, Path into);

    /** Removes what the place keeps of a job that has ended. */
    void delete(RunId id);

    @Override
    void close();
}
