package dev.finetune4j.engine.watch;

import dev.finetune4j.error.Problem;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.Dialogue;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A place with other events.
 *
 * @param place tells states by its snapshots
 * @param events those after a cursor
 */
record WithEvents(Provider place, Function<String, EventPage> events) implements Provider {
    /** One whose events never come. */
    static Provider none(Provider place) {
        return new WithEvents(place, cursor -> new EventPage(List.of(), cursor));
    }

    @Override
    public ProviderId id() {
        return place.id();
    }

    @Override
    public Capabilities capabilities() {
        return place.capabilities();
    }

    @Override
    public List<Problem> settingProblems() {
        return place.settingProblems();
    }

    @Override
    public List<Problem> refusals(Proposal proposal) {
        return place.refusals(proposal);
    }

    @Override
    public JobSnapshot submit(Submission submission) {
        return place.submit(submission);
    }

    @Override
    public JobSnapshot resume(RunId id) {
        return place.resume(id);
    }

    @Override
    public Optional<JobSnapshot> find(RunId id) {
        return place.find(id);
    }

    @Override
    public EventPage events(RunId id, String cursor) {
        return events.apply(cursor);
    }

    @Override
    public void stop(RunId id) {
        place.stop(id);
    }

    @Override
    public Path fetch(RunId id, Path into) {
        return place.fetch(id, into);
    }

    @Override
    public Optional<Dialogue> converse(Submission submission) {
        return place.converse(submission);
    }

    @Override
    public void delete(RunId id) {
        place.delete(id);
    }

    @Override
    public void close() {
        place.close();
    }
}
