package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.engine.chat.Chat;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.Budget;
import dev.finetune4j.job.Precision;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.run.GgufType;
import dev.finetune4j.run.MergedModel;
import dev.finetune4j.run.ModelFormat;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.testkit.fake.FakePlace.Call;
import dev.finetune4j.testkit.fake.FakePlace.Fault;
import dev.finetune4j.testkit.fake.Life;
import dev.finetune4j.value.RunId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Further work with the model of an ended run, and the removal of runs. */
class SideJobsTest extends HomeWithAPlace {
    @Test
    void comparesTheModelsOfARunOnOtherRows() throws Exception {
        RunFolder folder = fixture.folder(fixture.runToEnd());
        PreparedData other = fixture.prepared(LaunchFixture.job("other")).data();

        try (Launcher launcher = fixture.launcher()) {
            RunHandle<EvaluationReport> handle =
                    launcher.questions().evaluation(folder, other).start();

            assertThat(handle.id().value()).matches(folder.id() + "-eval-[0-9a-f]{8}");
            assertThat(handle.await().rows()).isEqualTo(40);
            assertThat(launcher.questions().evaluation(folder, other).start().await())
                    .isEqualTo(handle.await());
            assertThat(fixture.place.launches(handle.id())).isEqualTo(1);
        }
    }

    @Test
    void letsBaseAndTunedModelAnswerOtherRows() throws Exception {
        RunFolder folder = fixture.folder(fixture.runToEnd());
        PreparedData other = fixture.prepared(LaunchFixture.job("other")).data();

        try (Launcher launcher = fixture.launcher()) {
            RunHandle<Map<Variant, List<Prediction>>> handle =
                    launcher.questions().predictions(folder, other).start();

            assertThat(handle.id().value()).matches(folder.id() + "-predict-[0-9a-f]{8}");
            assertThat(handle.await()).containsOnlyKeys(Variant.BASE_ZERO_SHOT, Variant.TUNED);
            assertThat(handle.await().get(Variant.TUNED))
                    .hasSize(40)
                    .allSatisfy(
                            prediction -> assertThat(prediction.scoreByLabel()).containsOnlyKeys("calm", "cross"));
            assertThat(launcher.questions().predictions(folder, other).start().await())
                    .isEqualTo(handle.await());
            assertThat(fixture.place.launches(handle.id())).isEqualTo(1);
        }
    }

    @Test
    void letsBaseAndTunedModelAnswer() throws Exception {
        RunFolder folder = fixture.folder(fixture.runToEnd());

        try (Launcher launcher = fixture.launcher()) {
            assertThat(generation(launcher, folder, Variant.BASE_ZERO_SHOT, Variant.TUNED)
                            .await())
                    .extracting(GeneratedText::variant)
                    .containsExactly(Variant.BASE_ZERO_SHOT, Variant.TUNED);
        }
    }

    @Test
    void opensAConversationAndLeavesNothingOfIt() throws Exception {
        RunFolder folder = fixture.folder(fixture.runToEnd());

        try (Launcher launcher = fixture.launcher()) {
            try (Chat chat = launcher.questions().chat(folder, null)) {
                assertThat(chat.say(Variant.TUNED, "letter", Sampling.greedy(8), piece -> {})
                                .answer()
                                .text())
                        .startsWith("TUNED heard letter");
                assertThat(ModelWork.folder(folder)).isNotEmptyDirectory();
            }
            assertThat(ModelWork.folder(folder)).isEmptyDirectory();
        }
    }

