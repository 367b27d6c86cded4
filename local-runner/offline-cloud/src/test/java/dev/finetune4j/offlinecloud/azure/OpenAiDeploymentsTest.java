package dev.finetune4j.offlinecloud.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.openai.OfflineOpenAi;
import dev.finetune4j.offlinecloud.azure.openai.OpenAiPace;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Resources of Azure OpenAI and what is deployed in them, by the resource manager. */
class OpenAiDeploymentsTest {
    private static final OpenAiPace PACE = OfflineResource.PACE;
    private static final String PROVIDER = "/providers/Microsoft.CognitiveServices";
    private static final String ACCOUNT = "/accounts/" + OfflineOpenAi.ACCOUNT;
    private static Azurite blobs;

    private OfflineResource resource;
    private VirtualClock clock;
    private OfflineAzure azure;
    private AzureClient manager;
    private OpenAiClient client;

    @BeforeAll
    static void install() throws IOException {
        blobs = Azurite.start(Path.of("../../target/azurite"));
    }

    @AfterAll
    static void end() {
        blobs.close();
    }

    @BeforeEach
    void open() throws Exception {
        resource = new OfflineResource(blobs);
        clock = resource.clock;
        azure = resource.azure;
        manager = resource.manager;
        client = resource.client;
    }

    @AfterEach
    void close() {
        resource.close();
    }

    private static String group() {
        return subscription() + "/resourceGroups/" + Workspace.sample().resourceGroup() + PROVIDER;
    }

    private static String subscription() {
        return "/subscriptions/" + Workspace.sample().subscription();
    }

    private HttpResponse<String> manage(String method, String path, @Nullable ObjectNode body) throws Exception {
        return manager.at(method, path + "?api-version=2025-06-01", body);
    }

    private HttpResponse<String> manage(String method, String path) throws Exception {
        return manage(method, path, null);
    }

    /** The name of a model that was tuned. */
    private String tuned() throws Exception {
        String file = resource.processed(10);
        String job = OpenAiClient.json(client.call("POST", "/fine_tuning/jobs", OpenAiClient.job(file)))
                .path("id")
                .asText();
        clock.advance(PACE.validation().plus(PACE.training()));
        return client.get("/fine_tuning/jobs/" + job).path("fine_tuned_model").asText();
    }

    private static ObjectNode deployment(String sku, String model, String version) {
        ObjectNode body = Json.records().createObjectNode();
        body.putObject("sku").put("name", sku).put("capacity", 1);
        body.putObject("properties")
                .putObject("model")
                .put("format", "OpenAI")
                .put("name", model)
                .put("version", version);
        return body;
    }

    private static ObjectNode question(String text) {
        ObjectNode body = Json.records().createObjectNode();
        body.putArray("messages").addObject().put("role", "user").put("content", text);
        return body;
    }

    @Test
    void aTunedModelAnswersOnceItIsDeployedAndIsPaidByTheHour() throws Exception {
        String path = group() + ACCOUNT + "/deployments/tickets";
        String model = tuned();
        HttpResponse<String> created = manage("PUT", path, deployment("Standard", model, "1"));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        assertThat(OpenAiClient.json(created)
                        .at("/properties/provisioningState")
                        .asText())
                .isEqualTo("Creating");
        String operation = created.headers().firstValue("Azure-AsyncOperation").orElseThrow();
        assertThat(OpenAiClient.json(manager.at("GET", operation, null))
                        .path("status")
                        .asText())
                .isEqualTo("InProgress");
        String chat = "/deployments/tickets/chat/completions";
        assertThat(AzureClient.code(client.call("POST", chat, question("an invoice"))))
                .isEqualTo("404 DeploymentNotFound");

        clock.advance(PACE.deploying());

        assertThat(OpenAiClient.json(manager.at("GET", operation, null))
                        .path("status")
                        .asText())
                .isEqualTo("Succeeded");
        JsonNode answer = OpenAiClient.json(client.call("POST", chat, question("Where is my invoice?")));
        assertThat(answer.at("/choices/0/message/content").asText()).isEqualTo("billing");
        assertThat(answer.path("model").asText()).isEqualTo(model);
        assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(2);
        JsonNode same = OpenAiClient.json(client.at(
                "POST",
                "/openai/v1/chat/completions",
                question("The page is broken").put("model", "tickets"),
                "Bearer " + manager.token(OpenAiClient.SCOPE)));
        assertThat(same.at("/choices/0/message/content").asText()).isEqualTo("bug");
        assertThat(AzureClient.message(client.call("POST", chat, question("hm").put("max_tokens", -1))))
                .isEqualTo("max_tokens must be at least 1, was -1.");
        assertThat(AzureClient.message(client.call("POST", chat, question("hm").put("stop", "x"))))
                .contains("knows no stop");
        assertThat(client.call("POST", chat, question("hm").putNull("stop")).statusCode())
                .isEqualTo(200);
        String capitals = group() + ACCOUNT + "/deployments/TICKETS";
        assertThat(OpenAiClient.json(manage("GET", capitals)).path("name").asText())
                .isEqualTo("tickets");
        assertThat(manage("PUT", capitals, deployment("Standard", model, "1")).statusCode())
                .as("the same one")
                .isEqualTo(200);
        clock.advance(Duration.ofMinutes(90));
        assertThat(azure.openAi().hostingBill()).isEqualByComparingTo(new BigDecimal("3.4"));
        assertThat(manage("DELETE", path).statusCode()).isEqualTo(200);
        assertThat(manage("DELETE", path).statusCode()).isEqualTo(204);
        clock.advance(Duration.ofDays(1));
        assertThat(azure.openAi().hostingBill()).isEqualByComparingTo(new BigDecimal("3.4"));
        assertThat(AzureClient.code(manage("GET", path))).isEqualTo("404 ResourceNotFound");
    }

