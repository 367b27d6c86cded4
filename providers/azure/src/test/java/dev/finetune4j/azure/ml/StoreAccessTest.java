package dev.finetune4j.azure.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.AccessPolicy.Holder;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever may use a workspace and has no role at its store moves files by what the datastore gives. */
@SuppressWarnings("NullAway.Init") // before all tests, and before each
class StoreAccessTest {
    private static final Map<String, String> SIGNED = Map.of("store-access", "sas");

    private static Azurite blobs;

    @TempDir
    private Path home;

    private OfflineWorkspace place;

    @BeforeAll
    static void startBlobStorage() throws IOException {
        blobs = OfflineWorkspace.blobs();
    }

    @AfterAll
    static void endBlobStorage() {
        blobs.close();
    }

    @BeforeEach
    void open() throws IOException {
        place = new OfflineWorkspace(home, blobs);
    }

    @AfterEach
    void close() {
        place.close();
    }

    @Test
    void takesNoRoleAtTheStore() throws IOException {
        try (Provider provider = place.openWith(SIGNED)) {
            String[] roles = provider.policies("runs", ModelRef.parse("tiny")).stream()
                    .filter(policy -> policy.holder() == Holder.CALLER)
                    .map(AccessPolicy::document)
                    .toArray(String[]::new);
            assertThat(roles).noneMatch(role -> role.contains("blobs/")).anyMatch(role -> role.contains("listSecrets"));
            place.azure.restrictCaller(roles);

            RunId id = provider.submit(place.job("signed", 3).build()).id();
            place.clock.advance(Duration.ofHours(5));
            assertThat(provider.find(id).orElseThrow().state().isTerminal()).isTrue();
            provider.fetch(id, home.resolve("fetched"));
            provider.delete(id);

            assertThat(blobs.store().list("jobs", "finetune/"))
                    .as("as whoever owns the account sees it")
                    .isEmpty();
            assertThat(place.azure.calls().of("Datastores_ListSecrets"))
                    .as("once an hour")
                    .hasSize(1);
        }
    }

    @Test
    void tellsThatTheKeysOfAStoreAreOff() {
        place.azure.refuseKeys();
        try (Provider provider = place.openWith(SIGNED)) {
            Problem problem = catchThrowableOfType(
                            FineTuneException.class,
                            () -> provider.submit(place.job("without-keys", 1).build()))
                    .problems()
                    .get(0);

            assertThat(problem.code()).isEqualTo("FT0969");
            assertThat(problem.causes().get(0)).contains("KeyBasedAuthenticationNotPermitted");
            assertThat(problem.remedies().get(0)).startsWith("places.azure-ml.store-access: entra ");
        }
        try (Provider provider = place.open()) {
            assertThat(provider.submit(place.job("without-keys", 1).build()).state())
                    .isEqualTo(RunState.QUEUED);
        }
    }

    @Test
    void isOneOfTwo() {
        try (Provider provider = place.openWith(Map.of("store-access", "keys"))) {
            assertThat(provider.settingProblems()).singleElement().satisfies(problem -> {
                assertThat(problem.code()).isEqualTo("FT0931");
                assertThat(problem.summary()).isEqualTo("Azure ML's store-access must be one of entra, sas, was keys");
            });
        }
    }
}
