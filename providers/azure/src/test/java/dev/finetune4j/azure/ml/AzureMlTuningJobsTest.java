package dev.finetune4j.azure.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.GoldenFiles;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is other with Azure ML's own fine-tuning jobs than with command jobs. */
class AzureMlTuningJobsTest {
    private static final GoldenFiles GOLDEN = GoldenFiles.in("golden");
    private static final String RUN = "letters-0123abcd-1";
    private static Azurite blobs;

    @TempDir
    private Path home;

    @SuppressWarnings("NullAway.Init") // before each test
    private OfflineWorkspace place;

    @SuppressWarnings("NullAway.Init") // before each test
    private Provider provider;

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
        place = TuningWorkspace.open(home, blobs);
        provider = place.openWith(TuningWorkspace.SETTINGS);
    }

    @AfterEach
    void close() {
        provider.close();
        place.close();
    }

    private Submission job(String name) {
        return TuningWorkspace.job(place, name, 1).build();
    }

    private String workspace() {
        return new AzureMlSettings(place.settings(), Map.of()).options().workspacePath();
    }

    @Test
    void sendsTheRowsAndTheJobThatItPlanned() {
        List<PlannedCall> planned = provider.plannedCalls(job(RUN));
        provider.submit(job(RUN));

        JsonNode sent = place.azure.calls().of("Jobs_CreateOrUpdate").get(0).request();
        assertThat(sent.at("/query/api-version").asText()).isEqualTo("2024-10-01-preview");
        String body = planned.get(planned.size() - 1).content();
        assertThat(sent.path("body")).isEqualTo(Json.read(body, JsonNode.class));
        GOLDEN.assertMatches("fine-tuning-job.json", body.replace(workspace(), "WORKSPACE") + "\n");
        assertThat(planned).extracting(PlannedCall::target).anyMatch(target -> target.contains("/inputs/"));
    }

    @Test
    void registersTheModelAndBringsItsName() throws IOException {
        provider.submit(job(RUN));
        place.clock.advance(Duration.ofHours(3));

        Path output = provider.fetch(new RunId(RUN), home.resolve("output"));

        JsonNode reference =
                Json.read(Files.readString(output.resolve(WorkOrder.MODEL_REFERENCE_FILE)), JsonNode.class);
        assertThat(reference.path("model").asText())
                .startsWith(workspace() + "/models/" + RUN + "-")
                .endsWith("/versions/1");
        assertThat(reference.path("base").asText()).isEqualTo(TuningWorkspace.MODEL);
        assertThat(provider.logs(new RunId(RUN), "").orElseThrow().lines())
                .contains("trains on 6 rows for TextClassification", "compares with 2 rows");
        assertThat(provider.find(new RunId(RUN)).orElseThrow().billedTime())
                .isBetween(Duration.ofHours(1), Duration.ofMinutes(62));
    }

    @Test
    void saysBeforeItsEndThatNothingWasCompared() {
        provider.submit(job(RUN));
        place.clock.advance(Duration.ofHours(3));

        List<RunEvent> events = new ArrayList<>();
        EventPage page = provider.events(new RunId(RUN), "");
        while (!page.events().isEmpty()) {
            events.addAll(page.events());
            page = provider.events(new RunId(RUN), page.next());
        }

        assertThat(events.get(events.size() - 1))
                .isInstanceOfSatisfying(
                        RunEvent.StateChanged.class,
                        end -> assertThat(end.state()).isEqualTo(RunState.SUCCEEDED));
        assertThat(events.get(events.size() - 2)).isInstanceOfSatisfying(RunEvent.Noticed.class, noticed -> {
            assertThat(noticed.problem().kind()).isEqualTo(AzureMlProblems.NOT_COMPARED);
            assertThat(noticed.subject()).isEqualTo(RunEvent.Noticed.Subject.COMPARISON);
            assertThat(noticed.problem().remedies())
                    .singleElement()
                    .asString()
                    .startsWith("az ml model download --name " + RUN + "-")
                    .contains(" --version 1 --resource-group ", " --workspace-name ");
        });
    }

    @Test
    void leavesNoReferenceOfAJobThatWasStopped() throws IOException {
        provider.submit(job(RUN));
        place.clock.advance(Duration.ofMinutes(10));
        provider.stop(new RunId(RUN));
        place.clock.advance(Duration.ofMinutes(10));

        assertThat(provider.fetch(new RunId(RUN), home.resolve("output"))).isEmptyDirectory();
    }

    /** A machine that is sold out is another job's, and so is its model's version. */
    @Test
    void isLaunchedAgainOnAnotherMachineUnderAnotherVersion() {
        place.azure.sellOut("Standard_NC24ads_A100_v4");
        provider.submit(job(RUN));
        place.clock.advance(Duration.ofHours(2));
        assertThat(provider.find(new RunId(RUN)).orElseThrow().state()).isEqualTo(RunState.FAILED);

        try (Provider other = place.openWith(Map.of(
                "fine-tuning", "preview", "model", TuningWorkspace.MODEL, "machine", "Standard_NC40ads_H100_v5"))) {
            JobSnapshot again = other.submit(job(RUN));

            assertThat(again.reference()).endsWith(RUN + "-r2");
            assertThat(sent(1).at("/properties/outputs/registered_model/assetVersion")
                            .asText())
                    .isEqualTo("2");
            assertThat(sent(1).at("/properties/resources/instanceTypes/0").asText())
                    .isEqualTo("Standard_NC40ads_H100_v5");
        }
    }

    @Test
    void tellsWhyTheServiceFailedIt() throws IOException {
        Submission job = job(RUN);
        provider.submit(job);
        for (String file : place.store().list("inputs/").stream()
                .map(stored -> "inputs/" + stored.name())
                .toList()) {
            place.store().put(file, "{\"other\": 1}\n".getBytes(StandardCharsets.UTF_8));
        }
        place.clock.advance(Duration.ofHours(2));

        JobSnapshot failed = provider.find(new RunId(RUN)).orElseThrow();

        assertThat(failed.failure().orElseThrow().code()).isEqualTo("FT0954");
        assertThat(failed.failure().orElseThrow().causes().toString())
                .contains("trainingData row 1 has no column 'text', which TextClassification reads");
    }

    @Test
    void keepsItsRowsWhileItRunsAndRemovesThemWithIt() {
        provider.submit(job(RUN));
        place.clock.advance(Duration.ofDays(2));
        provider.submit(TuningWorkspace.job(place, "letters-0123abcd-2", 1000).build());
        place.clock.advance(Duration.ofDays(2));

        assertThat(provider.leftovers().orElseThrow())
                .filteredOn(leftover -> leftover.reference().contains("/inputs/"))
                .hasSize(2)
                .noneMatch(leftover -> leftover.use().isEmpty());
        assertThat(provider.unfinished()).singleElement().satisfies(one -> {
            assertThat(one.run().value()).isEqualTo("letters-0123abcd-2");
            assertThat(one.machine()).isEqualTo("Standard_NC24ads_A100_v4");
        });
        provider.delete(new RunId(RUN));
        assertThat(place.store().list("inputs/"))
                .as("the other job has the same rows")
                .hasSize(2);
        provider.stop(new RunId("letters-0123abcd-2"));
        place.clock.advance(Duration.ofMinutes(10));
        provider.delete(new RunId("letters-0123abcd-2"));
        assertThat(place.store().list("inputs/")).isEmpty();
    }

    /** The model stays with the workspace, which takes no second one of its version. */
    @Test
    void registersAnotherVersionWhereItsRecordWasRemoved() {
        provider.submit(job(RUN));
        place.clock.advance(Duration.ofHours(3));

        provider.delete(new RunId(RUN));

        assertThat(provider.find(new RunId(RUN))).isEmpty();
        assertThat(sent(1).at("/properties/isArchived").asBoolean()).isTrue();
        assertThat(provider.submit(job(RUN)).reference()).endsWith(RUN + "-r2");
        assertThat(sent(2).at("/properties/outputs/registered_model/assetVersion")
                        .asText())
                .isEqualTo("2");
    }

    private Provider withRegistry(String... others) {
        Map<String, String> settings = new HashMap<>(TuningWorkspace.SETTINGS);
        settings.put("data-registry", place.azure.registry());
        for (int i = 0; i < others.length; i += 2) {
            settings.put(others[i], others[i + 1]);
        }
        return place.openWith(settings);
    }

    @Test
    void readsItsRowsFromARegistryWhereTheyStay() {
        try (Provider registered = withRegistry()) {
            List<PlannedCall> planned = registered.plannedCalls(job(RUN));
            assertThat(place.azure.calls().of("RegistryDataVersions_Get")).isEmpty();
            registered.submit(job(RUN));
            place.clock.advance(Duration.ofHours(3));

            String body = planned.get(planned.size() - 1).content();
            assertThat(sent(0)).isEqualTo(Json.read(body, JsonNode.class));
            String rows =
                    sent(0).at("/properties/fineTuningDetails/trainingData/uri").asText();
            assertThat(rows).matches("azureml://registries/my-registry/data/finetune4j-[0-9a-f]{64}/versions/1");
            assertThat(planned)
                    .filteredOn(
                            call -> call.action().equals("Microsoft.MachineLearningServices/registries/assets/write"))
                    .hasSize(2)
                    .extracting(PlannedCall::target)
                    .contains(rows);
            assertThat(place.store().list("inputs/")).isEmpty();
            assertThat(registered.find(new RunId(RUN)).orElseThrow().state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(registered.logs(new RunId(RUN), "").orElseThrow().lines())
                    .contains("trains on 6 rows for TextClassification", "compares with 2 rows");

            registered.submit(
                    TuningWorkspace.job(place, "letters-0123abcd-2", 1).build());
            assertThat(place.azure.calls().of("RegistryDataVersions_CreateOrUpdate"))
                    .as("the rows are the same")
                    .hasSize(2);
            assertThat(registered.leftovers().orElseThrow())
                    .noneMatch(leftover -> leftover.reference().contains("registries"));
            registered.delete(new RunId(RUN));
            place.clock.advance(Duration.ofHours(3));
            assertThat(registered
                            .find(new RunId("letters-0123abcd-2"))
                            .orElseThrow()
                            .state())
                    .isEqualTo(RunState.SUCCEEDED);
        }
    }

    @Test
    void namesARegistryOfAnotherGroup() {
        try (Provider registered = withRegistry("data-registry-resource-group", "shared")) {
            assertThat(registered.policies("runs", job(RUN).model()))
                    .filteredOn(policy -> policy.document().contains("registries/"))
                    .hasSize(2)
                    .allSatisfy(policy -> assertThat(policy.document())
                            .contains("/resourceGroups/shared/providers/", "/resourceGroups/shared\""));
        }
    }

    @Test
    void refusesARegistryThatIsNotThereBeforeAnythingIsSent() throws IOException {
        try (Provider registered = withRegistry("data-registry", "another")) {
            assertThatExceptionOfType(FineTuneException.class)
                    .isThrownBy(() -> registered.submit(job(RUN)))
                    .satisfies(refusal ->
                            assertThat(refusal.problems().get(0).code()).isEqualTo("FT0939"));
        }
        assertThat(place.azure.calls().of("Jobs_CreateOrUpdate")).isEmpty();
        assertThat(blobs.store().list("jobs", "finetune/")).isEmpty();
    }

    /** What the resource manager was sent, counted from 0. */
    private JsonNode sent(int body) {
        return place.azure.calls().of("Jobs_CreateOrUpdate").get(body).request().path("body");
    }

    /** Properties of a job can be changed by anybody who may launch jobs; the name of the model that comes of it cannot. */
    @Test
    void knowsItsOrderByWhatNobodyCanChange() {
        provider.submit(job(RUN));
        JsonNode told = Json.read(sent(0).toString(), JsonNode.class);

        assertThat(AzureJob.of(told).digest()).isEqualTo(job(RUN).order().digest());
        ((ObjectNode) told.at("/properties/properties")).put("finetune4j-digest", "0123456789abcdef");
        assertThat(AzureJob.of(told).digest()).isEmpty();
    }

    @Test
    void refusesRowsBeforeAnythingIsSent() throws IOException {
        Files.writeString(
                home.resolve("data").resolve(Part.TRAIN.fileName()),
                Json.line(new Example.Passage(new RowRef("a.txt", 1), "words")) + "\n");
        try (Provider chat = place.openWith(
                Map.of("fine-tuning", "preview", "model", TuningWorkspace.MODEL, "task", "chat-completion"))) {
            assertThatExceptionOfType(FineTuneException.class)
                    .isThrownBy(() -> chat.submit(job(RUN)))
                    .satisfies(refusal ->
                            assertThat(refusal.problems().get(0).code()).isEqualTo("FT0937"));
        }
        assertThat(place.azure.calls().of("Jobs_CreateOrUpdate")).isEmpty();
        assertThat(place.store().list("inputs/")).isEmpty();
    }

    @Test
    void doesNoOtherWork() {
        Submission limited = TuningWorkspace.job(place, RUN, 1)
                .timeLimit(Duration.ofHours(1))
                .build();
        assertThatExceptionOfType(FineTuneException.class)
                .isThrownBy(() -> provider.submit(limited))
                .satisfies(
                        refusal -> assertThat(refusal.problems().get(0).code()).isEqualTo("FT0938"));
    }
}
