package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.data.Part;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.testkit.contract.ProviderContractTest;
import dev.finetune4j.testkit.contract.ProviderSubject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;

/** JumpStart keeps the promises of a provider, on a clock on which hours take no time. */
class JumpStartProviderContractTest extends ProviderContractTest {
    private static final AtomicInteger PLACES = new AtomicInteger();

    @TempDir
    private static Path folder;

    @Override
    protected ProviderSubject newSubject() {
        try {
            return new Subject(Files.createDirectories(folder.resolve("place-" + PLACES.incrementAndGet())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Subject implements ProviderSubject {
        private final VirtualClock clock = new VirtualClock();
        private final OfflineHubPlace place;

        Subject(Path home) throws IOException {
            place = new OfflineHubPlace(home, clock, Pace.LIFELIKE, (store, hub) -> new ScriptedScript(store, home));
        }

        @Override
        public Provider open() {
            return place.open();
        }

        @Override
        public Submission small(String key) {
            return place.job("contract-" + key, 1).build();
        }

        @Override
        public Submission lasting(String key) {
            return place.job("contract-" + key, 1000).build();
        }

        @Override
        public Proposal acceptable() {
            return proposal(Map.of());
        }

        @Override
        public Proposal unacceptable() {
            return proposal(Map.of("machine", "ml.m5.large"));
        }

        @Override
        public Optional<Provider> misconfigured() {
            return Optional.of(place.openWith(Map.of("role", "finetune4j-training")));
        }

        @Override
        public Submission withOtherDigest(Submission submission) {
            return new Submission(
                    submission.id(),
                    submission.model(),
                    new WorkOrder("0123456789abcdef", submission.order().steps()),
                    submission.channels(),
                    submission.labels(),
                    submission.timeLimit());
        }

        @Override
        public void pass() {
            clock.advance(Duration.ofMinutes(2));
        }

        @Override
        public int patience() {
            return 200;
        }

        @Override
        public List<String> secrets() {
            return List.of(OfflineHubPlace.SECRET);
        }

        @Override
        public void close() {
            place.close();
        }

        private Proposal proposal(Map<String, String> more) {
            Map<String, String> settings = new HashMap<>(OfflineHubPlace.SETTINGS);
            settings.putAll(more);
            FineTuneJob job = FineTuneJob.builder(
                            "letters",
                            ModelRef.parse("tiny"),
                            TaskSpec.of(TaskKind.SENTIMENT),
                            DataSpec.ofFile(Part.TRAIN.fileName()))
                    .place(JumpStartProvider.ID, settings)
                    .build();
            return new Proposal(
                    job,
                    new ModelFiles(job.model(), OfflineHubPlace.MODEL, "e".repeat(64)),
                    new Proposal.RowLengths(10, 20, 80, 1024),
                    Proposal.AnswerLengths.NONE);
        }
    }
}
