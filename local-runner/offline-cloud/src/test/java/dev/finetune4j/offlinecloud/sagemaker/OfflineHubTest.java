package dev.finetune4j.offlinecloud.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.iam.OfflineIam;
import dev.finetune4j.offlinecloud.logs.LogBook;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.testkit.VirtualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents are data: what is published is handed out, newest version first by number, in answers that the service's model knows. */
class OfflineHubTest {
    @TempDir
    private static Path folder;

    private static final String NAME = "huggingface-llm-my-model";

    private final VirtualClock clock = new VirtualClock();
    private final OfflineHub hub = new OfflineHub("eu-central-1", clock);
    private final OfflineSageMaker service = new OfflineSageMaker(
            Account.sample(),
            clock,
            Pace.LIFELIKE,
            PlannedContainer.succeedingAfter(Duration.ZERO),
            new LogBook(clock),
            new OfflineIam("123456789012", Account.sample().roles(), session -> Optional.empty()),
            JobBody.store(folder),
            hub);

    @Test
    void handsOutWhatWasPublishedAndTheNewestByNumber() throws Exception {
        hub.publish(NAME, "1.9.0", document("nine"));
        hub.publish(NAME, "1.10.0", document("ten"));

        JsonNode newest = ask("DescribeHubContent", named());
        JsonNode older = ask("DescribeHubContent", named().put("HubContentVersion", "1.9.0"));
        JsonNode versions = ask("ListHubContentVersions", named());

        assertThat(newest.path("HubContentVersion").asText()).isEqualTo("1.10.0");
        assertThat(newest.path("HubContentDocument").asText()).isEqualTo("{\"Word\":\"ten\"}");
        assertThat(older.path("HubContentDocument").asText()).isEqualTo("{\"Word\":\"nine\"}");
        assertThat(versions.path("HubContentSummaries").findValuesAsText("HubContentVersion"))
                .containsExactly("1.9.0", "1.10.0");
    }

    @Test
    void takesThreeNumbersAsAVersion() {
        assertThatThrownBy(() -> hub.publish(NAME, "1.0", document("x")))
                .hasMessage("version must be three numbers with dots between, was 1.0");
    }

    @Test
    void filtersByNameAndTurnsTheOrderAround() throws Exception {
        for (String name : new String[] {"a-one", "b-two", "a-two"}) {
            clock.advance(Duration.ofMinutes(1));
            hub.publish(name, "1.0.0", document(name));
        }
        ObjectNode request = ofHub().put("NameContains", "two").put("SortOrder", "Descending");

        JsonNode found = ask("ListHubContents", request);

        assertThat(found.path("HubContentSummaries").findValuesAsText("HubContentName"))
                .containsExactly("a-two", "b-two");
    }

    @Test
    void showsTheHubItself() throws Exception {
        JsonNode listed = ask("ListHubs", Json.records().createObjectNode()).path("HubSummaries");

        assertThat(listed.findValuesAsText("HubName")).containsExactly(OfflineHub.NAME);
        assertThat(ask("DescribeHub", Json.records().createObjectNode().put("HubName", OfflineHub.NAME))
                        .path("HubArn")
                        .asText())
                .isEqualTo(listed.path(0).path("HubArn").asText())
                .isEqualTo("arn:aws:sagemaker:eu-central-1:aws:hub/SageMakerPublicHub");
        assertThat(ask("ListHubs", Json.records().createObjectNode().put("NameContains", "private"))
                        .path("HubSummaries"))
                .isEmpty();
    }

    /** The SDK's third version reads nothing else: it refuses capitals where single machines have hyperparameters of their own. */
    @Test
    void shipsDocumentsAsTheServiceWritesThem() {
        for (OfflineHub.Content model :
                OfflineHub.shipped("eu-central-1", clock).models()) {
            JsonNode document = model.document();
            assertThat(document.path("ModelTypes")).as(model.name()).isNotEmpty();
            assertThat(document.has("TrainingInstanceTypeVariants"))
                    .as(model.name())
                    .isEqualTo(document.path("TrainingSupported").asBoolean());
            document.at("/TrainingInstanceTypeVariants/Variants")
                    .findValues("Hyperparameters")
                    .forEach(own -> own.forEach(one -> assertThat(one.has("name") && !one.has("Name"))
                            .as("%s", one)
                            .isTrue()));
        }
    }

    private JsonNode ask(String operation, ObjectNode request) throws Exception {
        assertThat(service.model().violations(operation, request)).isEmpty();
        ObjectNode answer = service.answer(operation, request);
        assertThat(service.model().flawsOfAnswer(operation, answer)).isEmpty();
        return answer;
    }

    private static ObjectNode ofHub() {
        return Json.records().createObjectNode().put("HubName", OfflineHub.NAME).put("HubContentType", "Model");
    }

    private static ObjectNode named() {
        return ofHub().put("HubContentName", NAME);
    }

    private static ObjectNode document(String word) {
        return Json.records().createObjectNode().put("Word", word);
    }
}
