package dev.finetune4j.testkit.contract;

import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.ProviderId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A place that lets machines, on a clock on which hours take no time, where an epoch of its jobs takes an hour. */
public abstract class CloudSubject implements ProviderSubject {
    private final ProviderId place;
    private final VirtualClock clock;

    /**
     * A place.
     *
     * @param place what it is called
     * @param clock its clock
     */
    protected CloudSubject(ProviderId place, VirtualClock clock) {
        this.place = place;
        this.clock = clock;
    }

    /** Good settings of the place. */
    protected abstract Map<String, String> settings();

    /** Settings that are wrong whatever the job. */
    protected abstract Map<String, String> wrong();

    /** Settings of which the place would refuse a job; the wrong ones by default. */
    protected Map<String, String> refused() {
        return wrong();
    }

    /** The files of a model. */
    protected abstract Path model();

    /** A client with other settings than the good ones. */
    protected abstract Provider openWith(Map<String, String> others);

    /** A job that trains so many epochs. */
    protected abstract Submission.Builder job(String name, double epochs);

    @Override
    public Provider open() {
        return openWith(Map.of());
    }

    @Override
    public Submission small(String key) {
        return job("contract-" + key, 1).build();
    }

    @Override
    public Submission lasting(String key) {
        return job("contract-" + key, 1000).build();
    }

    @Override
    public Proposal acceptable() {
        return proposal(Map.of());
    }

    @Override
    public Proposal unacceptable() {
        return proposal(refused());
    }

    private Proposal proposal(Map<String, String> others) {
        Map<String, String> settings = new HashMap<>(settings());
        settings.putAll(others);
        FineTuneJob job = FineTuneJob.builder(
                        "letters",
                        ModelRef.parse("tiny"),
                        TaskSpec.of(TaskKind.SENTIMENT),
                        DataSpec.ofFile("letters.jsonl"))
                .place(place, settings)
                .build();
        return new Proposal(
                job,
                new ModelFiles(job.model(), model(), "e".repeat(64)),
                new Proposal.RowLengths(10, 0, 20, 80, 1024),
                Proposal.AnswerLengths.NONE);
    }

    @Override
    public Optional<Provider> misconfigured() {
        return Optional.of(openWith(wrong()));
    }

    @Override
    public void pass() {
        clock.advance(Duration.ofMinutes(2));
    }

    @Override
    public int patience() {
        return 200;
    }
}
