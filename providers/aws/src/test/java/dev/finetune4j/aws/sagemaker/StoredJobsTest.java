package dev.finetune4j.aws.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.aws.s3.S3Store;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.RunState;
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
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in S3 of jobs is found, all of it and nothing else, with what needs it. */
class StoredJobsTest {
    @TempDir
    private Path folder;

    private OfflinePlace place;
    private Provider provider;

    @BeforeEach
    void open() throws IOException {
        place = new OfflinePlace(folder);
        provider = place.open();
    }

    @AfterEach
    void close() {
        provider.close();
        place.close();
    }

    @Test
    void nothingThatAJobNeedsIsFree() {
        Submission job = place.job("busy-0a1b2c3d-1", 5).build();
        provider.submit(job);
        place.clock.advance(Duration.ofHours(1));

        List<Leftover> found = provider.leftovers().orElseThrow();

        assertThat(found)
                .hasSizeGreaterThanOrEqualTo(4)
                .allSatisfy(one -> assertThat(one.use()).isNotEmpty());
        assertThat(found)
                .extracting(Leftover::use)
                .contains("busy-0a1b2c3d-1, which is InProgress", "a job that has not ended");
        assertThat(found)
                .filteredOn(one -> one.run() != null)
                .extracting(Leftover::run)
                .containsOnly(new RunId("busy-0a1b2c3d-1"));
    }

    @Test
    void allOfAnEndedJobGoesAndNothingElse() {
        try (S3Store store = place.store()) {
            store.put("inputs/mine/notes.txt", "not ours".getBytes(StandardCharsets.UTF_8));
            store.put("outputs/my-model/weights", "not ours".getBytes(StandardCharsets.UTF_8));
            store.put("letters.txt", "not ours".getBytes(StandardCharsets.UTF_8));
            provider.submit(place.job("done-0a1b2c3d-1", 1).build());
            place.clock.advance(Duration.ofHours(3));
            assertThat(provider.find(new RunId("done-0a1b2c3d-1")).orElseThrow().state())
                    .isEqualTo(RunState.SUCCEEDED);

            List<Leftover> found = provider.leftovers().orElseThrow();
            assertThat(found).hasSize(6).allSatisfy(one -> assertThat(one.use()).isEmpty());
            assertThat(found)
                    .extracting(Leftover::reference)
                    .anySatisfy(name -> assertThat(name).isEqualTo("s3://my-bucket/jobs/outputs/done-0a1b2c3d-1/"));
            found.forEach(provider::remove);
            found.forEach(provider::remove);

            assertThat(provider.leftovers().orElseThrow()).isEmpty();
            assertThat(store.exists("inputs/mine/notes.txt")).isTrue();
            assertThat(store.exists("outputs/my-model/weights")).isTrue();
            assertThat(store.exists("letters.txt")).isTrue();
        }
    }

    @Test
    void whatRunsIsFoundByItsTagsWhereverItsFilesAre() {
        try (Provider elsewhere = place.openWith("store", "s3://my-bucket/another/team")) {
            elsewhere.submit(place.job("theirs-0a1b2c3d-1", 5).build());
        }
        place.clock.advance(Duration.ofMinutes(10));
        provider.submit(place.job("done-0a1b2c3d-1", 1).build());
        place.clock.advance(Duration.ofHours(3));
        provider.submit(place.job("ours-0a1b2c3d-1", 5).label("team", "search").build());

        assertThat(provider.unfinished())
                .extracting(UnfinishedJob::run)
                .containsExactly(new RunId("theirs-0a1b2c3d-1"), new RunId("ours-0a1b2c3d-1"));
        UnfinishedJob theirs = provider.unfinished().get(0);
        assertThat(theirs.machine()).isEqualTo("ml.g5.xlarge");
        assertThat(theirs.region()).isEqualTo("eu-central-1");
        assertThat(theirs.isSpot()).isFalse();
        assertThat(Duration.between(theirs.since(), place.clock.instant())).isEqualTo(Duration.ofMinutes(190));
        assertThat(provider.leftovers().orElseThrow()).extracting(Leftover::run).doesNotContain(theirs.run());

        provider.stop(theirs.run());
        place.clock.advance(Duration.ofMinutes(10));

        assertThat(provider.unfinished()).extracting(UnfinishedJob::run).containsExactly(new RunId("ours-0a1b2c3d-1"));
    }

    /** Bedrock may have its files in the same store; whoever looks after SageMaker's jobs may not be allowed to ask it what it reads. */
    @Test
    void whatAnotherServiceReadsIsNotTold() {
        provider.submit(place.job("done-0a1b2c3d-1", 1).build());
        place.clock.advance(Duration.ofHours(3));
        assertThat(provider.find(new RunId("done-0a1b2c3d-1")).orElseThrow().state())
                .isEqualTo(RunState.SUCCEEDED);
        List<Leftover> own = provider.leftovers().orElseThrow();
        try (S3Store store = place.store()) {
            String rows = store.stagingApart("bedrock").stage(place.home.resolve("data"));

            assertThat(rows).matches("s3://my-bucket/jobs/inputs/bedrock/[0-9a-f]{64}/");
            assertThat(provider.leftovers().orElseThrow()).isEqualTo(own);
            own.forEach(provider::remove);
            assertThat(store.list(rows)).hasSize(1);
        }
    }

