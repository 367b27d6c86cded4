package dev.finetune4j.aws.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.aws.internal.BucketOwner;
import dev.finetune4j.aws.s3.S3Store;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.Leftover;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models, figures and rows of our jobs are told with what needs them, somebody else's are not, and what is told can be removed. */
class StoredTuningsTest {
    private static final RunId DONE = new RunId("tickets-done");

    @TempDir
    private Path folder;

    private TuningPlace place;
    private Provider provider;

    @BeforeEach
    void open() throws IOException {
        place = new TuningPlace(folder, TuningPlace.SETTINGS);
        provider = place.open();
    }

    @AfterEach
    void close() {
        provider.close();
        place.close();
    }

    @Test
    void tellsModelsAndFiguresOfOurJobsAndRemovesThem() throws IOException {
        provider.submit(place.job(DONE.value()));
        assertThat(provider.leftovers().orElseThrow())
                .as("a job that runs has its rows, which it needs")
                .extracting(Leftover::use)
                .containsExactly("a job that has not ended");
        place.clock.advance(Duration.ofHours(2));
        assertThat(provider.find(DONE).orElseThrow().state()).isEqualTo(RunState.SUCCEEDED);
        Path foreign = Files.writeString(folder.resolve("foreign"), "not ours");
        place.aws.s3().upload(foreign, OfflineTuning.STORE + "/outputs/model-customization-job-none/figures.csv");
        place.aws.s3().upload(foreign, OfflineTuning.STORE + "/outputs/report.csv");

        List<Leftover> left = provider.leftovers().orElseThrow();

        assertThat(left).extracting(Leftover::run).containsExactly(DONE, DONE, null);
        assertThat(left.get(0).reference()).contains(":custom-model/amazon.nova-micro-v1:0:128k/");
        assertThat(left.get(1).reference()).startsWith(OfflineTuning.STORE + "/outputs/model-customization-job-");
        assertThat(left.get(2).reference()).startsWith(OfflineTuning.STORE + "/inputs/bedrock/");
        assertThat(left.get(1).bytes()).isPositive();
        assertThat(left.get(2).bytes()).isPositive();
        assertThat(left.get(0).use()).as("gc keeps it").startsWith("the model is nowhere else");
        assertThat(left.get(1).use()).isEmpty();
        assertThat(left.get(2).use()).isEmpty();
        for (Leftover file : left.subList(1, 3)) {
            provider.remove(file);
            provider.remove(file);
        }
        assertThat(provider.leftovers().orElseThrow()).containsExactly(left.get(0));
        assertThat(place.aws.s3().keys(OfflineTuning.STORE + "/outputs"))
                .as("what is not ours")
                .hasSize(2);
        assertThat(place.aws.s3().keys(OfflineTuning.STORE + "/inputs")).isEmpty();
    }

    @Test
    void rowsAreNotFreeWhileAJobReadsThemOrMayBeAboutTo() {
        provider.submit(place.job("first"));
        place.clock.advance(Duration.ofHours(2));
        assertThat(rows().use()).isEmpty();

        provider.submit(place.job("second"));

        assertThat(rows().use()).as("the same rows").isEqualTo("a job that has not ended");
        provider.stop(new RunId("second"));
        place.clock.advance(Duration.ofHours(2));
        assertThat(rows().use()).isEmpty();
        try (S3Store store = S3Store.open(
                OfflineTuning.STORE, OfflineTuning.REGION, BucketOwner.of(TuningPlace.SETTINGS), place.context)) {
            String other = store.stagingApart("bedrock").stage(place.home.resolve("data/train.jsonl"));
            assertThat(provider.leftovers().orElseThrow())
                    .filteredOn(one -> one.reference().equals(other))
                    .extracting(Leftover::use)
                    .containsExactly("a launch may be under way");
        }
    }

    /** SageMaker's jobs and callers know nothing of these, and need not be asked. */
    @Test
    void leavesAloneWhatAnotherServiceStaged() {
        try (S3Store store = S3Store.open(
                OfflineTuning.STORE, OfflineTuning.REGION, BucketOwner.of(TuningPlace.SETTINGS), place.context)) {
            store.stage(place.home.resolve("data"));
            place.clock.advance(Duration.ofHours(2));

            assertThat(provider.leftovers().orElseThrow()).isEmpty();
        }
    }

    @Test
    void whoMayNotSeeImportsRemovesNoFilesOfThem() {
        provider.submit(place.job(DONE.value()));
        place.clock.advance(Duration.ofHours(2));
        place.aws.faults().denyAccess("ListModelImportJobs", 1);

        assertThat(rows().use()).startsWith("an import of a model, if there is one?");
    }

    private Leftover rows() {
        return provider.leftovers().orElseThrow().stream()
                .filter(one -> one.run() == null)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void leavesAloneWhatCarriesNoTagOfOurs() {
        provider.submit(place.job(DONE.value()));
        try (BedrockCalls calls =
                OfflineTuning.client(place.aws, OfflineTuning.REGION, place.aws.accessKeyId(), place.clock)) {
            CustomizationJobs jobs = new CustomizationJobs(calls);
            String rows =
                    jobs.find(DONE.value()).orElseThrow().trainingDataConfig().s3Uri();
            jobs.submit(
                    OfflineTuning.request(
                                    OfflineTuning.job("somebodys", "d2"),
                                    OfflineTuning.options().build())
                            .toBuilder()
                            .trainingDataConfig(data -> data.s3Uri(rows))
                            .jobTags(List.of())
                            .customModelTags(List.of())
                            .build());
            place.clock.advance(Duration.ofHours(2));

            assertThat(provider.leftovers().orElseThrow())
                    .extracting(Leftover::run)
                    .containsExactly(DONE, DONE, null);
            assertThat(jobs.models()).hasSize(2);
        }
    }
}
