package dev.finetune4j.aws.jumpstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.sagemaker.JumpStartContainer;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.RunId;
import dev.finetune4j.worker.SageMakerMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The hub's scripts, played by the real worker, learn from rows in each layout, and refuse what the scripts refuse. */
class HubTrainingTest {
    private static final int PATIENCE = 3000;

    @TempDir
    private Path folder;

    private OfflineHubPlace place;

    @BeforeEach
    void open() throws IOException {
        place = new OfflineHubPlace(
                folder,
                Clock.systemUTC(),
                Pace.SWIFT,
                (store, hub) -> new JumpStartContainer(
                        PlannedContainer.succeedingAfter(Duration.ZERO),
                        hub,
                        folder.resolve("machines"),
                        store,
                        JumpStartContainer.Worker.onThisClassPath(SageMakerMain.class.getName(), System.getenv()),
                        Clock.systemUTC()));
    }

    @AfterEach
    void close() {
        place.close();
    }

    @Test
    void learnsLabelsAsInstructionsAndLeavesAWholeModel() throws Exception {
        try (Provider provider = place.openWith(Map.of("logging_steps", "1"))) {
            provider.submit(place.job("labels", 4).build());
            JobSnapshot end = end(provider, "labels");

            assertThat(end.state()).as("%s", end.problem()).isEqualTo(RunState.SUCCEEDED);
            List<RunEvent> events = events(provider, "labels");
            List<Double> losses = events.stream()
                    .filter(RunEvent.StepCompleted.class::isInstance)
                    .map(event -> ((RunEvent.StepCompleted) event).loss())
                    .toList();
            assertThat(losses).hasSizeGreaterThan(10);
            assertThat(losses.get(losses.size() - 1)).isLessThan(losses.get(0) / 2);
            assertThat(events).anyMatch(RunEvent.ValidationCompleted.class::isInstance);
            Path output = provider.fetch(new RunId("labels"), folder.resolve("output"));
            assertThat(output.resolve("model/config.json")).isNotEmptyFile();
            assertThat(output.resolve("model/model.safetensors")).isNotEmptyFile();
            assertThat(output.resolve("model-reference.json"))
                    .content()
                    .contains("s3://my-bucket/jobs/outputs/labels/output/model/", "training-job/labels");
        }
    }

    @Test
    void learnsDialogsAndLeavesTheAdapterWhereItIsNotMerged() throws Exception {
        place.write(false, Part.TRAIN, 24);
        place.write(false, Part.VALIDATION, 4);
        try (Provider provider = place.openWith(Map.of("merge_weights", "False"))) {
            provider.submit(place.job("dialogs", 1).build());
            JobSnapshot end = end(provider, "dialogs");

            assertThat(end.state()).as("%s", end.problem()).isEqualTo(RunState.SUCCEEDED);
            Path output = provider.fetch(new RunId("dialogs"), folder.resolve("output"));
            assertThat(output.resolve("adapter/adapter_config.json")).isNotEmptyFile();
        }
    }

    @Test
    @Tag("slow")
    void learnsText() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 1; i <= 12; i++) {
            lines.append(Json.line(new Example.Passage(new RowRef("rows", i), "please refund my billing")))
                    .append('\n');
        }
        Files.writeString(folder.resolve("data").resolve(Part.TRAIN.fileName()), lines);
        Files.delete(folder.resolve("data").resolve(Part.VALIDATION.fileName()));
        try (Provider provider = place.open()) {
            provider.submit(place.job("texts", 1).build());
            JobSnapshot end = end(provider, "texts");

            assertThat(end.state()).as("%s", end.problem()).isEqualTo(RunState.SUCCEEDED);
        }
    }

    @Test
    void asksForTheLicenceBeforeAnythingIsWrittenAndTunesOnceItIsAccepted() throws Exception {
        Map<String, String> gated = Map.of("model", OfflineHubPlace.LLAMA, "machine", "ml.g5.2xlarge");
        try (Provider provider = place.openWith(gated)) {
            assertThatThrownBy(() -> provider.submit(place.job("gated", 1).build()))
                    .isInstanceOfSatisfying(
                            FineTuneException.class,
                            refusal -> assertThat(refusal.problems().toString())
                                    .contains(
                                            "FT0915",
                                            "places.jumpstart.accept-eula: true",
                                            "fmhMetadata/eula/llama3_2Eula.txt"));
        }
        assertThat(place.aws.calls("CreateTrainingJob")).isEmpty();
        assertThat(place.aws.calls("PutObject")).isEmpty();

        Map<String, String> accepted = Map.of(
                "model",
                OfflineHubPlace.LLAMA,
                "machine",
                "ml.g5.2xlarge",
                "accept-eula",
                "true",
                "target_modules",
                "q_proj,v_proj");
        try (Provider provider = place.openWith(accepted)) {
            provider.submit(place.job("gated", 1).build());
            JobSnapshot end = end(provider, "gated");

            assertThat(end.state()).as("%s", end.problem()).isEqualTo(RunState.SUCCEEDED);
            assertThat(events(provider, "gated")).anyMatch(RunEvent.StepCompleted.class::isInstance);
        }
    }

    @Test
    void tellsWhatTheScriptRefuses() throws Exception {
        place.write(false, Part.TRAIN, 8);
        try (Provider provider = place.openWith(Map.of("chat_dataset", "True"))) {
            provider.submit(place.job("good", 1).build());
            provider.stop(new RunId("good"));
            ObjectNode request =
                    place.aws.calls("CreateTrainingJob").get(0).request().deepCopy();
            request.withObject("/HyperParameters").put("chat_dataset", "False").put("instruction_tuned", "True");
            request.put("TrainingJobName", "bad");

            place.aws.sageMaker().answer("CreateTrainingJob", request);

            JobSnapshot end = end(provider, "bad");
            assertThat(end.state()).isEqualTo(RunState.FAILED);
            assertThat(String.valueOf(end.problem())).contains("KeyError: 'instruction'");
        }
    }

    private JobSnapshot end(Provider provider, String name) throws InterruptedException {
        for (int i = 0; i < PATIENCE; i++) {
            JobSnapshot now = provider.find(new RunId(name)).orElseThrow();
            if (now.state().isTerminal()) {
                return now;
            }
            Thread.sleep(20);
        }
        throw new AssertionError("waited too long for " + name);
    }

    private static List<RunEvent> events(Provider provider, String name) {
        List<RunEvent> events = new ArrayList<>();
        EventPage page = provider.events(new RunId(name), EventPage.START);
        while (!page.events().isEmpty()) {
            events.addAll(page.events());
            page = provider.events(new RunId(name), page.next());
        }
        return events;
    }
}
