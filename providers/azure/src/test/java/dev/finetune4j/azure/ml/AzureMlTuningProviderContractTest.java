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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** Azure ML's own fine-tuning jobs keep the promises of a provider, which are fewer than those of command jobs. */
@Tag("long")
class AzureMlTuningProviderContractTest extends ProviderContractTest {
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
            return new Subject(TuningWorkspace.open(Files.createDirectories(home), blobs));
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
            return TuningWorkspace.with(place.settings());
        }

        @Override
        protected Map<String, String> wrong() {
            return Map.of("api-version", AzureMlOptions.USUAL_API_VERSION);
        }

        @Override
        public List<String> alwaysTold() {
            return List.of("FT0935");
        }

        @Override
        protected Path model() {
            return place.files.model();
        }

        @Override
        protected Provider openWith(Map<String, String> others) {
            Map<String, String> settings = new HashMap<>(TuningWorkspace.SETTINGS);
            settings.putAll(others);
            return place.openWith(settings);
        }

        @Override
        protected Submission.Builder job(String name, double epochs) {
            return TuningWorkspace.job(place, name, epochs);
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
