package dev.finetune4j.aws.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.aws.bedrock.TunableModels.TunableModel;
import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunEvent.StepCompleted;
import dev.finetune4j.run.RunEvent.ValidationCompleted;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From rows to the tuned model and the figures of its steps, at the service as it is offline. */
class OfflineCustomizationTest {
    private static final int SETS = 150;
    private static final String TRAINING = OfflineTuning.STORE + "/inputs/train.jsonl";
    private static final String VALIDATION = OfflineTuning.STORE + "/inputs/validation.jsonl";

    private final VirtualClock clock = new VirtualClock();

    @TempDir
    private Path folder;

    private OfflineS3 store;

    @BeforeEach
    void open() {
        store = OfflineTuning.store(folder.resolve("s3"), OfflineTuning.REGION, clock);
    }

    @Test
    void tunesAModelAndTellsItsSteps() throws Exception {
        TunableModel model = TunableModels.find(OfflineTuning.NOVA).orElseThrow();
        assertThat(stage(model, rows(40), TRAINING, true)).isEmpty();
        assertThat(stage(model, rows(8), VALIDATION, false)).isEmpty();
        StagedTuning job = job("tickets-1", VALIDATION);
        List<RunState> seen = new ArrayList<>();

        try (OfflineAws aws = OfflineTuning.start(clock, OfflineTuning.REGION, store);
                BedrockCalls calls = OfflineTuning.client(aws, OfflineTuning.REGION, aws.accessKeyId(), clock)) {
            CustomizationJobs jobs = new CustomizationJobs(calls);
            jobs.submit(OfflineTuning.request(job, OfflineTuning.options().build()));
            for (int i = 0; i < 60; i++) {
                RunState state = snapshot(jobs, job).state();
                if (seen.isEmpty() || seen.get(seen.size() - 1) != state) {
                    seen.add(state);
                }
                clock.advance(Duration.ofMinutes(1));
            }

            JobSnapshot end = snapshot(jobs, job);
            assertThat(seen).containsExactly(RunState.DOWNLOADING, RunState.TRAINING, RunState.SUCCEEDED);
            assertThat(end.digest()).isEqualTo("abc");
            Instant endedAt = Objects.requireNonNull(end.endedAt());
            String figures = CustomizationMapper.figures(OfflineTuning.STORE + "/outputs", end.reference());
            List<RunEvent> steps = StepFigures.steps(
                    Files.readString(store.file(figures + "/training_artifacts/step_wise_training_metrics.csv")),
                    endedAt);
            List<RunEvent> compared = StepFigures.validations(
                    Files.readString(store.file(
                            figures + "/validation_artifacts/post_fine_tuning_validation/validation_metrics.csv")),
                    endedAt);
            assertThat(steps).as("3 passes over 40 rows in batches of 8").hasSize(15);
            assertThat(((StepCompleted) steps.get(14)).loss()).isLessThan(((StepCompleted) steps.get(0)).loss());
            assertThat(compared).singleElement().isInstanceOf(ValidationCompleted.class);
            jobs.deleteModel(job.modelName());
            jobs.deleteModel(job.modelName());
        }
    }

    @Test
    void tellsWhyTheServiceFailedAJob() throws Exception {
        put(TRAINING, "{\"prompt\": \"a\", \"completion\": \"b\"}\n");

        try (OfflineAws aws = OfflineTuning.start(clock, OfflineTuning.REGION, store);
                BedrockCalls calls = OfflineTuning.client(aws, OfflineTuning.REGION, aws.accessKeyId(), clock)) {
            CustomizationJobs jobs = new CustomizationJobs(calls);
            StagedTuning job = job("tickets-1", null);
            jobs.submit(OfflineTuning.request(job, OfflineTuning.options().build()));
            clock.advance(Duration.ofHours(1));

            Problem problem = snapshot(jobs, job).failure().orElseThrow();
            assertThat(problem.kind()).isEqualTo(BedrockProblems.DATA_REFUSED);
            assertThat(problem.causes().get(0)).startsWith("Input data at jobs/inputs/train.jsonl must follow");
        }
    }