    @Test
    void exportsAMergedModelAndKeepsNoSecondCopy(@TempDir Path target) throws Exception {
        RunFolder folder = fixture.folder(fixture.runToEnd());
        Path to = target.resolve("tuned");

        try (Launcher launcher = fixture.launcher()) {
            RunHandle<MergedModel> handle =
                    launcher.sideJobs().export(folder, new ModelFormat.HuggingFace(Precision.BF16), to);

            assertThat(handle.await().format()).isEqualTo(new ModelFormat.HuggingFace(Precision.BF16));
            assertThat(to.resolve("model.safetensors")).exists();
            assertThat(target.toFile().list()).containsExactly("tuned");
            assertThatThrownBy(
                            () -> launcher.sideJobs().export(folder, new ModelFormat.HuggingFace(Precision.AUTO), to))
                    .hasMessageContaining("tuned is not empty");
            assertThatThrownBy(() -> launcher.sideJobs()
                            .export(
                                    folder,
                                    new ModelFormat.HuggingFace(Precision.AUTO),
                                    to.resolve("model.safetensors")))
                    .hasMessageContaining("FT0516");
            assertThat(to.toFile().list()).containsExactly("model.safetensors");
        }
    }

    @Test
    void exportsOneFileThatWasNotThere(@TempDir Path target) throws Exception {
        RunFolder folder = fixture.folder(fixture.runToEnd());
        Path to = target.resolve("models/tuned.gguf");
        ModelFormat format = new ModelFormat.Gguf(GgufType.Q8_0);

        try (Launcher launcher = fixture.launcher()) {
            RunHandle<MergedModel> handle = launcher.sideJobs().export(folder, format, to);

            assertThat(handle.await().format()).isEqualTo(format);
            assertThat(to).hasContent("not real weights");
            assertThat(target.resolve("models").toFile().list()).containsExactly("tuned.gguf");
            for (Path taken : List.of(to, target)) {
                assertThatThrownBy(() -> launcher.sideJobs().export(folder, format, taken))
                        .hasMessageContaining("FT0519");
            }
            assertThat(to).hasContent("not real weights");
        }
    }

    @Test
    void leavesNothingOfAFileWhereTheExportCannotBeWritten(@TempDir Path target) throws Exception {
        RunFolder folder = fixture.folder(fixture.runToEnd());
        Path file = Files.createFile(target.resolve("file"));

        try (Launcher launcher = fixture.launcher()) {
            RunHandle<MergedModel> handle =
                    launcher.sideJobs().export(folder, new ModelFormat.Gguf(GgufType.AUTO), file.resolve("tuned.gguf"));

            assertThatThrownBy(handle::await).hasMessageContaining("FT0501");
        }
        assertThat(target.toFile().list()).containsExactly("file");
    }

    @Test
    void leavesNothingWhereTheExportCannotBeWritten(@TempDir Path target) throws Exception {
        RunFolder folder = fixture.folder(fixture.runToEnd());
        Path file = Files.createFile(target.resolve("file"));

        try (Launcher launcher = fixture.launcher()) {
            RunHandle<MergedModel> handle = launcher.sideJobs()
                    .export(folder, new ModelFormat.HuggingFace(Precision.FP32), file.resolve("below"));

            assertThatThrownBy(handle::await).hasMessageContaining("FT0501");
        }
        assertThat(target.toFile().list()).containsExactly("file");
    }

    @Test
    void usesNoAdapterThatIsNotTheOneOfTheReport() throws Exception {
        RunFolder folder = fixture.folder(fixture.runToEnd());
        Path weights =
                Objects.requireNonNull(RunView.read(folder).output()).resolve("adapter/adapter_model.safetensors");
        byte[] trained = Files.readAllBytes(weights);
        byte[] flipped = trained.clone();
        flipped[5] ^= 1;

        try (Launcher launcher = fixture.launcher()) {
            List<ThrowingCallable> asked = List.of(
                    () -> launcher.sideJobs()
                            .export(folder, new ModelFormat.HuggingFace(Precision.AUTO), home.resolve("exported")),
                    () -> generation(launcher, folder, Variant.TUNED),
                    () -> launcher.questions().chat(folder, null));
            Files.write(weights, flipped);

            assertThat(asked)
                    .allSatisfy(ask -> assertThatThrownBy(ask)
                            .hasMessageContaining("FT0540: the weights of the adapter of " + folder.id())
                            .hasMessageContaining("adapter_model.safetensors"));
            assertThat(generation(launcher, folder, Variant.BASE_ZERO_SHOT).await())
                    .as("what the base model alone is asked")
                    .hasSize(1);

            Files.write(weights, trained);
            assertThat(generation(launcher, folder, Variant.TUNED).await()).hasSize(1);

            Files.writeString(
                    weights.resolveSibling("adapter_config.json"), "{\"peft_type\":\"LORA\",\"lora_alpha\":64}");
            assertThat(asked)
                    .allSatisfy(ask -> assertThatThrownBy(ask)
                            .hasMessageContaining("FT0540: the settings of the adapter of " + folder.id())
                            .hasMessageContaining("adapter_config.json"));
        }
    }