    @Test
    void whatRunsIsNotFreeForWhoeverMayNotSearch() {
        provider.submit(place.job("ours-0a1b2c3d-1", 5).build());
        place.clock.advance(Duration.ofHours(2));
        place.aws.faults().denyAccess("Search", 1);

        assertThat(provider.leftovers().orElseThrow())
                .isNotEmpty()
                .allSatisfy(one -> assertThat(one.use()).isNotEmpty());
    }

    @Test
    void whatGoesOnAfterAllIsNotRemoved() {
        provider.submit(place.job("ours-0a1b2c3d-1", 5).build());
        place.clock.advance(Duration.ofHours(2));
        Leftover staged = provider.leftovers().orElseThrow().stream()
                .filter(one -> one.run() != null)
                .findFirst()
                .orElseThrow();

        assertThatThrownBy(() -> provider.remove(staged)).hasMessageContaining("FT0849");

        assertThat(provider.leftovers().orElseThrow())
                .extracting(Leftover::reference)
                .contains(staged.reference());
    }

    @Test
    @Tag("long")
    void manyJobsAreFoundByFewCalls() {
        place.aws.sageMaker().quota("ml.g5.xlarge", 200);
        for (int i = 1; i <= 105; i++) {
            provider.submit(place.job("many-0a1b2c3d-" + i, 5).build());
        }
        place.clock.advance(Duration.ofHours(2));
        int described = place.aws.calls("DescribeTrainingJob").size();

        List<Leftover> found = provider.leftovers().orElseThrow();
        assertThat(provider.unfinished()).hasSize(105);

        assertThat(found)
                .hasSizeGreaterThan(105)
                .allSatisfy(one -> assertThat(one.use()).isNotEmpty());
        assertThat(place.aws.calls("DescribeTrainingJob")).hasSize(described);
        assertThat(place.aws.calls("Search")).as("two pages, asked for once").hasSize(2);
        place.clock.advance(Duration.ofMinutes(2));
        assertThat(provider.unfinished()).hasSize(105);
        assertThat(place.aws.calls("Search")).hasSize(4);
    }

    @Test
    void whatALaunchHasJustStagedIsNotFree() {
        try (S3Store store = place.store()) {
            Submission job = place.job("coming-0a1b2c3d-1", 1).build();
            new Staging(store).stage(job, 1);

            assertThat(provider.leftovers().orElseThrow())
                    .filteredOn(one -> one.run() == null)
                    .isNotEmpty()
                    .allSatisfy(one -> assertThat(one.use()).isEqualTo("a launch may be under way"));
        }
    }

    /** A run that moves to another machine has a job that ended; the next one is not there yet. */
    @Test
    void whatALaunchOfAnEndedRunHasJustStagedIsNotFree() {
        Submission job = place.job("moved-0a1b2c3d-1", 1).build();
        provider.submit(job);
        place.clock.advance(Duration.ofHours(3));
        assertThat(provider.find(job.id()).orElseThrow().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(uses(provider)).isNotEmpty().containsOnly("");
        try (S3Store store = place.store()) {
            new Staging(store).stage(job, 2);

            assertThat(uses(provider)).isNotEmpty().containsOnly("a launch may be under way");
        }
    }

    /** While gigabytes are on their way, no job has them yet; who comes by must know that they are about to be needed. */
    @Test
    void aLaunchIsSeenBeforeItsInputsAreThere() throws IOException {
        Submission job = place.job("coming-0a1b2c3d-1", 1).build();
        try (S3Store store = place.store()) {
            Files.delete(job.channels().get(WorkOrder.WORKER_CHANNEL));

            assertThatThrownBy(() -> new Staging(store).stage(job, 1)).isInstanceOf(FineTuneException.class);

            assertThat(store.list("orders/")).hasSize(1);
        }
    }

    /** Gigabytes take hours, over which the order that went before them has grown old. */
    @Test
    void inputsStayWhileOthersOfTheirLaunchAreOnTheirWay() {
        try (S3Store store = place.store()) {
            store.put("orders/coming-0a1b2c3d-1/d1/order.json", "{}".getBytes(StandardCharsets.UTF_8));
            store.stage(place.home.resolve("data"));
            place.clock.advance(Duration.ofMinutes(90));
            assertThat(uses(provider)).as("it never came").containsExactly("");

            store.stage(place.home.resolve("model"));
            assertThat(uses(provider)).containsOnly("a launch may be under way").hasSize(2);
        }
    }

    private static List<String> uses(Provider provider) {
        return provider.leftovers().orElseThrow().stream()
                .filter(one -> one.run() == null)
                .map(Leftover::use)
                .toList();
    }

    @Test
    void aFolderWithALongerNameThanARunsIsNotTold() {
        try (S3Store store = place.store()) {
            String tooLong = "a".repeat(51) + "-0a1b2c3d-123456";
            store.put("orders/" + tooLong + "/d1/order.json", "{}".getBytes(StandardCharsets.UTF_8));
            store.put("outputs/" + tooLong.substring(4) + "-r2/output/model.tar.gz", new byte[1]);

            assertThat(provider.leftovers().orElseThrow())
                    .extracting(Leftover::run)
                    .containsExactly(new RunId(tooLong.substring(4)));
        }
    }
}