    @Test
    void deploymentsThatNobodyAsksAreTakenAwayAndTrialsAfterADay() throws Exception {
        String all = group() + ACCOUNT + "/deployments";
        String model = tuned();
        manage("PUT", all + "/kept", deployment("GlobalStandard", model, "1"));
        manage("PUT", all + "/trial", deployment("DeveloperTier", model, "1"));
        manage("PUT", all + "/base", deployment("Standard", "gpt-4o-mini", "2024-07-18"));

        clock.advance(Duration.ofHours(25));
        assertThat(OpenAiClient.json(manage("GET", all)).path("value").findValuesAsText("provisioningState"))
                .hasSize(2);
        assertThat(AzureClient.code(manage("GET", all + "/trial"))).isEqualTo("404 ResourceNotFound");
        clock.advance(Duration.ofDays(14));
        assertThat(AzureClient.code(manage("GET", all + "/kept"))).isEqualTo("404 ResourceNotFound");
        assertThat(manage("GET", all + "/base").statusCode()).isEqualTo(200);
        assertThat(azure.openAi().hostingBill())
                .as("15 days, and trials cost nothing")
                .isEqualByComparingTo(new BigDecimal("1.7").multiply(BigDecimal.valueOf(15 * 24)));
        assertThat(manage("PUT", all + "/kept", deployment("Standard", model, "1"))
                        .statusCode())
                .as("the model stays")
                .isEqualTo(201);
    }

    /** Whoever waits is told for how long to stay away; the operation alone tells why nothing came of it. */
    @Test
    void aDeploymentKeepsItsTagsAndTellsByItsOperationWhyItFailed() throws Exception {
        String path = group() + ACCOUNT + "/deployments/tickets";
        ObjectNode body = deployment("Standard", tuned(), "1");
        body.putObject("tags").put("team", "search");
        HttpResponse<String> created = manage("PUT", path, body);
        String operation = created.headers().firstValue("Azure-AsyncOperation").orElseThrow();

        assertThat(created.headers().firstValue("Retry-After")).contains("10");
        assertThat(OpenAiClient.json(manage("GET", path)).at("/tags/team").asText())
                .isEqualTo("search");
        clock.advance(PACE.deploying().minusSeconds(3));
        assertThat(manager.at("GET", operation, null).headers().firstValue("Retry-After"))
                .contains("3");

        ObjectNode order = Json.records()
                .createObjectNode()
                .put("do", "fail-deployment")
                .put("deployment", "tickets")
                .put("reason", "no capacity");
        String control = azure.control().toString();
        assertThat(manager.at("POST", control, order, "").statusCode()).isEqualTo(200);
        assertThat(manager.at("POST", control, order.put("deployment", "others"), "")
                        .body())
                .contains("there is no deployment others");

        JsonNode told = OpenAiClient.json(manager.at("GET", operation, null));
        assertThat(told.path("status").asText()).isEqualTo("Failed");
        assertThat(told.at("/error/message").asText()).isEqualTo("no capacity");
        JsonNode failed = OpenAiClient.json(manage("GET", path));
        assertThat(failed.at("/properties/provisioningState").asText()).isEqualTo("Failed");
        assertThat(failed.toString()).doesNotContain("no capacity");
        clock.advance(Duration.ofDays(1));
        assertThat(azure.openAi().hostingBill()).isZero();
        assertThat(manage("DELETE", path).statusCode()).isEqualTo(200);
    }

