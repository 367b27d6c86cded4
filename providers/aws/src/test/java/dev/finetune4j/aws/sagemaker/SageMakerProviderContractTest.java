package dev.finetune4j.aws.sagemaker;

import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.contract.CloudSubject;
import dev.finetune4j.testkit.contract.ProviderContractTest;
import dev.finetune4j.testkit.contract.ProviderSubject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;

/** SageMaker keeps the promises of a provider, on a clock on which hours take no time. */
class SageMakerProviderContractTest extends ProviderContractTest {
    private static final AtomicInteger PLACES = new AtomicInteger();

    @TempDir
    private static Path folder;

    @Override
    protected ProviderSubject newSubject() {
        try {
            Path home = folder.resolve("place-" + PLACES.incrementAndGet());
            return new Subject(new OfflinePlace(Files.createDirectories(home)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Subject extends CloudSubject {
        private final OfflinePlace place;

        Subject(OfflinePlace place) {
            super(SageMakerProvider.ID, place.clock);
            this.place = place;
        }

        @Override
        protected Map<String, String> settings() {
            return OfflinePlace.SETTINGS;
        }

        @Override
        protected Map<String, String> wrong() {
            return Map.of("role", "finetune4j-training");
        }

        @Override
        protected Path model() {
            return place.files.model();
        }

        @Override
        protected Provider openWith(Map<String, String> others) {
            return place.openWith(others);
        }

        @Override
        protected Submission.Builder job(String name, double epochs) {
            return place.files.job(name, epochs);
        }

        @Override
        public List<String> secrets() {
            return List.of(place.aws.secretAccessKey());
        }

        @Override
        public void close() {
            place.close();
        }
    }
}
