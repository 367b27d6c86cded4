package dev.finetune4j.worker.local;

import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.contract.ProviderContractTest;
import dev.finetune4j.testkit.contract.ProviderSubject;
import dev.finetune4j.worker.SmallJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** This machine keeps the promises of a provider, with real worker processes on a tiny model. */
@Tag("long")
class LocalProviderContractTest extends ProviderContractTest {
    private static final String SECRET = "hf_planted_0123456789";
    private static final AtomicInteger HOMES = new AtomicInteger();

    @TempDir
    private static Path folder;

    @Override
    protected ProviderSubject newSubject() {
        try {
            Path home = folder.resolve("home-" + HOMES.incrementAndGet());
            return new Subject(
                    new SmallJob(home), new LocalPlace(home, Map.of("PATH", "/usr/bin:/bin", "HF_TOKEN", SECRET)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Subject(SmallJob job, LocalPlace place) implements ProviderSubject {
        @Override
        public Provider open() {
            return place.open();
        }

        @Override
        public Submission small(String key) {
            return submission(key, SmallJob.training(0.2).build());
        }

        @Override
        public Submission lasting(String key) {
            return submission(key, SmallJob.training(1000).build());
        }

        @Override
        public Proposal acceptable() {
            return job.proposal(LoraTuning.defaults());
        }

        @Override
        public Proposal unacceptable() {
            return job.proposal(new LoraTuning(4, 8, 0, List.of("q_projj")));
        }

        @Override
        public Optional<Provider> misconfigured() {
            return Optional.empty();
        }

        @Override
        public Submission withOtherDigest(Submission submission) {
            WorkOrder order =
                    new WorkOrder("0123456789abcdef", submission.order().steps());
            return new Submission(
                    submission.id(),
                    submission.model(),
                    order,
                    submission.channels(),
                    submission.labels(),
                    submission.timeLimit(),
                    submission.diskBytes(),
                    submission.after());
        }

        @Override
        public void pass() {
            LocalPlace.pause();
        }

        @Override
        public int patience() {
            return 1200;
        }

        @Override
        public List<String> secrets() {
            return List.of(SECRET);
        }

        @Override
        public void close() {
            place.killAll();
        }

        private Submission submission(String key, TrainingSpec training) {
            List<WorkStep> trainOnly = SmallJob.steps(training).subList(0, 1);
            return job.submission("contract-" + key, "digest of " + key, trainOnly);
        }
    }
}