    @Test
    void usesNoBaseModelThatIsNotTheOneOfTheRun() throws Exception {
        RunFolder folder = fixture.folder(fixture.runToEnd());
        PreparedData other = fixture.prepared(LaunchFixture.job("other")).data();

        try (Launcher launcher = fixture.launcher()) {
            List<ThrowingCallable> asked = List.of(
                    () -> launcher.sideJobs()
                            .export(folder, new ModelFormat.HuggingFace(Precision.AUTO), home.resolve("exported")),
                    () -> generation(launcher, folder, Variant.TUNED),
                    () -> generation(launcher, folder, Variant.BASE_ZERO_SHOT),
                    () -> launcher.questions().evaluation(folder, other).start(),
                    () -> launcher.questions().predictions(folder, other).start(),
                    () -> launcher.questions().heldOutEvaluation(folder).start(),
                    () -> launcher.questions().chat(folder, null));
            fixture.modelDigest = Optional.of("f".repeat(64));

            assertThat(launcher.hasBaseModel(RunView.read(folder))).isFalse();
            assertThat(asked)
                    .allSatisfy(ask -> assertThatThrownBy(ask)
                            .hasMessageContaining("FT0541: the base model of " + folder.id()
                                    + " is not the one that it was trained with")
                            .isInstanceOfSatisfying(FineTuneException.class, refusal -> {
                                Problem problem = refusal.problems().get(0);
                                assertThat(problem.causes())
                                        .containsExactly("SHA-256 over its files " + "f".repeat(64)
                                                + ", when the run began " + "e".repeat(64));
                                assertThat(problem.remedies())
                                        .containsExactly(
                                                "finetune run JOB    # trains with the base model as it is now");
                            }));

            fixture.modelDigest = Optional.of("e".repeat(64));
            assertThat(launcher.hasBaseModel(RunView.read(folder))).isTrue();
            assertThat(generation(launcher, folder, Variant.BASE_ZERO_SHOT, Variant.TUNED)
                            .await())
                    .hasSize(2);

            Files.delete(home.resolve("model"));
            assertThat(launcher.hasBaseModel(RunView.read(folder))).isFalse();
            assertThatThrownBy(() -> generation(launcher, folder, Variant.TUNED))
                    .hasMessageContaining("FT0512");
        }
    }

    @Test
    void asksAWholeModelWithoutItsBaseModel() throws Exception {
        RunFolder folder = fixture.folder(fixture.runToEnd());
        Path adapter = Objects.requireNonNull(RunView.read(folder).output()).resolve("adapter");
        Files.move(adapter, adapter.resolveSibling("model"));
        fixture.modelDigest = Optional.of("f".repeat(64));

        try (Launcher launcher = fixture.launcher()) {
            assertThat(generation(launcher, folder, Variant.TUNED).await()).hasSize(1);
            assertThat(launcher.sideJobs()
                            .export(folder, new ModelFormat.HuggingFace(Precision.AUTO), home.resolve("exported"))
                            .await())
                    .isNotNull();
            assertThatThrownBy(() -> generation(launcher, folder, Variant.BASE_ZERO_SHOT, Variant.TUNED))
                    .hasMessageContaining("FT0541");
            assertThatThrownBy(() -> launcher.questions().chat(folder, null)).hasMessageContaining("FT0541");
        }
    }

