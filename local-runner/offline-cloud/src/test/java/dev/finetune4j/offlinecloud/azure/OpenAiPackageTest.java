package dev.finetune4j.offlinecloud.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.openai.OfflineOpenAi;
import dev.finetune4j.offlinecloud.azure.openai.OpenAiPace;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.testkit.PythonPackages;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A client that we did not write tunes models in both ways in which it finds Azure, asks them, and gets the errors that it knows. */
@Tag("long")
class OpenAiPackageTest {
    private static final String MODEL = "gpt-4o-mini-2024-07-18\\.ft-[0-9a-f]{32}-tickets";

    /** No client is so slow that a job succeeds before it cancels it. */
    private static final OpenAiPace SLOW = new OpenAiPace(
            OpenAiPace.SWIFT.importing(),
            OpenAiPace.SWIFT.validation(),
            Duration.ofHours(1),
            OpenAiPace.SWIFT.deploying(),
            OpenAiPace.SWIFT.listing());

    @Test
    void tunesFollowsAndAsksInBothWays() throws Exception {
        PythonPackages packages = PythonPackages.of("openai-requirements.txt");
        ObjectNode seen = Json.records().createObjectNode();
        try (Azurite blobs = Azurite.start(Path.of("../../target/azurite"));
                OfflineAzure azure = OfflineAzure.start(
                        Workspace.sample(),
                        Clock.systemUTC(),
                        AzurePace.SWIFT,
                        PlannedContainer.succeedingAfter(Duration.ofHours(1)),
                        blobs)) {
            azure.faults()
                    .throttle("FineTuning_Get", 1)
                    .breakDown("Files_Get", 1)
                    .throttle("Files_List", 1);
            String variables = Json.line(azure.variables());
            String key = azure.openAi().keys(OfflineOpenAi.ACCOUNT).get(0);
            String printed = packages.output(
                    "openai_client.py",
                    variables,
                    azure.openAiEndpoint(),
                    key,
                    azure.endpoint() + Workspace.sample().id().replaceFirst("/providers/.*", "")
                            + "/providers/Microsoft.CognitiveServices/accounts/" + OfflineOpenAi.ACCOUNT
                            + "/deployments/tickets?api-version=2025-06-01");
            azure.openAi().pace(SLOW);
            printed += packages.output("openai_cancel.py", variables, azure.openAiEndpoint(), key);
            for (String line : printed.split("\n")) {
                JsonNode said = Json.read(line, JsonNode.class);
                seen.set(said.path("what").asText(), said.path("value"));
            }
        }

        for (String way : new String[] {"azure", "v1"}) {
            JsonNode states = seen.path(way + " states");
            assertThat(states.path(0).asText()).isEqualTo("pending");
            assertThat(states.path(states.size() - 1).asText()).isEqualTo("succeeded");
            assertThat(seen.path(way + " model").asText()).matches(MODEL);
            assertThat(seen.path(way + " tokens").asInt()).isPositive();
            assertThat(seen.path(way + " events")).hasToString("[\"Job succeeded.\",true]");
            assertThat(seen.path(way + " metrics").asDouble()).isBetween(0.01, 5.0);
            assertThat(seen.path(way + " checkpoints")).hasToString("[16,12,8]");
            assertThat(seen.path(way + " table").get(0).asText()).startsWith("step,train_loss,");
            assertThat(seen.path(way + " listed").asBoolean()).isTrue();
            assertThat(seen.path(way + " answer").asText()).isEqualTo("billing");
        }
        assertThat(seen.path("azure table")).as("of equal rows and seeds").isEqualTo(seen.path("v1 table"));
        assertThat(seen.path("metadata")).hasToString("{\"run\":\"r1\"}");
        assertThat(seen.path("cancelled").asText()).isEqualTo("cancelled");
        assertThat(refusal(seen, "cancelled again")).isEqualTo("BadRequestError unexpectedEntityState");
        assertThat(refusal(seen, "deleted")).isEqualTo("NotFoundError notFound");
        assertThat(seen.path("deleted file").asBoolean()).isTrue();
        assertThat(refusal(seen, "no such model")).isEqualTo("BadRequestError invalidPayload");
        assertThat(seen.path("few rows").get(0).asText()).isEqualTo("error");
        assertThat(seen.path("few rows").get(1).asText()).contains("3 example(s)");
        assertThat(refusal(seen, "file in error")).isEqualTo("BadRequestError invalidPayload");
        assertThat(refusal(seen, "throttled")).isEqualTo("RateLimitError 429");
        assertThat(refusal(seen, "no key")).isEqualTo("AuthenticationError 401");
        assertThat(refusal(seen, "other audience")).isEqualTo("AuthenticationError Unauthorized");
        assertThat(refusal(seen, "old version")).isEqualTo("BadRequestError BadRequest");
        assertThat(seen.path("upload")).hasToString("[\"completed\",true]");
        assertThat(seen.path("deployed").asInt()).isEqualTo(201);
    }

    private static String refusal(ObjectNode seen, String what) {
        return seen.path(what).path(0).asText() + " " + seen.path(what).path(1).asText();
    }
}
