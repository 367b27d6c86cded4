package dev.finetune4j.aws.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.aws.s3.StoredFile;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.DiskSize;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What SageMaker's provider does beyond what every provider promises. */
class SageMakerProviderTest {
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
    void billsForAllThatASpotJobMayWaitWhereThatIsLonger() {
        Duration limit = Duration.ofHours(3);

        assertThat(longestBilled("max-wait", "1d"))
                .as("its machine may be taken back all the time")
                .isEqualTo(Duration.ofDays(1).plusMinutes(5));
        assertThat(longestBilled("max-wait", "3h")).isEqualTo(limit.plusMinutes(15));
        assertThat(longestBilled("max-wait", "soon")).isEqualTo(limit.plusMinutes(15));
        assertThat(longestBilled("volume-gb", "100")).isEqualTo(limit.plusMinutes(15));
    }

    @Test
    void takesATimeLimitAsLongAsItClaimsToLetAJobRun() {
        Duration longest = provider.capabilities().longestRun();

        assertThat(longest).isEqualTo(Duration.ofDays(28));
        assertThat(SageMakerRules.problems(SageMakerRulesTest.gpu().spot(true).build(), longest))
                .isEmpty();
    }

    private static Duration longestBilled(String name, String value) {
        Map<String, String> settings = new HashMap<>(OfflinePlace.SETTINGS);
        settings.putAll(Map.of(PlaceSettings.SPOT, "true", name, value));
        try (Provider provider = OfflinePlace.nowhere(settings)) {
            return provider.longestBilled(Duration.ofHours(3));
        }
    }

    @Test
    void tellsWhatEachContainerToldBetweenTheStatesOfTheJob() {
        provider.close();
        provider = place.openOnSpot();
        RunId id = submit(place.job("reclaimed", 5).build());
        List<RunEvent> seen = new ArrayList<>();
        String cursor = EventPage.START;
        boolean isReclaimed = false;
        for (boolean isEnded = false; !isEnded; ) {
            isEnded = state(id).isTerminal();
            for (EventPage page = provider.events(id, cursor); !page.events().isEmpty(); ) {
                seen.addAll(page.events());
                cursor = page.next();
                page = provider.events(id, cursor);
            }
            if (!isReclaimed && state(id) == RunState.TRAINING) {
                place.clock.advance(Duration.ofHours(1));
                place.aws.sageMaker().reclaim(id.value());
                isReclaimed = true;
            }
            place.clock.advance(Duration.ofMinutes(1));
        }

        assertThat(seen).isEqualTo(all(id));
        assertThat(seen.stream().filter(RunEvent.WorkerStarted.class::isInstance))
                .hasSize(2);
        List<String> kinds = kinds(seen);
        int interrupted = kinds.indexOf("INTERRUPTED");
        assertThat(kinds.subList(0, interrupted)).containsSubsequence("TRAINING", "WorkerStarted", "StepCompleted");
        assertThat(kinds.subList(interrupted, kinds.size()))
                .containsSubsequence("TRAINING", "WorkerStarted", "StepCompleted", "UPLOADING", "SUCCEEDED");
        assertThat(kinds).endsWith("SUCCEEDED");
    }

    @Test
    void losesNoLineThatComesLate() {
        place.aws.logs().delay(Duration.ofSeconds(10));
        RunId id = submit(place.job("late", 1).build());
        awaitEnd(id);
        place.clock.advance(Duration.ofSeconds(16));

        assertThat(kinds(all(id))).containsSubsequence("TRAINING", "WorkerStarted", "StepCompleted", "SUCCEEDED");
    }

    @Test
    void resumesWithinTheTimeLimitOfAllLaunchesTogether() {
        RunId id = submit(place.job("limited", 5).timeLimit(Duration.ofHours(2)).build());
        awaitTraining(id);
        place.clock.advance(Duration.ofHours(1));
        provider.stop(id);
        awaitEnd(id);

        provider.resume(id);
        awaitTraining(id);
        place.clock.advance(Duration.ofMinutes(30));
        assertThat(state(id)).isEqualTo(RunState.TRAINING);
        place.clock.advance(Duration.ofMinutes(40));
        awaitEnd(id);

        assertThat(state(id)).isEqualTo(RunState.STOPPED);
        assertThat(provider.find(id).orElseThrow().billedTime())
                .isBetween(Duration.ofMinutes(115), Duration.ofMinutes(135));
        assertThatThrownBy(() -> provider.resume(id))
                .hasMessageContaining("FT0849")
                .hasMessageContaining("limited");
        assertThat(place.aws.calls("CreateTrainingJob")).hasSize(2);
    }

