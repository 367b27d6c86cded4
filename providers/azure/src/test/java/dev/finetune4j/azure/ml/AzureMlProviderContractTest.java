package dev.finetune4j.azure.ml;

import dev.finetune4j.offlinecloud.azure.blob.Azurite;
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
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** Azure ML keeps the promises of a provider, on a clock on which hours take no time. */
@Tag("long")
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

    private static final class Subject extends CloudSubject {
        private final OfflineWorkspace place;

        Subject(OfflineWorkspace place) {
            super(AzureMlProvider.ID, place.clock);
            this.place = place;
        }

        @Override
        protected Map<String, String> settings() {
            return place.settings();
        }

        @Override
        protected Map<String, String> wrong() {
            return Map.of("subscription", "mine");
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
            return List.of(Objects.requireNonNull(place.azure.variables().get("AZURE_CLIENT_SECRET")));
        }

        @Override
        public void close() {
            place.close();
        }
    }
}
