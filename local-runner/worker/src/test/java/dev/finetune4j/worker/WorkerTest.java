package dev.finetune4j.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.run.MergedModel;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.spi.TextCodecFactory;
import dev.finetune4j.training.bigram.BigramModel;
import dev.finetune4j.training.bigram.LetterCodec;
import dev.finetune4j.training.model.LanguageModelLoader;
import dev.finetune4j.training.model.decoder.DecoderLoader;
import dev.finetune4j.worker.WorkSite.Engines;
import dev.finetune4j.worker.folder.EventReader;
import dev.finetune4j.worker.folder.JobFolder;
import dev.finetune4j.worker.folder.JobTicket;
import dev.finetune4j.worker.folder.WorkerStatus;
import dev.finetune4j.worker.machine.Machine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker within this process, on a model that needs no torch unless a test says so. */
class WorkerTest {
    private static final LanguageModelLoader BIGRAMS = (files, adapter, settings) -> {
        BigramModel model = new BigramModel(LetterCodec.VOCABULARY);
        if (adapter != null) {
            model.readAdapter(adapter);
        }
        return new LanguageModelLoader.Loaded(model, Precision.FP32, Recompute.NONE, 1);
    };

    @TempDir
    private Path root;

    private SmallJob job;
    private JobFolder folder;

    @BeforeEach
    void layOut() throws Exception {
        job = new SmallJob(root);
        folder = new JobFolder(Files.createDirectories(root.resolve("job")));
    }

    @Test
    void doesTheStepsInOrderAndSkipsThoseThatAreComplete() throws Exception {
        List<WorkStep> steps =
                List.of(SmallJob.steps(SmallJob.training(1).build()).get(0), generate());
        ticket(steps);
        assertThat(worker(BIGRAMS).run()).isEqualTo(ExitCode.OK);
        Instant adapterMade = Files.getLastModifiedTime(folder.output().resolve("adapter/adapter_model.safetensors"))
                .toInstant();
        long events = events().size();

        assertThat(worker(failing(new IllegalStateException("nothing is loaded")))
                        .run())
                .isEqualTo(ExitCode.OK);

        assertThat(Files.getLastModifiedTime(folder.output().resolve("adapter/adapter_model.safetensors"))
                        .toInstant())
                .isEqualTo(adapterMade);
        assertThat(events().subList((int) events, events().size()))
                .filteredOn(RunEvent.StateChanged.class::isInstance)
                .extracting(event -> ((RunEvent.StateChanged) event).state())
                .containsExactly(RunState.STARTING, RunState.SUCCEEDED);
    }

    @Test
    void tellsEveryStateAndWhatTheTrainingWillBe() throws Exception {
        ticket(SmallJob.steps(SmallJob.training(1).build()).subList(0, 1));

        worker(BIGRAMS).run();

        assertThat(events())
                .filteredOn(RunEvent.StateChanged.class::isInstance)
                .extracting(event -> ((RunEvent.StateChanged) event).state())
                .containsExactly(RunState.STARTING, RunState.TRAINING, RunState.TRAINING, RunState.SUCCEEDED);
        assertThat(events())
                .filteredOn(RunEvent.TrainingStarted.class::isInstance)
                .singleElement()
                .extracting(event -> ((RunEvent.TrainingStarted) event).steps())
                .isEqualTo(12);
    }

    @Test
    void tellsWhatItRunsOnAndWithWhichVersions() throws Exception {
        ticket(SmallJob.steps(SmallJob.training(1).build()).subList(0, 1));

        worker(BIGRAMS).run();

        assertThat(events())
                .filteredOn(RunEvent.WorkerStarted.class::isInstance)
                .singleElement()
                .satisfies(event -> {
                    RunEvent.WorkerStarted worker = (RunEvent.WorkerStarted) event;
                    assertThat(worker.versions()).containsOnlyKeys("Java", "DJL", "libtorch");
                    assertThat(worker.versions().get("libtorch")).matches("2\\.7\\.1\\S* cpu");
                    assertThat(worker.host().device()).startsWith("cpu");
                    assertThat(worker.host().cores()).isPositive();
                });
    }

    @Test
    void answersOnePromptWithBaseAndTunedModelSideBySide() throws Exception {
        ticket(List.of(SmallJob.steps(SmallJob.training(20).build()).get(0), generate()));

        worker(BIGRAMS).run();

        assertThat(Files.readAllLines(folder.output().resolve("generated.jsonl")))
                .extracting(line -> Json.read(line, GeneratedText.class).variant())
                .containsExactly(Variant.BASE_ZERO_SHOT, Variant.TUNED);
    }

