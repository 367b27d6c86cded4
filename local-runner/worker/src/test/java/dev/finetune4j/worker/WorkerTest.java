package dev.finetune4j.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.LabelScoring;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.PromptTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.modelfiles.weights.GgufFile;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.run.GgufType;
import dev.finetune4j.run.MergedModel;
import dev.finetune4j.run.ModelFormat;
import dev.finetune4j.run.Rehearsal;
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
import dev.finetune4j.training.problem.WriteFailure;
import dev.finetune4j.worker.WorkSite.Engines;
import dev.finetune4j.worker.folder.EventReader;
import dev.finetune4j.worker.folder.JobFolder;
import dev.finetune4j.worker.folder.JobTicket;
import dev.finetune4j.worker.folder.WorkerStatus;
import dev.finetune4j.worker.machine.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A worker within this process, on a model that needs no torch unless a test says so. */
@Tag("long")
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
    void rehearsesTheFirstStepsAndSomeOfTheAnswers() throws Exception {
        List<WorkStep> run = SmallJob.steps(SmallJob.training(1).build());
        WorkStep.Rehearse.Extent extent =
                new WorkStep.Rehearse.Extent(4, 5, Duration.ofMinutes(1), Duration.ofMinutes(1));
        ticket(List.of(
                new WorkStep.Rehearse((WorkStep.Train) run.get(0), new WorkOrder("all", run).answers(), extent)));

        assertThat(worker(BIGRAMS).run()).as("%s", events()).isEqualTo(ExitCode.OK);

        Rehearsal rehearsal =
                Json.read(Files.readString(folder.output().resolve(WorkOrder.REHEARSAL_FILE)), Rehearsal.class);
        assertThat(rehearsal.training().steps()).isEqualTo(4);
        assertThat(rehearsal.training().plannedSteps()).isEqualTo(12);
        assertThat(rehearsal.training().learns()).isTrue();
        assertThat(rehearsal.answers())
                .extracting(Rehearsal.AnswerPace::variant)
                .containsExactly(Variant.BASE_ZERO_SHOT, Variant.TUNED);
        assertThat(rehearsal.answers()).allSatisfy(pace -> {
            assertThat(pace.rows()).isEqualTo(5);
            assertThat(pace.totalRows()).isEqualTo(12);
            assertThat(pace.wholeSeconds()).isGreaterThanOrEqualTo(0);
        });
        assertThat(rehearsal.foreseenPeakBytes()).isEqualTo(1);
        assertThat(rehearsal.waitingShare() == null).isEqualTo(!Files.exists(Path.of("/proc/self/schedstat")));
        assertThat(rehearsal.startUpDiskSeconds() == null).isEqualTo(!Files.exists(Path.of("/proc/pressure/io")));
        assertThat(events())
                .filteredOn(RunEvent.WorkerEnded.class::isInstance)
                .singleElement()
                .satisfies(event -> {
                    RunEvent.WorkerEnded ended = (RunEvent.WorkerEnded) event;
                    assertThat(ended.peakResidentBytes()).isGreaterThanOrEqualTo(rehearsal.peakBytes());
                    assertThat(ended.waitingShare() == null).isEqualTo(!Files.exists(Path.of("/proc/self/schedstat")));
                });
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
        ticket(List.of(
                SmallJob.steps(SmallJob.training(20).build()).get(0),
                new WorkStep.Merge(new ModelFormat.HuggingFace(Precision.AUTO))));

        assertThat(worker(new DecoderLoader()).run()).isEqualTo(ExitCode.OK);

        MergedModel merged =
                Json.read(Files.readString(folder.output().resolve(WorkOrder.MERGED_FILE)), MergedModel.class);
        assertThat(merged.format()).isEqualTo(new ModelFormat.HuggingFace(Precision.FP32));
        assertThat(merged.largestDifference()).isPositive().isLessThan(1e-3);
        assertThat(events().toString()).contains("merging the adapter into the weights");
        assertThat(merged.bytes())
                .isEqualTo(Files.size(
                        folder.output().resolve(WorkOrder.MERGED_FOLDER).resolve("model.safetensors")));
        assertThat(folder.output().toFile().list()).doesNotContain("merged.partial");
    }

    @ParameterizedTest
    @CsvSource({"f32, 1e-3", "f16, 0.1", "q8_0, 0.5"})
    void mergesIntoOneFileForLlamaCpp(String type, double tolerance) throws Exception {
        writeTokenizer();
        ModelFormat format = new ModelFormat.Gguf(GgufType.parse(type));
        ticket(List.of(SmallJob.steps(SmallJob.training(20).build()).get(0), new WorkStep.Merge(format)));

        assertThat(worker(new DecoderLoader()).run()).as("%s", events()).isEqualTo(ExitCode.OK);

        MergedModel merged =
                Json.read(Files.readString(folder.output().resolve(WorkOrder.MERGED_FILE)), MergedModel.class);
        Path merging = folder.output().resolve("merged");
        Path file = merging.resolve("model.gguf");
        assertThat(merged.format()).isEqualTo(format);
        assertThat(merged.bytes()).isEqualTo(Files.size(file));
        assertThat(merged.largestDifference()).isPositive().isLessThan(tolerance);
        assertThat(merging.toFile().list()).containsExactly("model.gguf");
        try (GgufFile gguf = GgufFile.open(file)) {
            assertThat(gguf.metadata().text("general.name")).contains("within");
        }
    }

    @Test
    void aGgufThatEndsWhereAWindowWouldBeginIsComparedUpToThere() throws Exception {
        writeTokenizer();
        Path config = job.model().resolve("config.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace("LlamaForCausalLM", "MistralForCausalLM")
                        .replace("\"llama\"", "\"mistral\", \"sliding_window\": 7"));
        ModelFormat format = new ModelFormat.Gguf(GgufType.F32);
        ticket(List.of(SmallJob.steps(SmallJob.training(20).build()).get(0), new WorkStep.Merge(format)));

        assertThat(worker(new DecoderLoader()).run()).as("%s", events()).isEqualTo(ExitCode.OK);

        MergedModel merged =
                Json.read(Files.readString(folder.output().resolve(WorkOrder.MERGED_FILE)), MergedModel.class);
        assertThat(merged.largestDifference()).isLessThan(1e-3);
    }

    @Test
    void aGgufThatIsAnotherModelInThirtyTwoBitsIsNotAskedForOnceMore() throws Exception {
        writeTokenizer();
        ticket(List.of(
                SmallJob.steps(SmallJob.training(20).build()).get(0),
                new WorkStep.Merge(new ModelFormat.Gguf(GgufType.F32))));
        DecoderLoader decoders = new DecoderLoader();
        LanguageModelLoader baseInsteadOfMerged =
                (files, adapter, settings) -> files.path().endsWith("model.gguf")
                        ? decoders.load(new ModelFiles(files.ref(), job.model(), files.digest()), adapter, settings)
                        : decoders.load(files, adapter, settings);

        assertThat(worker(baseInsteadOfMerged).run()).isEqualTo(ExitCode.TRAINING_FAILED);

        assertThat(problem().remedies()).containsExactly("finetune export RUN --to FOLDER --format hf");
    }

    private void writeTokenizer() throws IOException {
        Files.writeString(job.model().resolve("tokenizer.json"), """
                {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false}, "normalizer": null,
                 "model": {"type": "BPE", "vocab": {"!": 0, "a": 1, "b": 2, "ab": 3}, "merges": ["a b"]}}
                """);
    }

    @Test
    void aModelWithoutACounterpartInGgufLeavesNoFile() throws Exception {
        ticket(List.of(
                SmallJob.steps(SmallJob.training(1).build()).get(0),
                new WorkStep.Merge(new ModelFormat.Gguf(GgufType.AUTO))));

        assertThat(worker(new DecoderLoader()).run()).isEqualTo(ExitCode.INVALID);

        assertThat(problem().code()).as("there is no tokenizer").isEqualTo("FT0430");
        assertThat(folder.output().toFile().list()).doesNotContain("merged", "merged.partial");
    }

    @Test
    void trainsEveryWeightAndComparesWithTheBaseModel() throws Exception {
        List<WorkStep> steps = new ArrayList<>(SmallJob.steps(
                FullTuning.defaults(), SmallJob.training(12).learningRate(3e-3).build()));
        steps.add(new WorkStep.Merge(new ModelFormat.HuggingFace(Precision.BF16)));
        steps.add(generate());
        ticket(steps);

        assertThat(worker(new DecoderLoader()).run()).as("%s", events()).isEqualTo(ExitCode.OK);

        assertThat(folder.output().resolve("model/config.json")).exists();
        assertThat(folder.output().resolve("adapter")).doesNotExist();
        assertThat(events().toString())
                .contains("writing the tuned model as one of its own")
                .doesNotContain("merging the adapter");
        assertThat(right("tuned")).isGreaterThan(right("base-zero-shot"));
        assertThat(Json.read(Files.readString(folder.output().resolve(WorkOrder.MERGED_FILE)), MergedModel.class)
                        .format())
                .isEqualTo(new ModelFormat.HuggingFace(Precision.BF16));
        assertThat(Files.readAllLines(folder.output().resolve("generated.jsonl")))
                .extracting(line -> Json.read(line, GeneratedText.class).variant())
                .containsExactly(Variant.BASE_ZERO_SHOT, Variant.TUNED);
    }

    static Stream<Arguments> virtualTokens() {
        return Stream.of(
                Arguments.of(new PromptTuning(6, "odd or even"), "\"PROMPT_TUNING\"", "\"odd or even\""),
                Arguments.of(new PrefixTuning(6, "odd or even"), "\"PREFIX_TUNING\"", "\"prefix_projection\" : false"));
    }

    @ParameterizedTest
    @MethodSource("virtualTokens")
    void trainsVirtualTokensThatAnswerAndAreNotMerged(TuningMethod method, String kind, String setting)
            throws Exception {
        List<WorkStep> steps = new ArrayList<>(SmallJob.steps(
                method,
                SmallJob.training(12)
                        .learningRate(0.1)
                        .packing(true)
                        .maxTokens(32)
                        .build()));
        steps.add(generate());
        steps.add(new WorkStep.Merge(new ModelFormat.HuggingFace(Precision.AUTO)));
        ticket(steps);

        assertThat(worker(new DecoderLoader()).run()).as("%s", events()).isEqualTo(ExitCode.INVALID);

        assertThat(problem().code()).isEqualTo("FT0658");
        assertThat(folder.output().resolve("adapter/adapter_config.json"))
                .content()
                .contains(kind, "\"num_virtual_tokens\" : 6", setting);
        assertThat(surprise("tuned")).isLessThan(surprise("base-zero-shot"));
        assertThat(Files.readAllLines(folder.output().resolve("generated.jsonl")))
                .hasSize(2);
    }

    @Test
    void virtualTokensTakeTheirPlaceFromTheRows() throws Exception {
        String row =
                "{\"kind\":\"passage\",\"row\":{\"source\":\"s\",\"row\":1},\"text\":\"" + "a".repeat(400) + "\"}\n";
        for (String part : List.of("train", "validation", "test")) {
            Files.writeString(job.data().resolve(part + ".jsonl"), row);
        }
        ticket(SmallJob.steps(
                new PromptTuning(6, "odd"),
                SmallJob.training(1).batchSize(1).maxTokens(0).build()));

        assertThat(worker(new DecoderLoader()).run()).as("%s", events()).isEqualTo(ExitCode.OK);

        assertThat(events())
                .filteredOn(RunEvent.StepCompleted.class::isInstance)
                .extracting(event -> ((RunEvent.StepCompleted) event).tokens())
                .as("256 positions")
                .containsOnly(250L);
        assertThat(List.of("base-zero-shot", "tuned"))
                .allSatisfy(variant -> assertThat(predictions(variant))
                        .singleElement()
                        .extracting(Prediction::referenceTokens)
                        .isEqualTo(249));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void passagesAreContinuedByBaseAndTunedModel(boolean isBehindVirtualTokens) throws Exception {
        for (Part part : Part.values()) {
            List<String> rows = IntStream.range(0, 8)
                    .mapToObj(i -> Json.line(new Example.Passage(
                            new RowRef(part.fileName(), i + 1L), "odd and even are the numbers " + i + " and so on")))
                    .toList();
            Files.write(job.data().resolve(part.fileName()), rows);
        }
        TuningMethod method = isBehindVirtualTokens
                ? new PromptTuning(6, "odd")
                : new LoraTuning(4, 8, 0, List.of(LoraTuning.ALL_LINEAR));
        List<WorkStep> steps = new ArrayList<>(
                SmallJob.steps(method, SmallJob.training(2).build()).subList(0, 1));
        for (Variant variant : List.of(Variant.BASE_ZERO_SHOT, Variant.TUNED)) {
            steps.add(new WorkStep.Predict(
                    variant, Part.TEST.fileName(), List.of(), List.of(), LabelScoring.LIKELIHOOD, 12, 0, true));
        }
        ticket(steps);

        assertThat(worker(new DecoderLoader()).run()).as("%s", events()).isEqualTo(ExitCode.OK);

        assertThat(List.of("base-zero-shot", "tuned"))
                .allSatisfy(variant -> assertThat(predictions(variant))
                        .hasSize(8)
                        .allSatisfy(prediction -> {
                            assertThat(prediction.answer()).isNotNull().isNotEqualTo(prediction.reference());
                            assertThat(prediction.referenceTokens()).isPositive();
                            assertThat(prediction.complete()).isNull();
                        }));
        assertThat(surprise("tuned")).isLessThan(surprise("base-zero-shot"));
    }

    @Test
    void rowsAreCutToTheModelEvenWhereTheJobAllowsMore() throws Exception {
        String row =
                "{\"kind\":\"passage\",\"row\":{\"source\":\"s\",\"row\":1},\"text\":\"" + "a".repeat(400) + "\"}\n";
        Files.writeString(job.data().resolve("train.jsonl"), row);
        ticket(SmallJob.steps(SmallJob.training(1).batchSize(1).maxTokens(2048).build())
                .subList(0, 1));

        assertThat(worker(BIGRAMS).run()).isEqualTo(ExitCode.OK);

        assertThat(events())
                .filteredOn(RunEvent.StepCompleted.class::isInstance)
                .extracting(event -> ((RunEvent.StepCompleted) event).tokens())
                .containsOnly(256L);
    }

    @Test
    void aModelIsToldItsLongestRowBesideItsLargestBatch() throws Exception {
        ticket(SmallJob.steps(SmallJob.training(1).build()).subList(0, 1));
        List<LanguageModelLoader.Settings> asked = new ArrayList<>();
        LanguageModelLoader noting = (files, adapter, settings) -> {
            asked.add(settings);
            return BIGRAMS.load(files, adapter, settings);
        };

        assertThat(worker(noting).run()).isEqualTo(ExitCode.OK);

        assertThat(asked).singleElement().satisfies(settings -> {
            assertThat(settings.rowTokens()).isPositive().isLessThan(settings.maxBatchTokens());
            assertThat(settings.batchRows())
                    .isEqualTo(SmallJob.training(1).build().batchSize());
        });
    }

    @Test
    void aWholeModelServesThroughItsChannel() throws Exception {
        ticket(SmallJob.steps(FullTuning.defaults(), SmallJob.training(1).build()));
        worker(new DecoderLoader()).run();
        List<String> answers = Files.readAllLines(folder.output().resolve("predictions/tuned.jsonl"));
        Path model = Files.move(folder.output().resolve("model"), root.resolve("given"));
        folder = new JobFolder(Files.createDirectories(root.resolve("second")));
        ticket(List.of(SmallJob.predict(Variant.TUNED)), Map.of("adapter", model.toString()));

        assertThat(worker(new DecoderLoader()).run()).isEqualTo(ExitCode.OK);

        assertThat(Files.readAllLines(folder.output().resolve("predictions/tuned.jsonl")))
                .isEqualTo(answers);
    }

    @Test
    void aMergeThatIsAnotherModelIsNotHandedOut() throws Exception {
        ticket(List.of(
                SmallJob.steps(SmallJob.training(20).build()).get(0),
                new WorkStep.Merge(new ModelFormat.HuggingFace(Precision.FP32))));
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
        ticket(List.of(new WorkStep.Merge(new ModelFormat.HuggingFace(Precision.AUTO))));

        assertThat(worker(new DecoderLoader()).run()).isEqualTo(ExitCode.INVALID);

        assertThat(problem().code()).isEqualTo("FT0651");
    }

    @Test
    void aTunedAnswerNeedsAnAdapter() throws Exception {
        ticket(List.of(SmallJob.predict(Variant.TUNED)));

        assertThat(worker(BIGRAMS).run()).isEqualTo(ExitCode.INVALID);

        assertThat(problem().code()).isEqualTo("FT0651");
        assertThat(problem().summary()).isEqualTo("the tuned model is missing");
    }

    /** Whatever the file is called that they travel in. */
    @Test
    void callsTheRowsThatAreAnsweredByTheirOwnFile() throws Exception {
        Path rows = job.data().resolve("test.jsonl");
        Files.writeString(rows, Files.readString(rows).replace("\"test.jsonl\"", "\"new-rows.jsonl\""));
        ticket(List.of(SmallJob.predict(Variant.BASE_ZERO_SHOT)));

        assertThat(worker(BIGRAMS).run()).isEqualTo(ExitCode.OK);

        assertThat(events())
                .filteredOn(RunEvent.StateChanged.class::isInstance)
                .extracting(event -> ((RunEvent.StateChanged) event).message())
                .contains("base-zero-shot answers 12 rows of new-rows.jsonl");
    }

    @Test
    void tellsTheNumberFormatOfAnswersAsAFieldOfItsOwn() throws Exception {
        ticket(List.of(SmallJob.predict(Variant.BASE_ZERO_SHOT)));

        assertThat(worker(BIGRAMS).run()).isEqualTo(ExitCode.OK);

        assertThat(events())
                .filteredOn(RunEvent.StateChanged.class::isInstance)
                .extracting(event -> ((RunEvent.StateChanged) event).answersIn())
                .filteredOn(Objects::nonNull)
                .containsExactly("fp32");
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

        assertThat(problem().summary()).startsWith("the adapter in ").endsWith(" does not fit");
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
    void aFullDiskIsToldWithWhatGoesOnOnceThereIsRoom() throws Exception {
        FineTuneException full = WriteFailure.of(
                "checkpoint of step 5", folder.checkpoints(), new IOException("No space left on device"));
        ticket(SmallJob.steps(SmallJob.training(1).build()).subList(0, 1));

        assertThat(worker(failing(full)).run()).isEqualTo(ExitCode.TRAINING_FAILED);

        assertThat(problem().code()).isEqualTo("FT0625");
        assertThat(problem().remedies()).containsExactly("finetune resume within    # once there is room");

        ticket(List.of(SmallJob.predict(Variant.BASE_ZERO_SHOT)));
        worker(failing(full)).run();

        assertThat(problem().remedies())
                .as("of a job beside a run")
                .containsExactly("the same command again    # once there is room");
    }

    @Test
    void aLimitOfFileSizesIsNoFullDisk() throws Exception {
        FineTuneException tooLarge =
                WriteFailure.of("checkpoint of step 5", folder.checkpoints(), new IOException("File too large"));
        ticket(SmallJob.steps(SmallJob.training(1).build()).subList(0, 1));

        assertThat(worker(failing(tooLarge)).run()).isEqualTo(ExitCode.TRAINING_FAILED);

        assertThat(problem().code()).isEqualTo("FT0638");
        assertThat(problem().remedies()).first().isEqualTo("ulimit -f unlimited    # then finetune resume within");
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

    /** Nats of all right answers. */
    private double surprise(String variant) throws Exception {
        return predictions(variant)
                .mapToDouble(Prediction::negativeLogLikelihood)
                .sum();
    }

    private Stream<Prediction> predictions(String variant) throws Exception {
        return Files.readAllLines(folder.output().resolve("predictions").resolve(variant + ".jsonl")).stream()
                .map(line -> Json.read(line, Prediction.class));
    }

    private long right(String variant) throws Exception {
        return predictions(variant)
                .filter(prediction -> prediction.reference().equals(prediction.answer()))
                .count();
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
