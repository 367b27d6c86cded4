package dev.finetune4j.azure.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.azure.blob.BlobStore;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.Leftover;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in a container of jobs is told, and goes only where no job needs it; what somebody else put there stays. */
class StoredJobsTest {
    private static final RunId ONE = new RunId("one-0a1b2c3d-1");
    private static final RunId OTHER = new RunId("other-0a1b2c3d-1");

    @SuppressWarnings("NullAway.Init") // before all tests
    private static Azurite blobs;

    @TempDir
    private Path home;

    @SuppressWarnings("NullAway.Init") // before each test
    private OfflineWorkspace place;

    @SuppressWarnings("NullAway.Init") // before each test
    private Provider provider;

    @SuppressWarnings("NullAway.Init") // before each test
    private BlobStore store;

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
        place.clock.advance(Duration.between(place.clock.instant(), Instant.now())); // by which storage goes
        provider = place.open();
        store = place.store();
    }

    @AfterEach
    void close() {
        provider.close();
        place.close();
    }

    @Test
    void nothingThatAJobNeedsIsFree() {
        provider.submit(place.job(ONE.value(), 50).build());
        place.clock.advance(Duration.ofHours(3));

        List<Leftover> found = provider.leftovers().orElseThrow();

        assertThat(found).hasSize(5).allSatisfy(one -> assertThat(one.use()).isNotEmpty());
        assertThat(found)
                .extracting(Leftover::use)
                .contains("one-0a1b2c3d-1, which is Running", "a job that has not ended");
        Leftover results = found.stream().filter(Leftover::isResult).findFirst().orElseThrow();
        assertThat(results.run()).isEqualTo(ONE);
        assertThatThrownBy(() -> provider.remove(results)).hasMessageContaining("FT0949");
        assertThat(store.list("jobs/")).isNotEmpty();
    }

    @Test
    void allOfAnEndedJobGoesAndNothingElse() {
        for (String name : List.of("inputs/mine/notes.txt", "jobs/my-model/weights", "letters.txt")) {
            store.put(name, "not ours".getBytes(StandardCharsets.UTF_8));
        }
        provider.submit(place.job(ONE.value(), 1).build());
        end(ONE);

        List<Leftover> found = provider.leftovers().orElseThrow();
        found.forEach(provider::remove);
        found.forEach(provider::remove);

        assertThat(found).hasSize(5).allSatisfy(one -> {
            assertThat(one.use()).isEmpty();
            assertThat(one.bytes()).isPositive();
        });
        assertThat(found)
                .filteredOn(Leftover::isResult)
                .extracting(Leftover::reference)
                .containsExactly(place.azure.store() + "/finetune/jobs/one-0a1b2c3d-1/");
        assertThat(store.list(""))
                .extracting(BlobStore.StoredFile::name)
                .containsExactly("inputs/mine/notes.txt", "jobs/my-model/weights", "letters.txt");
        assertThat(provider.leftovers().orElseThrow()).isEmpty();
    }

    @Test
    void inputsStayWhileALaunchMayBeUnderWay() {
        store.stage(home.resolve("data"));
        store.put("orders/" + ONE + "/d1/order.json", "{}".getBytes(StandardCharsets.UTF_8));

        assertThat(provider.leftovers().orElseThrow())
                .filteredOn(one -> one.run() == null)
                .singleElement()
                .satisfies(input -> assertThat(input.use()).isEqualTo("a launch may be under way"));
        place.clock.advance(Duration.ofHours(2));
        assertThat(provider.leftovers().orElseThrow())
                .allSatisfy(one -> assertThat(one.use()).isEmpty());
    }

    /** Both have the same data, model and worker; the one that ended last removes them. */
    @Test
    void inputsGoWithTheLastRunThatHasThem() {
        provider.submit(place.job(ONE.value(), 1).build());
        provider.submit(place.job(OTHER.value(), 1).build());
        end(ONE);
        end(OTHER);

        provider.delete(ONE);
        assertThat(store.list("inputs/")).isNotEmpty();
        assertThat(store.list("jobs/" + ONE)).isEmpty();
        store.put("orders/third-0a1b2c3d-1/d1/order.json", "{}".getBytes(StandardCharsets.UTF_8));
        provider.delete(OTHER);
        assertThat(store.list("inputs/"))
                .as("a third may be about to have them")
                .isNotEmpty();
    }

    @Test
    void inputsGoWithTheOnlyRunThatHasThem() {
        provider.submit(place.job(OTHER.value(), 1).build());
        end(OTHER);

        provider.delete(OTHER);
        assertThat(store.list("")).isEmpty();
    }

    @Test
    void inputsOfAnotherContentGoAtOnce() throws IOException {
        provider.submit(place.job(ONE.value(), 1).build());
        end(ONE);
        Files.writeString(home.resolve("data").resolve("train.jsonl"), "{}\n{}\n");
        provider.submit(place.job(OTHER.value(), 1).build());
        end(OTHER);
        int before = store.folders("inputs/").size();

        provider.delete(ONE);

        assertThat(store.folders("inputs/")).hasSize(before - 1);
    }

    private void end(RunId id) {
        for (int i = 0; i < 200; i++) {
            if (provider.find(id).orElseThrow().state() == RunState.SUCCEEDED) {
                place.clock.advance(Duration.ofHours(2)); // no launch is under way any more
                return;
            }
            place.clock.advance(Duration.ofMinutes(5));
        }
        throw new AssertionError(id + " never ends");
    }
}
