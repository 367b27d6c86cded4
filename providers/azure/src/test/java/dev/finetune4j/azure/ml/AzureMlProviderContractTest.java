package dev.finetune4j.azure.ml;

import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
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
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Azure ML keeps the promises of a provider, on a clock on which hours take no time. */
class AzureMlProviderContractTest extends ProviderContractTest {
    private static final AtomicInteger PLACES = new AtomicInteger();

    @TempDir
    private static Path folder;

    private static Azurite blobs;

    @BeforeAll
    static void startBlobStorage() throws IOException {
        blobs = OfflineWorkspace.blobs();
    }

    @AfterAll
    static void endBlobStorage() {
        blobs.close();
    }

    @Override
    protected ProviderSubject newSubject() {
        try {
            Path home = folder.resolve("place-" + PLACES.incrementAndGet());
            return new Subject(new OfflineWorkspace(Files.createDirectories(home), blobs));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Subject(OfflineWorkspace place) implements ProviderSubject {
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
            return proposal(place.settings());
        }

        @Override
        public Proposal unacceptable() {
            Map<String, String> settings = new HashMap<>(place.settings());
            settings.put("subscription", "mine");
            return proposal(settings);
        }

        @Override
        public Optional<Provider> misconfigured() {
            return Optional.of(place.openWith(Map.of("subscription", "mine")));
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
            place.clock.advance(Duration.ofMinutes(2));
        }

        @Override
        public int patience() {
            return 200;
        }

        @Override
        public List<String> secrets() {
            return List.of(Objects.requireNonNull(place.azure.variables().get("AZURE_CLIENT_SECRET")));
        }

        @Override
        public void close() {
            place.close();
        }

        private Proposal proposal(Map<String, String> settings) {
            FineTuneJob job = FineTuneJob.builder(
                            "letters",
                            ModelRef.parse("tiny"),
                            TaskSpec.of(TaskKind.SENTIMENT),
                            DataSpec.ofFile("letters.jsonl"))
                    .place(AzureMlProvider.ID, settings)
                    .build();
            return new Proposal(
                    job,
                    new ModelFiles(job.model(), place.home.resolve("model"), "e".repeat(64)),
                    new Proposal.RowLengths(10, 20, 80, 1024),
                    Proposal.AnswerLengths.NONE);
        }
    }
}