    @Test
    void mergesTheAdapterOnceItEqualsTheModelThatItWasTakenFrom() throws Exception {
        ticket(List.of(SmallJob.steps(SmallJob.training(20).build()).get(0), new WorkStep.Merge(Precision.AUTO)));

        assertThat(worker(new DecoderLoader()).run()).isEqualTo(ExitCode.OK);

        MergedModel merged =
                Json.read(Files.readString(folder.output().resolve(WorkOrder.MERGED_FILE)), MergedModel.class);
        assertThat(merged.precision()).isEqualTo(Precision.FP32);
        assertThat(merged.largestDifference()).isPositive().isLessThan(1e-3);
        assertThat(merged.bytes())
                .isEqualTo(Files.size(
                        folder.output().resolve(WorkOrder.MERGED_FOLDER).resolve("model.safetensors")));
        assertThat(folder.output().toFile().list()).doesNotContain("merged.partial");
    }

    @Test
    void aMergeThatIsAnotherModelIsNotHandedOut() throws Exception {
        ticket(List.of(SmallJob.steps(SmallJob.training(20).build()).get(0), new WorkStep.Merge(Precision.FP32)));
        DecoderLoader decoders = new DecoderLoader();
        LanguageModelLoader baseInsteadOfMerged =
                (files, adapter, settings) -> files.path().endsWith("merged.partial")
                        ? decoders.load(new ModelFiles(files.ref(), job.model(), files.digest()), adapter, settings)
                        : decoders.load(files, adapter, settings);

        assertThat(worker(baseInsteadOfMerged).run()).isEqualTo(ExitCode.TRAINING_FAILED);

        assertThat(problem().code()).isEqualTo("FT0657");
        assertThat(folder.output().resolve(WorkOrder.MERGED_FOLDER)).doesNotExist();
    }

    @Test
    void aMergeNeedsAnAdapter() throws Exception {
        ticket(List.of(new WorkStep.Merge(Precision.AUTO)));

        assertThat(worker(new DecoderLoader()).run()).isEqualTo(ExitCode.INVALID);

        assertThat(problem().code()).isEqualTo("FT0651");
    }

    @Test
    void aTunedAnswerNeedsAnAdapter() throws Exception {
        ticket(List.of(SmallJob.predict(Variant.TUNED)));

        assertThat(worker(BIGRAMS).run()).isEqualTo(ExitCode.INVALID);

        assertThat(problem().code()).isEqualTo("FT0651");
        assertThat(problem().summary()).isEqualTo("the adapter of the tuned model is missing");
    }

    @Test
    void theAdapterChannelServesWithoutTraining() throws Exception {
        ticket(SmallJob.steps(SmallJob.training(1).build()).subList(0, 1));
        worker(new DecoderLoader()).run();
        Path adapter = Files.move(folder.output().resolve("adapter"), root.resolve("given"));
        assertThat(adapter.resolve("adapter_config.json"))
                .content()
                .contains("\"base_model_name_or_path\" : \"made/tiny\"", "\"revision\" : \"c0ffee\"");
        folder = new JobFolder(Files.createDirectories(root.resolve("second")));
        ticket(List.of(SmallJob.predict(Variant.TUNED)), Map.of("adapter", adapter.toString()));

        assertThat(worker(new DecoderLoader()).run()).isEqualTo(ExitCode.OK);

        assertThat(Files.readAllLines(folder.output().resolve("predictions/tuned.jsonl")))
                .hasSize(12);
    }

    @Test
    void anAdapterWithoutConfigurationIsRefused() throws Exception {
        Path adapter = Files.createDirectories(root.resolve("broken"));
        Files.writeString(adapter.resolve("adapter_config.json"), "{\"r\": 0}");
        ticket(List.of(SmallJob.predict(Variant.TUNED)), Map.of("adapter", adapter.toString()));

        worker(BIGRAMS).run();

        assertThat(problem().summary()).isEqualTo("the adapter's configuration cannot be used");
    }

    @Test
    void noTrainableTokenIsOneProblemBeforeAModelIsLoaded() throws Exception {
        ticket(SmallJob.steps(SmallJob.training(1).maxTokens(1).build()).subList(0, 1));

        assertThat(worker(failing(new IllegalStateException("loaded"))).run()).isEqualTo(ExitCode.INVALID);

        assertThat(problem().code()).isEqualTo("FT0621");
        assertThat(problem().causes())
                .containsExactly("none of 48 rows has a trainable token within training.max-tokens 1");
    }