    @Test
    void bringsTheCheckpointsOfAStoppedJobHome() throws IOException {
        RunId id = submit(place.job("halfway", 5).build());
        awaitTraining(id);
        Path saved = Files.writeString(folder.resolve("adapter.bin"), "half");
        place.aws.s3().upload(saved, "s3://my-bucket/jobs/checkpoints/halfway/step-10/adapter.bin");
        place.aws.s3().upload(saved, "s3://my-bucket/jobs/checkpoints/halfway-other/step-1/adapter.bin");
        provider.stop(id);
        awaitEnd(id);

        Path fetched = provider.fetch(id, folder.resolve("home"));

        assertThat(fetched.resolve("checkpoints")).isDirectoryContaining(file -> file.endsWith("step-10"));
        assertThat(fetched.resolve("checkpoints/step-10/adapter.bin")).hasContent("half");
        assertThat(fetched.resolve("checkpoints/step-1")).doesNotExist();
    }

    @Test
    void givesAJobTheTagsOfTheJobFileAndThoseByWhichItIsFound() {
        try (Provider tagging = place.openWith("tags", "team=search, finetune4j=no")) {
            tagging.submit(place.job("tagged-0a1b2c3d-1", 1).build());
        }

        assertThat(place.aws.calls("CreateTrainingJob"))
                .last()
                .satisfies(call -> assertThat(call.request().path("Tags").findValuesAsText("Key"))
                        .containsExactlyInAnyOrder("team", "finetune4j", "finetune4j-run", "finetune4j-digest"));
    }

    @Test
    void asksForADiskThatHoldsTheJobWhereTheMachineComesWithoutOne() {
        Map<String, String> without = Map.of(PlaceSettings.MACHINE, "ml.p3.2xlarge");

        assertThat(volume(without, 451_000_000_000L)).isEqualTo(460);
        assertThat(volume(without, 26_000_000_000L)).as("what is usual is more").isEqualTo(100);
        assertThat(volume(without, null)).isEqualTo(100);
        assertThat(volume(Map.of(PlaceSettings.MACHINE, "ml.p3.2xlarge", "volume-gb", "200"), 451_000_000_000L))
                .as("as somebody has said")
                .isEqualTo(200);
        assertThat(volume(Map.of(), 451_000_000_000L))
                .as("the machine's own has its size")
                .isZero();
    }

    @Test
    void tellsTheDiskThatSomebodyHasSaid() {
        assertThat(disk("ml.p3.2xlarge", "200")).contains(new DiskSize("volume-gb", 200));
        assertThat(disk("ml.p3.2xlarge", "0")).as("as large as the job needs").isEmpty();
        assertThat(disk("ml.p3.2xlarge", "large")).as("refusals tell of it").isEmpty();
        assertThat(disk("ml.g5.xlarge", "200")).as("it has its own").isEmpty();
    }

    private static Optional<DiskSize> disk(String machine, String volume) {
        MachineOffer offer = new MachineOffer(
                SageMakerProvider.ID, machine, "eu-central-1", PurchaseTier.ON_DEMAND, null, 8, 61, null, null);
        Map<String, String> settings = new HashMap<>(OfflinePlace.SETTINGS);
        settings.put("volume-gb", volume);
        try (Provider provider = OfflinePlace.nowhere(settings)) {
            return provider.disk(offer);
        }
    }