    /** Rows good and bad: what the client lets pass the service trains on, what the service fails for the client must have told. */
    @Test
    void tellsOfWhateverRowsTheServiceWouldFailFor() throws Exception {
        Random random = new Random(20261126);
        List<TunableModel> models = TunableModels.all()
                .filter(model -> model.regions().contains("us-west-2"))
                .toList();
        TunableModel nova = TunableModels.find(OfflineTuning.NOVA).orElseThrow();
        int completed = 0;
        for (String region : List.of("us-east-1", "us-west-2")) {
            store = OfflineTuning.store(folder.resolve(region), region, clock);
            try (OfflineAws aws = OfflineTuning.start(clock, region, store);
                    BedrockCalls calls = OfflineTuning.client(aws, region, aws.accessKeyId(), clock)) {
                CustomizationJobs jobs = new CustomizationJobs(calls);
                for (int i = 0; i < SETS; i++) {
                    TunableModel model = region.equals("us-east-1") ? nova : models.get(random.nextInt(models.size()));
                    List<Conversation> rows = rowsAtRandom(random);
                    boolean isGood = stage(model, rows, TRAINING, true).isEmpty();
                    put(
                            TRAINING,
                            rows.stream()
                                    .map(row -> model.format().record(row) + "\n")
                                    .collect(Collectors.joining()));
                    StagedTuning job = job("tickets-" + i, null);
                    jobs.submit(OfflineTuning.request(
                            job,
                            BedrockOptions.builder(OfflineTuning.ROLE, region, OfflineTuning.STORE, model.id())
                                    .build()));
                    clock.advance(Duration.ofHours(1));

                    RunState end = snapshot(jobs, job).state();

                    if (isGood) {
                        assertThat(end).as("%s of %s", rows, model.id()).isEqualTo(RunState.SUCCEEDED);
                        completed++;
                    } else {
                        assertThat(end).isIn(RunState.SUCCEEDED, RunState.FAILED);
                    }
                    if (end == RunState.FAILED) {
                        assertThat(isGood).as("%s of %s", rows, model.id()).isFalse();
                    }
                }
            }
        }
        assertThat(completed).as("of %s sets were good", 2 * SETS).isBetween(SETS / 4, 2 * SETS - SETS / 4);
    }

    private static List<Conversation> rowsAtRandom(Random random) {
        int count = random.nextInt(10) == 0 ? random.nextInt(8) : 8 + random.nextInt(8);
        List<Conversation> rows = IntStream.range(1, count + 1)
                .mapToObj(i -> TuningRecordsTest.conversation(random, i, random.nextInt(20) == 0 ? 2 : 1))
                .collect(Collectors.toCollection(ArrayList::new));
        if (random.nextInt(3) == 0 && !rows.isEmpty()) {
            rows.set(0, bad(random));
        }
        return rows;
    }

    private static Conversation bad(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> TuningRecordsTest.row(1, "U", " ", "A", "b");
            case 1 -> TuningRecordsTest.row(1, "U", "a", "A", "");
            case 2 -> TuningRecordsTest.row(1, "U", "Thought: a", "A", "b");
            case 3 -> TuningRecordsTest.row(1, "U", "a", "U", "b", "A", "c");
            default -> TuningRecordsTest.row(1, "A", "a", "U", "b", "A", "c");
        };
    }

    private static List<Conversation> rows(int count) {
        return IntStream.range(1, count + 1)
                .mapToObj(i -> TuningRecordsTest.row(
                        i,
                        "U",
                        i % 2 == 0 ? "please refund me" : "the login fails",
                        "A",
                        i % 2 == 0 ? "billing" : "technical"))
                .toList();
    }

    private List<Problem> stage(TunableModel model, List<Conversation> rows, String uri, boolean isTraining)
            throws IOException {
        Path from = Files.writeString(
                folder.resolve("rows.jsonl"),
                rows.stream().map(row -> Json.line(row) + "\n").collect(Collectors.joining()));
        Path records = folder.resolve("records.jsonl");
        List<Problem> problems = TuningRecords.write(model, from, records, isTraining);
        store.upload(records, uri);
        return problems;
    }

    private void put(String uri, String text) throws IOException {
        store.upload(Files.writeString(folder.resolve("records.jsonl"), text), uri);
    }

    private static JobSnapshot snapshot(CustomizationJobs jobs, StagedTuning job) {
        return BedrockStatusMapper.snapshot(job.id(), jobs.find(job.jobName()).orElseThrow());
    }

    private static StagedTuning job(String name, @Nullable String validation) {
        return new StagedTuning(
                new RunId(name), "abc", TRAINING, validation, LoraTuning.defaults(), TrainingSpec.defaults(), Map.of());
    }
}
