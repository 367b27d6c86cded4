package dev.finetune4j.azure.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.azure.blob.BlobStore;
import dev.finetune4j.azure.internal.Answered;
import dev.finetune4j.azure.internal.ArmResources;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.Leftover;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.spi.UnfinishedJob;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

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

    /** Another workspace may have launched a job with them, of which this one's list tells nothing; times are whole seconds there. */
    @Test
    void inputsAreAsYoungAsTheLastLaunchThatHadThem() throws InterruptedException {
        store.stage(home.resolve("data"));
        Instant first = provider.leftovers().orElseThrow().get(0).lastUsed();
        Thread.sleep(Math.max(
                0, Duration.between(Instant.now(), first.plusSeconds(1)).toMillis()));

        store.stage(home.resolve("data"));

        assertThat(provider.leftovers().orElseThrow())
                .singleElement()
                .satisfies(input -> assertThat(input.lastUsed()).isAfter(first));
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

    /** While gigabytes are on their way, no job has them yet; who comes by must know that they are about to be needed. */
    @Test
    void aLaunchIsSeenBeforeItsInputsAreThere() throws IOException {
        Submission job = place.job(ONE.value(), 1).build();
        Files.delete(job.channels().get(WorkOrder.WORKER_CHANNEL));

        assertThatThrownBy(() -> provider.submit(job)).isInstanceOf(FineTuneException.class);

        assertThat(store.list("orders/" + ONE)).hasSize(1);
        assertThat(provider.leftovers().orElseThrow())
                .filteredOn(one -> one.run() == null)
                .allSatisfy(input -> assertThat(input.use()).isEqualTo("a launch may be under way"));
    }

    /** Its order is young, and a list of jobs does not know its second launch yet. */
    @Test
    void whatWasResumedAMomentAgoIsNeeded() {
        provider.submit(place.job(ONE.value(), 50).build());
        place.clock.advance(Duration.ofMinutes(10));
        provider.stop(ONE);
        place.clock.advance(Duration.ofMinutes(10));
        provider.resume(ONE);
        AzureConnection late = withLists("{\"value\":[]}");
        CommandJobs jobs = new CommandJobs(options(), late);

        List<Leftover> found =
                new StoredJobs(options(), store, jobs, new LaunchWalk(jobs, place.clock), place.clock.instant()).all();

        assertThat(found)
                .hasSize(5)
                .extracting(Leftover::use)
                .allSatisfy(use -> assertThat(use).matches("one-0a1b2c3d-1-r2, which is .*|a job that has not ended"));
    }

    /** Azure's own lists are behind by some seconds. */
    @Test
    void whatAListDoesNotKnowYetIsLaunchedOnceAndNeeded() {
        place.azure.listAfter(Duration.ofMinutes(1));
        provider.submit(place.job(ONE.value(), 50).build());

        provider.submit(place.job(ONE.value(), 50).build());

        assertThat(place.azure.calls().of("Jobs_CreateOrUpdate")).hasSize(1);
        assertThat(provider.unfinished()).as("a list does not know it").isEmpty();
        assertThat(provider.leftovers().orElseThrow())
                .hasSize(4)
                .allSatisfy(one -> assertThat(one.use()).isNotEmpty());
        place.clock.advance(Duration.ofMinutes(2));
        assertThat(provider.unfinished()).extracting(UnfinishedJob::run).containsExactly(ONE);
    }

    @Test
    void inputsOfARunThatAListDoesNotKnowYetStay() {
        provider.submit(place.job(ONE.value(), 1).build());
        end(ONE);
        place.azure.listAfter(Duration.ofMinutes(1));
        provider.submit(place.job(OTHER.value(), 1).build());

        provider.delete(ONE);

        assertThat(store.list("inputs/")).as("the other's job reads them").isNotEmpty();
        assertThat(store.list("jobs/" + ONE)).isEmpty();
    }

    /** As the workspace, where whoever asks for jobs gets this list. */
    private AzureConnection withLists(String list) {
        AzureConnection real = place.connection();
        return new AzureConnection(
                real.cloud(),
                real.credential(),
                request -> request.getUrl().getPath().endsWith("/jobs")
                        ? Mono.just(Answered.to(200, list))
                        : real.http().send(request));
    }

    private AzureMlOptions options() {
        return new AzureMlSettings(place.settings(), Map.of()).options();
    }

    /** Somebody else may call a tag as we do, and a folder nearly so. */
    @Test
    void whatIsCalledAlmostAsOursIsNotTold() {
        provider.submit(place.job(ONE.value(), 50).build());
        ArmResources manager = new ArmResources(place.connection(), AzureMlOptions.USUAL_API_VERSION);
        String jobs = options().workspacePath() + "/jobs/";
        ObjectNode theirs =
                CommandJobMapper.again(AzureJob.of(manager.find(jobs + ONE).orElseThrow()), null);
        ((ObjectNode) theirs.at("/properties/tags")).put(Submission.RUN_LABEL, "of somebody else");
        manager.put(jobs + "theirs", theirs);
        String tooLong = "a".repeat(51) + "-0a1b2c3d-123456";
        store.put("orders/" + tooLong + "/d1/order.json", "{}".getBytes(StandardCharsets.UTF_8));

        assertThat(provider.unfinished()).extracting(UnfinishedJob::run).containsExactly(ONE);
        assertThat(provider.leftovers().orElseThrow())
                .isNotEmpty()
                .noneMatch(one -> one.reference().contains(tooLong));
        provider.stop(ONE);
        end(ONE);
        provider.delete(ONE);
        assertThat(store.list("inputs/")).as("the other's job reads them").isNotEmpty();
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

    /** The studio offers that for a tidy list. */
    @Test
    void inputsOfARunThatSomebodyArchivedStay() {
        provider.submit(place.job(ONE.value(), 1).build());
        end(ONE);
        provider.submit(place.job(OTHER.value(), 50).build());
        ArmResources manager = new ArmResources(place.connection(), AzureMlOptions.USUAL_API_VERSION);
        String path = options().workspacePath() + "/jobs/" + OTHER;
        ObjectNode archived =
                CommandJobMapper.archived(AzureJob.of(manager.find(path).orElseThrow()));
        ((ObjectNode) archived.at("/properties/tags")).remove(AzureJob.REMOVED);
        manager.put(path, archived);

        provider.delete(ONE);

        assertThat(store.list("inputs/")).as("the other's job reads them").isNotEmpty();
    }

    /** Its record alone is no job that has them. */
    @Test
    void inputsOfARemovedRunGoThoughItsRecordStays() {
        provider.submit(place.job(ONE.value(), 1).build());
        provider.submit(place.job(OTHER.value(), 1).build());
        end(ONE);
        end(OTHER);
        place.azure.faults().denyAccess("Jobs_Delete", 1);
        provider.delete(ONE);

        provider.delete(OTHER);

        assertThat(store.list("")).isEmpty();
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
            if (provider.find(id).orElseThrow().state().isTerminal()) {
                place.clock.advance(Duration.ofHours(2)); // no launch is under way any more
                return;
            }
            place.clock.advance(Duration.ofMinutes(5));
        }
        throw new AssertionError(id + " never ends");
    }
}