    /** GB that a launch would ask for, and a launch asks for; 0 where it asks for none. */
    private int volume(Map<String, String> settings, @Nullable Long diskBytes) {
        try (Provider there = place.openWith(settings)) {
            Submission job = place.job(
                            "disk-" + place.aws.calls("CreateTrainingJob").size(), 1)
                    .diskBytes(diskBytes)
                    .build();
            List<PlannedCall> planned = there.plannedCalls(job);
            there.submit(job);

            ObjectNode sent = place.aws.calls("CreateTrainingJob").stream()
                    .reduce((first, last) -> last)
                    .orElseThrow()
                    .request();
            int volume = sent.at("/ResourceConfig/VolumeSizeInGB").asInt();
            assertThat(Json.read(planned.get(planned.size() - 1).content(), ObjectNode.class)
                            .at("/ResourceConfig/VolumeSizeInGB")
                            .asInt())
                    .isEqualTo(volume);
            return volume;
        }
    }

    @Test
    void letsAnImageStartTheWorkerThatItBrings() {
        String image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/mine:1";
        try (Provider own = place.openWith(Map.of("image", image, "worker-in-image", "true"))) {
            Submission job = place.job("own-image", 1).build();
            assertThat(own.plannedCalls(job)).noneMatch(call -> call.content().startsWith("code from"));
            own.submit(job);
        }

        ObjectNode request = place.aws.calls("CreateTrainingJob").get(0).request();
        assertThat(request.at("/AlgorithmSpecification/TrainingImage").asText()).isEqualTo(image);
        assertThat(request.at("/AlgorithmSpecification").has("ContainerEntrypoint"))
                .isFalse();
        assertThat(request.path("InputDataConfig").findValuesAsText("ChannelName"))
                .containsExactlyInAnyOrder("order", "model", "data");
        assertThat(place.store().list("inputs"))
                .extracting(StoredFile::name)
                .noneMatch(name -> name.endsWith("worker.tar.gz"));
    }

    @Test
    void putsNothingIntoABucketOfAnotherAccount() {
        Submission job = place.job("strange", 1).build();
        try (Provider ofOthers = place.openWith("role", "arn:aws:iam::999999999999:role/training");
                Provider told = place.openWith("bucket-owner", "999999999999")) {
            for (Provider other : List.of(ofOthers, told)) {
                assertThatThrownBy(() -> other.submit(job))
                        .hasMessageContaining("FT0863")
                        .hasMessageContaining("does not belong to the account 999999999999");
            }
        }
        assertThat(place.store().list("inputs")).isEmpty();
        assertThat(place.aws.calls("CreateTrainingJob")).isEmpty();

        try (Provider wrong = place.openWith("bucket-owner", "12345")) {
            assertThat(wrong.settingProblems()).singleElement().satisfies(problem -> {
                assertThat(problem.code()).isEqualTo("FT0831");
                assertThat(problem.remedies()).containsExactly("places.sagemaker.bucket-owner: \"123456789012\"");
            });
        }
    }

    @Test
    void refusesTheCursorOfNobody() {
        RunId id = submit(place.job("cursor", 1).build());

        assertThatThrownBy(() -> provider.events(id, "9.9.9.9")).hasMessageContaining("FT0849");
        assertThatThrownBy(() -> provider.events(id, "byte 12")).hasMessageContaining("FT0849");
    }

    private RunId submit(Submission submission) {
        return provider.submit(submission).id();
    }

    private RunState state(RunId id) {
        return provider.find(id).orElseThrow().state();
    }

    private void awaitTraining(RunId id) {
        for (int i = 0; i < 100 && state(id) != RunState.TRAINING; i++) {
            place.clock.advance(Duration.ofMinutes(1));
        }
        assertThat(state(id)).isEqualTo(RunState.TRAINING);
    }

    private void awaitEnd(RunId id) {
        for (int i = 0; i < 1000 && !state(id).isTerminal(); i++) {
            place.clock.advance(Duration.ofMinutes(1));
        }
        assertThat(state(id).isTerminal()).isTrue();
    }

    private List<RunEvent> all(RunId id) {
        List<RunEvent> events = new ArrayList<>();
        EventPage page = provider.events(id, EventPage.START);
        while (!page.events().isEmpty()) {
            events.addAll(page.events());
            page = provider.events(id, page.next());
        }
        return events;
    }

    private static List<String> kinds(List<RunEvent> events) {
        return events.stream()
                .map(event -> event instanceof RunEvent.StateChanged change
                        ? change.state().name()
                        : event.getClass().getSimpleName())
                .toList();
    }
}