    @Test
    void whoeverAsksADeploymentKeepsIt() throws Exception {
        String path = group() + ACCOUNT + "/deployments/kept";
        manage("PUT", path, deployment("GlobalStandard", tuned(), "1"));

        clock.advance(Duration.ofDays(14));
        assertThat(client.call("POST", "/deployments/kept/chat/completions", question("an invoice"))
                        .statusCode())
                .isEqualTo(200);
        clock.advance(Duration.ofDays(14));
        assertThat(manage("GET", path).statusCode()).isEqualTo(200);
        clock.advance(Duration.ofDays(1));
        assertThat(AzureClient.code(manage("GET", path))).isEqualTo("404 ResourceNotFound");
    }

    @Test
    void deploymentsAreHeldToTheSchemaTheRulesAndTheLimit() throws Exception {
        String all = group() + ACCOUNT + "/deployments";
        String model = tuned();
        ObjectNode unknown = deployment("Standard", model, "1");
        unknown.withObject("/properties").put("hours", 1);

        assertThat(AzureClient.code(manage("PUT", all + "/a1", unknown))).isEqualTo("400 InvalidRequestContent");
        assertThat(AzureClient.code(manage("PUT", all + "/a", deployment("Standard", model, "1"))))
                .isEqualTo("400 InvalidResourceName");
        assertThat(AzureClient.code(manage("PUT", all + "/a1", deployment("Standard", model + "x", "1"))))
                .isEqualTo("400 DeploymentModelNotSupported");
        assertThat(AzureClient.code(manage("PUT", all + "/a1", deployment("Standard", model, "2"))))
                .isEqualTo("400 DeploymentModelNotSupported");
        assertThat(AzureClient.code(manage("PUT", all + "/a1", deployment("Standard", "gpt-4o-mini-2024-07-18", "1"))))
                .isEqualTo("400 DeploymentModelNotSupported");
        assertThat(AzureClient.code(
                        manage("PUT", all + "/a1", deployment("DeveloperTier", "gpt-4o-mini", "2024-07-18"))))
                .isEqualTo("400 InvalidResourceProperties");
        assertThat(AzureClient.code(manage("PUT", all + "/a1", deployment("Fast", model, "1"))))
                .isEqualTo("400 InvalidResourceProperties");
        azure.faults().denyAccess("Deployments_CreateOrUpdate", 1);
        HttpResponse<String> denied = manage("PUT", all + "/a1", deployment("Standard", model, "1"));
        assertThat(AzureClient.code(denied))
                .as("who may train need not be let deploy")
                .isEqualTo("403 AuthorizationFailed");
        assertThat(AzureClient.message(denied)).contains("'Microsoft.CognitiveServices/accounts/deployments/write'");
        for (int i = 1; i <= 5; i++) {
            assertThat(manage("PUT", all + "/a" + i, deployment("Standard", model, "1"))
                            .statusCode())
                    .isEqualTo(201);
        }
        assertThat(AzureClient.code(manage("PUT", all + "/a6", deployment("Standard", model, "1"))))
                .isEqualTo("400 InsufficientQuota");
        ObjectNode larger = deployment("Standard", model, "1");
        larger.withObject("/sku").put("capacity", 3);
        HttpResponse<String> changed = manage("PUT", all + "/a1", larger);
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(OpenAiClient.json(changed).at("/sku/capacity").asInt()).isEqualTo(3);
        clock.advance(Duration.ofMinutes(1));
        assertThat(azure.openAi().hostingBill())
                .as("five deployments for the hour that has begun")
                .isEqualByComparingTo(new BigDecimal("8.5"));
    }

    @Test
    void aModelIsDeployedInAnotherResourceByItsSource() throws Exception {
        String other = group() + "/accounts/other-openai";
        ObjectNode account =
                Json.records().createObjectNode().put("kind", "OpenAI").put("location", "Sweden Central");
        account.putObject("sku").put("name", "S0");
        assertThat(manage("PUT", other, account).statusCode()).isEqualTo(201);
        ObjectNode deployment = deployment("Standard", tuned(), "1");

        assertThat(AzureClient.code(manage("PUT", other + "/deployments/d1", deployment)))
                .isEqualTo("400 DeploymentModelNotSupported");
        deployment.withObject("/properties/model").put("source", group() + ACCOUNT);
        assertThat(manage("PUT", other + "/deployments/d1", deployment).statusCode())
                .isEqualTo(201);
        assertThat(OpenAiClient.json(manage("GET", group() + "/accounts"))
                        .path("value")
                        .findValuesAsText("customSubDomainName"))
                .as("the other one has none")
                .containsExactly(OfflineOpenAi.ACCOUNT);
    }