    @Test
    void rowsThatTeachNothingAreNamedAndLeftOut() throws Exception {
        String passage = "{\"kind\":\"passage\",\"row\":{\"source\":\"s\",\"row\":7},\"text\":\"\"}\n";
        Files.writeString(
                job.data().resolve("train.jsonl"),
                passage + Files.readString(job.data().resolve("train.jsonl")));
        ticket(SmallJob.steps(SmallJob.training(1).build()).subList(0, 1));

        assertThat(worker(BIGRAMS).run()).isEqualTo(ExitCode.OK);

        assertThat(events())
                .filteredOn(RunEvent.Noticed.class::isInstance)
                .singleElement()
                .satisfies(event -> {
                    Problem noticed = ((RunEvent.Noticed) event).problem();
                    assertThat(noticed.code()).isEqualTo("FT0627");
                    assertThat(noticed.summary()).isEqualTo("1 row has no trainable token");
                    assertThat(noticed.causes()).first().asString().startsWith("the first is s row 7");
                });
    }

    @Test
    void tokensOfAnotherModelsTokenizerAreOneProblem() throws Exception {
        TextCodecFactory foreign = model -> new LetterCodec(256, LetterCodec.VOCABULARY);
        ticket(SmallJob.steps(SmallJob.training(1).build()).subList(0, 1));

        assertThat(new Worker(folder, new Engines(foreign, new DecoderLoader(), machine()), Clock.systemUTC()).run())
                .isEqualTo(ExitCode.INVALID);

        assertThat(problem().code()).isEqualTo("FT0602");
    }

    @Test
    void aDefectIsToldApartAndItsTraceStaysOutOfTheEvents() throws Exception {
        ticket(SmallJob.steps(SmallJob.training(1).build()).subList(0, 1));

        assertThat(worker(failing(new IllegalStateException("a broken assumption")))
                        .run())
                .isEqualTo(ExitCode.INTERNAL);

        assertThat(problem().code()).isEqualTo("FT0655");
        assertThat(problem().causes()).first().isEqualTo("a broken assumption");
        assertThat(Files.readString(folder.events()))
                .doesNotContain("IllegalStateException")
                .doesNotContain("\\tat ");
    }

    @Test
    void aFullHeapIsNamed() throws Exception {
        ticket(SmallJob.steps(SmallJob.training(1).build()).subList(0, 1));

        assertThat(worker(failing(new OutOfMemoryError("Java heap space"))).run())
                .isEqualTo(ExitCode.TRAINING_FAILED);

        assertThat(problem().code()).isEqualTo("FT0656");
    }

    @Test
    void toldToEndBeforeItBeginsItStopsAtOnce() throws Exception {
        ticket(SmallJob.steps(SmallJob.training(1).build()));
        Worker worker = worker(BIGRAMS);
        worker.terminate();

        assertThat(worker.run()).isEqualTo(ExitCode.INTERRUPTED);

        assertThat(WorkerStatus.read(folder).orElseThrow().state()).isEqualTo(RunState.STOPPED);
    }

    @Test
    void aFolderWithoutAJobIsRefused() {
        assertThatThrownBy(() -> worker(BIGRAMS).run()).hasMessageContaining("FT0652: there is no job in ");
    }

    private WorkStep.Generate generate() {
        return new WorkStep.Generate(
                List.of(Variant.BASE_ZERO_SHOT, Variant.TUNED),
                List.of(new Message(Role.USER, "is a odd or even")),
                "",
                Sampling.greedy(6));
    }

    private void ticket(List<WorkStep> steps) throws Exception {
        ticket(steps, Map.of());
    }

    private void ticket(List<WorkStep> steps, Map<String, String> moreChannels) throws Exception {
        Submission submission = job.submission("within", "d1", steps);
        Map<String, String> channels = new LinkedHashMap<>(moreChannels);
        submission.channels().forEach((name, path) -> channels.put(name, path.toString()));
        new JobTicket(submission.id(), submission.model(), submission.order(), channels, Map.of(), null, Instant.EPOCH)
                .write(folder);
    }

    private Worker worker(LanguageModelLoader loader) {
        return new Worker(folder, new Engines(model -> new LetterCodec(256), loader, machine()), Clock.systemUTC());
    }

    private static Machine machine() {
        return new Machine(Path.of("/"));
    }

    private static LanguageModelLoader failing(Throwable failure) {
        return (files, adapter, settings) -> {
            if (failure instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) failure;
        };
    }

    private Problem problem() {
        return java.util.Objects.requireNonNull(
                WorkerStatus.read(folder).orElseThrow().problem());
    }

    private List<RunEvent> events() {
        return new EventReader(folder).all();
    }
}
