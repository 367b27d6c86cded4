package dev.finetune4j.testkit.fake;

import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.testkit.contract.ProviderSubject;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A fake place with one long-living kind of job. */
final class FakeSubject implements ProviderSubject {
    private final VirtualClock clock = new VirtualClock();
    private final FakePlace place;

    FakeSubject(Capabilities capabilities) {
        place = new FakePlace(clock, capabilities);
    }

    @Override
    public Provider open() {
        return new FakeProvider(place);
    }

    @Override
    public Submission small(String key) {
        return submission("small-" + key, Json.sha256(key.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    @Override
    public Submission lasting(String key) {
        place.usually(Life.lasts());
        return small(key);
    }

    @Override
    public Proposal acceptable() {
        return proposal(FakePlace.LONGEST_ROW);
    }

    @Override
    public Proposal unacceptable() {
        return proposal(FakePlace.LONGEST_ROW + 1);
    }

    private static Proposal proposal(long longestRow) {
        FineTuneJob job = FineTuneJob.builder(
                        "tiny", ModelRef.parse("tiny"), TaskSpec.of(TaskKind.CHAT), DataSpec.ofFile("rows.jsonl"))
                .targets(List.of(FakeProvider.ID))
                .build();
        return new Proposal(
                job,
                new ModelFiles(job.model(), Path.of("tiny"), "e".repeat(64)),
                new Proposal.RowLengths(1, 0, longestRow, longestRow, 1 << 20),
                Proposal.AnswerLengths.NONE);
    }

    @Override
    public Optional<Provider> misconfigured() {
        return Optional.empty();
    }

    @Override
    public Submission withOtherDigest(Submission submission) {
        return submission(submission.id().value(), "f".repeat(64));
    }

    @Override
    public void pass() {
        clock.advance(Duration.ofSeconds(7));
    }

    @Override
    public int patience() {
        return 100;
    }

    @Override
    public List<String> secrets() {
        return List.of();
    }

    @Override
    public void close() {}

    private Submission submission(String id, String digest) {
        WorkStep train =
                new WorkStep.Train(LoraTuning.defaults(), TrainingSpec.defaults(), new ModelName("made/tiny", null));
        return Submission.builder(new RunId(id), ModelRef.parse("tiny"), new WorkOrder(digest, List.of(train)))
                .label("purpose", Variant.TUNED.fileName())
                .build();
    }
}