    @Test
    void aResourceWithoutSubdomainTakesKeysOnly() throws Exception {
        String path = group() + "/accounts/plain";
        ObjectNode account =
                Json.records().createObjectNode().put("kind", "AIServices").put("location", "swedencentral");
        account.putObject("sku").put("name", "S0");
        assertThat(OpenAiClient.json(manage("PUT", path, account)).path("kind").asText())
                .isEqualTo("AIServices");
        OpenAiClient plain = new OpenAiClient(manager, azure.endpoint() + "/plain");
        String files = "/openai/files?api-version=2024-10-21";

        HttpResponse<String> refused = plain.call("GET", "/files");
        assertThat(AzureClient.code(refused)).isEqualTo("400 BadRequest");
        assertThat(AzureClient.message(refused)).contains("custom subdomain for token authentication");
        assertThat(plain.withKey(files, azure.openAi().keys("plain").get(0)).statusCode())
                .isEqualTo(200);
        account.putObject("properties").put("customSubDomainName", "plain");
        assertThat(OpenAiClient.json(manage("PUT", path, account))
                        .at("/properties/customSubDomainName")
                        .asText())
                .isEqualTo("plain");
        assertThat(plain.call("GET", "/files").statusCode()).isEqualTo(200);
        account.putObject("properties").put("customSubDomainName", "other");
        assertThat(AzureClient.message(manage("PUT", path, account))).contains("cannot be changed");
        assertThat(AzureClient.code(manage("PUT", path, account.put("location", "northcentralus"))))
                .isEqualTo("409 InvalidResourceLocation");
    }

    @Test
    void aDeletedResourceKeepsItsNameUntilItIsRestoredOrPurged() throws Exception {
        String path = group() + ACCOUNT;
        String deleted = subscription() + PROVIDER + "/locations/swedencentral/resourceGroups/"
                + Workspace.sample().resourceGroup() + "/deletedAccounts/" + OfflineOpenAi.ACCOUNT;
        ObjectNode body =
                Json.records().createObjectNode().put("kind", "OpenAI").put("location", "swedencentral");
        body.putObject("sku").put("name", "S0");
        JsonNode account = OpenAiClient.json(manage("GET", path));
        assertThat(account.at("/properties/endpoint").asText()).isEqualTo(azure.openAiEndpoint() + "/");
        assertThat(OpenAiClient.json(manage("POST", path + "/listKeys"))
                        .path("key1")
                        .asText())
                .isEqualTo(azure.openAi().keys(OfflineOpenAi.ACCOUNT).get(0));
        String file = client.file(10);

        assertThat(manage("DELETE", path).statusCode()).isEqualTo(200);

        assertThat(AzureClient.code(client.call("GET", "/files"))).isEqualTo("404 404");
        HttpResponse<String> conflict = manage("PUT", path, body);
        assertThat(AzureClient.code(conflict)).isEqualTo("409 FlagMustBeSetForRestore");
        assertThat(manage("GET", deleted).statusCode()).isEqualTo(200);
        body.putObject("properties").put("restore", true);
        assertThat(manage("PUT", path, body).statusCode()).isEqualTo(200);
        assertThat(client.call("GET", "/files/" + file).statusCode()).isEqualTo(200);
        manage("DELETE", path);
        assertThat(manage("DELETE", deleted).statusCode()).isEqualTo(200);
        body.putObject("properties").put("customSubDomainName", OfflineOpenAi.ACCOUNT);
        assertThat(manage("PUT", path, body).statusCode()).isEqualTo(201);
        assertThat(client.call("GET", "/files/" + file).statusCode()).isEqualTo(404);
        manage("DELETE", path);
        clock.advance(Duration.ofDays(2));
        assertThat(AzureClient.code(manage("GET", deleted))).isEqualTo("404 ResourceNotFound");
        assertThat(AzureClient.code(manage("PUT", path, body.put("location", "mars"))))
                .isEqualTo("400 LocationNotAvailableForResourceType");
        assertThat(AzureClient.code(manager.at("GET", path + "?api-version=2024-10-01-preview", null)))
                .as("a version of another service")
                .isEqualTo("400 InvalidApiVersionParameter");
    }
}
