package dev.finetune4j.azure.openai;

import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** Azure OpenAI keeps the promises that every place keeps, from rows on this machine to figures that come home. */
@Tag("long")
class AzureOpenAiProviderContractTest extends ProviderContractTest {
    private static final AtomicInteger PLACES = new AtomicInteger();

    @TempDir
    private static Path folder;

    private static Azurite blobs;

    @BeforeAll
    static void startBlobStorage() throws IOException {
        blobs = Azurite.start(Path.of("../../target/azurite"));
    }

    @AfterAll
    static void endBlobStorage() {
        blobs.close();
    }

    @Override
    protected ProviderSubject newSubject() {
        try {
            Path home = folder.resolve("place-" + PLACES.incrementAndGet());
            return new Subject(new OfflineResource(Files.createDirectories(home), blobs));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Subject implements ProviderSubject {
        private final OfflineResource place;

        Subject(OfflineResource place) {
            this.place = place;
        }

        @Override
        public Provider open() {
            return place.open();
        }

        @Override
        public Submission small(String key) {
            return place.job("contract-" + key);
        }

        /** No job of the service is over before the clock is moved on for longer than any test does. */
        @Override
        public Submission lasting(String key) {
            return small(key);
        }

        @Override
        public Proposal acceptable() {
            return proposal(Map.of());
        }

        @Override
        public Proposal unacceptable() {
            return proposal(Map.of("region", "ukwest"));
        }

        @Override
        public Optional<Provider> misconfigured() {
            return Optional.of(place.openWith(Map.of("api-version", "latest")));
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

        private Proposal proposal(Map<String, String> others) {
            Map<String, String> settings = new HashMap<>(place.settings());
            settings.putAll(others);
            FineTuneJob job = FineTuneJob.builder(
                            "tickets",
                            ModelRef.parse(OfflineResource.MODEL),
                            TaskSpec.of(TaskKind.CHAT),
                            DataSpec.ofFile("tickets.jsonl"))
                    .place(AzureOpenAiProvider.ID, settings)
                    .build();
            return new Proposal(
                    job,
                    new ModelFiles(job.model(), place.home, "e".repeat(64)),
                    new Proposal.RowLengths(16, 0, 20, 80, 1024),
                    Proposal.AnswerLengths.NONE);
        }
    }
}
