package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
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

    private static final class Subject extends CloudSubject {
        private final OfflineHubPlace place;

        Subject(Path home) throws IOException {
            this(home, new VirtualClock());
        }

        private Subject(Path home, VirtualClock clock) throws IOException {
            super(JumpStartProvider.ID, clock);
            place = new OfflineHubPlace(home, clock, Pace.LIFELIKE, (store, hub) -> new ScriptedScript(store, home));
        }

        @Override
        protected Map<String, String> settings() {
            return OfflineHubPlace.SETTINGS;
        }

        @Override
        protected Map<String, String> wrong() {
            return Map.of("role", "finetune4j-training");
        }

        @Override
        protected Map<String, String> refused() {
            return Map.of("machine", "ml.m5.large");
        }

        @Override
        protected Path model() {
            return OfflineHubPlace.MODEL;
        }

        /** A script that prints each step can be followed step by step. */
        @Override
        protected Provider openWith(Map<String, String> others) {
            Map<String, String> settings = new HashMap<>(others);
            settings.putIfAbsent("logging_steps", "1");
            return place.openWith(settings);
        }

        @Override
        protected Submission.Builder job(String name, double epochs) {
            return place.job(name, epochs);
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
