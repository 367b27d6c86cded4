package dev.finetune4j.aws.bedrock;

import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelRef;
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
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;

/** Bedrock keeps the promises that every place keeps, from rows on this machine to figures that come home. */
class BedrockProviderContractTest extends ProviderContractTest {
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
        private final TuningPlace place;

        Subject(Path home) throws IOException {
            place = new TuningPlace(home, TuningPlace.SETTINGS);
        }

        @Override
        public Provider open() {
            return place.open();
        }

        @Override
        public Submission small(String key) {
            return place.job("contract-" + key);
        }

        /** No job of the service is over before the clock is moved on by three quarters of an hour. */
        @Override
        public Submission lasting(String key) {
            return small(key);
        }

        @Override
        public Proposal acceptable() {
            return proposal(TuningPlace.SETTINGS);
        }

        @Override
        public Proposal unacceptable() {
            Map<String, String> settings = new HashMap<>(TuningPlace.SETTINGS);
            settings.put("region", "eu-central-1");
            return proposal(settings);
        }

        @Override
        public Optional<Provider> misconfigured() {
            Map<String, String> settings = new HashMap<>(TuningPlace.SETTINGS);
            settings.put("role", "finetune4j-training");
            return Optional.of(place.openWith(settings));
        }

        @Override
        public void pass() {
            place.clock.advance(Duration.ofMinutes(2));
        }

        @Override
        public int patience() {
            return 60;
        }

        @Override
        public List<String> secrets() {
            return List.of(place.aws.secretAccessKey());
        }

        @Override
        public void close() {
            place.close();
        }

        private Proposal proposal(Map<String, String> settings) {
            FineTuneJob job = FineTuneJob.builder(
                            "tickets",
                            ModelRef.parse(OfflineTuning.NOVA),
                            TaskSpec.of(TaskKind.CHAT),
                            DataSpec.ofFile("tickets.jsonl"))
                    .place(BedrockProvider.ID, settings)
                    .build();
            return new Proposal(
                    job,
                    new ModelFiles(job.model(), place.home, "e".repeat(64)),
                    new Proposal.RowLengths(16, 4, 20, 80, 1024),
                    Proposal.AnswerLengths.NONE);
        }
    }
}