    @Test
    void triesASideJobAgainThatFailed() throws Exception {
        RunFolder folder = fixture.folder(fixture.runToEnd());
        PreparedData other = fixture.prepared(LaunchFixture.job("other")).data();
        fixture.place.script(Life.fails(), Life.succeeds());

        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.questions()
                            .evaluation(folder, other)
                            .start()
                            .await())
                    .hasMessageContaining("FT0595");
            assertThat(launcher.questions()
                            .evaluation(folder, other)
                            .start()
                            .await()
                            .rows())
                    .isEqualTo(40);
        }
    }

    @Test
    void refusesWorkWithAModelThatIsNotHere() throws Exception {
        fixture.place.script(Life.fails());
        RunFolder folder = fixture.folder(fixture.runToEnd());

        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.questions()
                            .evaluation(folder, fixture.prepared().data())
                            .start())
                    .hasMessageContaining("FT0515: " + folder.id() + " has no tuned model")
                    .satisfies(thrown -> assertThat(
                                    ((FineTuneException) thrown).problems().get(0))
                            .extracting(Problem::causes, Problem::remedies)
                            .containsExactly(
                                    List.of("it failed: FT0595: training of " + folder.id() + " failed by script"),
                                    List.of("finetune resume " + folder.id())));
            assertThatThrownBy(() -> launcher.hosting().terms(folder.id().value(), null, 1))
                    .hasMessageContaining("FT0515");
        }
    }

    @Test
    void namesNoResumeToWhomTheTimeOfTheBudgetIsUsedUp() throws Exception {
        fixture.place.script(Life.lasts());
        fixture.run(fixture.prepared(LaunchFixture.job("letters").toBuilder()
                .budget(new Budget(null, Duration.ofMinutes(5)))
                .build()));
        RunFolder folder = fixture.folder(fixture.onlyRun());

        try (Launcher launcher = fixture.launcher()) {
            List<ThrowingCallable> asked = List.of(
                    () -> launcher.questions()
                            .evaluation(folder, fixture.prepared().data())
                            .start(),
                    () -> launcher.questions().chat(folder, null),
                    () -> launcher.sideJobs()
                            .export(folder, new ModelFormat.HuggingFace(Precision.AUTO), home.resolve("exported")),
                    () -> launcher.hosting().terms(folder.id().value(), null, 1));

            assertThat(asked)
                    .allSatisfy(ask -> assertThatThrownBy(ask)
                            .hasMessageContaining("FT0515")
                            .isInstanceOfSatisfying(
                                    FineTuneException.class,
                                    refusal -> assertThat(
                                                    refusal.problems().get(0).remedies())
                                            .containsExactly(
                                                    "finetune run JOB    # from the start, once budget.max-time is more"
                                                            + " than the 5 min that are used up")));
        }
    }

    @Test
    void refusesWorkWithAModelThatIsStillTrained() throws Exception {
        fixture.place.script(Life.lasts());
        RunFolder folder = fixture.folder(fixture.abandonedRun());
        fixture.clock.advance(Duration.ofSeconds(30));

        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.sideJobs()
                            .export(folder, new ModelFormat.HuggingFace(Precision.AUTO), home.resolve("exported")))
                    .hasMessageContaining("FT0508: cannot use the tuned model of " + folder.id() + " yet")
                    .satisfies(thrown -> assertThat(
                                    ((FineTuneException) thrown).problems().get(0))
                            .extracting(Problem::causes, Problem::remedies)
                            .containsExactly(List.of("it is training"), List.of("finetune watch " + folder.id())));
        }
    }

    @Test
    void removesAnEndedRunHereAndAtItsPlace() throws Exception {
        RunFolder folder = fixture.folder(fixture.runToEnd());
        PreparedData other = fixture.prepared(LaunchFixture.job("other")).data();

        try (Launcher launcher = fixture.launcher()) {
            launcher.questions().evaluation(folder, other).start().await();
            launcher.runs().clean(folder, false);
        }

        assertThat(folder.path()).doesNotExist();
        assertThat(fixture.place.ids()).isEmpty();
    }

    @Test
    void removesByForceWhatAPlaceHadThatIsNotThereAnyMore() throws Exception {
        fixture.place.script(Life.lasts());
        RunId id = fixture.abandonedRun();
        RunFolder folder = fixture.folder(id);
        try (Launcher launcher = fixture.launcher()) {
            fixture.clock.advance(Duration.ofSeconds(30));
            assertThatThrownBy(() -> launcher.runs().clean(folder, false))
                    .isInstanceOfSatisfying(FineTuneException.class, e -> {
                        assertThat(e.problems().get(0).causes()).containsExactly("it is training");
                        assertThat(e.problems().get(0).remedies()).containsExactly("finetune stop " + id);
                    });
            fixture.place.fail(Call.FIND, Fault.UNREACHABLE);
            assertThatThrownBy(() -> launcher.runs().clean(folder, false))
                    .isInstanceOfSatisfying(
                            FineTuneException.class,
                            e -> assertThat(e.problems().get(0).remedies())
                                    .containsExactly(
                                            "finetune stop " + id,
                                            "finetune clean " + id + " --force    # where its place is gone for good"));
            assertThatThrownBy(() -> launcher.runs().clean(folder, true))
                    .isInstanceOfSatisfying(FineTuneException.class, e -> {
                        assertThat(e.problems().get(0).code()).isEqualTo("FT0508");
                        assertThat(e.problems().get(0).causes())
                                .singleElement()
                                .asString()
                                .startsWith("fake has it, and tells that it is ");
                        assertThat(e.problems().get(0).remedies()).containsExactly("finetune stop " + id);
                    });
            for (Fault answer : List.of(Fault.REFUSED, Fault.BUSY)) {
                fixture.place.fail(Call.FIND, answer);
                assertThatThrownBy(() -> launcher.runs().clean(folder, true)).isInstanceOf(FineTuneException.class);
            }
            assertThat(folder.path()).isDirectory();

            fixture.place.fail(Call.FIND, Fault.UNREACHABLE);
            List<Problem> left = launcher.runs().clean(folder, true);

            assertThat(left).singleElement().satisfies(problem -> {
                assertThat(problem.code()).isEqualTo("FT0537");
                assertThat(problem.isError()).isFalse();
                assertThat(problem.summary())
                        .isEqualTo("fake does not answer: what it keeps of " + id
                                + ", and may still bill, cannot be stopped or removed from here");
                assertThat(problem.causes()).containsExactly("FT0590: the fake place did not answer FIND");
            });
        }
        assertThat(folder.path()).doesNotExist();
    }

    @Test
    void removesByForceAnEndedRunThatItsPlaceCannotBeToldOf() throws Exception {
        RunFolder folder = fixture.folder(fixture.runToEnd());
        try (Launcher launcher = fixture.launcher()) {
            fixture.place.fail(Call.DELETE, Fault.UNREACHABLE, Fault.UNREACHABLE);
            assertThatThrownBy(() -> launcher.runs().clean(folder, false)).hasMessageContaining("FT0590");
            assertThat(folder.path()).isDirectory();

            assertThat(launcher.runs().clean(folder, true))
                    .extracting(Problem::code)
                    .containsExactly("FT0537");
        }
        assertThat(folder.path()).doesNotExist();
    }

    @Test
    void removesNoLiveRunAndADamagedOneOnlyByForce() throws Exception {
        fixture.place.script(Life.lasts());
        RunId id = fixture.abandonedRun();
        RunFolder folder = fixture.folder(id);
        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.runs().clean(folder, false)).hasMessageContaining("FT0508");

            Files.writeString(
                    folder.journal(), Files.readString(folder.journal()).replace("intent", "indent"));
            assertThatThrownBy(() -> launcher.runs().clean(folder, false)).hasMessageContaining("FT0502");
            launcher.runs().clean(folder, true);
        }

        assertThat(folder.path()).doesNotExist();
    }

    /** Answers to a letter. */
    private static RunHandle<List<GeneratedText>> generation(Launcher launcher, RunFolder folder, Variant... variants) {
        return launcher.questions()
                .generation(
                        folder, List.of(variants), List.of(new Message(Role.USER, "letter")), "", Sampling.greedy(8))
                .start();
    }
}
