package dev.finetune4j.offlinecloud.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Templates are deployed as the resource manager does it, and refused in its words. */
class DeploymentsTest {
    private static final Workspace PLACE = Workspace.sample();
    private static final String GROUP =
            "/subscriptions/" + PLACE.subscription() + "/resourceGroups/" + PLACE.resourceGroup();
    private static final String DEPLOYMENT = GROUP + "/providers/Microsoft.Resources/deployments/d";
    private static final String IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities";

    @SuppressWarnings("NullAway.Init") // before all tests
    private static Azurite blobs;

    private final VirtualClock clock = new VirtualClock();

    @SuppressWarnings("NullAway.Init") // before each test
    private OfflineAzure azure;

    @SuppressWarnings("NullAway.Init") // before each test
    private AzureClient client;

    @BeforeAll
    static void startBlobStorage() throws IOException {
        blobs = Azurite.start(Path.of("../../target/azurite"));
    }

    @AfterAll
    static void endBlobStorage() {
        blobs.close();
    }

    @BeforeEach
    void open() throws Exception {
        azure = OfflineAzure.start(
                PLACE, clock, AzurePace.LIFELIKE, PlannedContainer.succeedingAfter(Duration.ofHours(1)), blobs);
        client = new AzureClient(azure.variables(), PLACE);
    }

    @AfterEach
    void close() {
        azure.close();
    }

    /** Each step takes its time: the identity, then the account that is named after it. */
    @Test
    void makesWhatNeedsOthersAfterThem() throws Exception {
        ObjectNode template = template("""
                [{"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-05-01", "location": "westeurope",
                  "name": "[concat('a', parameters('name'))]", "tags": {"of": "[reference('%s').principalId]"}},
                 {"type": "%s", "apiVersion": "2023-01-31", "name": "[parameters('name')]", "location": "[resourceGroup().location]"}]
                """.formatted(id(IDENTITY, "mine"), IDENTITY));
        template.putObject("parameters").putObject("name").put("type", "string").put("minLength", 3);
        template.putObject("outputs")
                .putObject("blob")
                .put("type", "string")
                .put(
                        "value",
                        "[reference('" + id("Microsoft.Storage/storageAccounts", "amine")
                                + "').primaryEndpoints.blob]");
        ObjectNode body = body(template);
        body.withObject("/properties/parameters/name").put("value", "mine");

        HttpResponse<String> begun = call("PUT", DEPLOYMENT, body);
        assertThat(begun.statusCode()).as(begun.body()).isEqualTo(201);
        assertThat(state()).isEqualTo("Accepted");
        assertThat(AzureClient.code(call("PUT", DEPLOYMENT, body))).isEqualTo("409 DeploymentActive");
        clock.advance(Duration.ofSeconds(20));
        assertThat(state()).isEqualTo("Running");
        assertThat(get(id(IDENTITY, "mine"), "2023-01-31").statusCode()).isEqualTo(200);
        assertThat(AzureClient.code(get(id("Microsoft.Storage/storageAccounts", "amine"), "2023-05-01")))
                .isEqualTo("404 ResourceNotFound");
        clock.advance(Duration.ofSeconds(40));

        JsonNode made = AzureClient.json(call("GET", DEPLOYMENT, null)).path("properties");
        assertThat(made.path("provisioningState").asText()).isEqualTo("Succeeded");
        assertThat(made.at("/parameters/name/value").asText()).isEqualTo("mine");
        assertThat(made.at("/outputs/blob/value").asText())
                .isEqualTo(blobs.store().of("amine").account() + "/");
        assertThat(AzureClient.json(client.at(
                                "GET",
                                begun.headers()
                                        .firstValue("Azure-AsyncOperation")
                                        .orElseThrow(),
                                null))
                        .path("status")
                        .asText())
                .isEqualTo("Succeeded");
        assertThat(AzureClient.json(call("GET", DEPLOYMENT + "/operations", null))
                        .path("value"))
                .hasSize(2);
        assertThat(call("DELETE", DEPLOYMENT, null).statusCode()).isEqualTo(204);
        assertThat(AzureClient.code(call("GET", DEPLOYMENT, null))).isEqualTo("404 DeploymentNotFound");
        assertThat(get(id(IDENTITY, "mine"), "2023-01-31").statusCode())
                .as("what was made stays")
                .isEqualTo(200);
    }

    @Test
    void failsWithTheReasonsOfAllThatFailed() throws Exception {
        ObjectNode template = template("""
                [{"type": "Microsoft.Storage/storageAccounts/blobServices", "apiVersion": "2023-05-01", "name": "nowhere/default"},
                 {"type": "Microsoft.MachineLearningServices/workspaces", "apiVersion": "2024-10-01", "name": "mine",
                  "location": "westeurope", "properties": {"storageAccount": "/nowhere", "keyVault": "/nowhere"}},
                 {"type": "%s", "apiVersion": "2023-01-31", "name": "good", "location": "westeurope"}]
                """.formatted(IDENTITY));

        call("PUT", DEPLOYMENT, body(template));
        clock.advance(Duration.ofMinutes(1));

        JsonNode error = AzureClient.json(call("GET", DEPLOYMENT, null)).at("/properties/error");
        assertThat(error.path("code").asText()).isEqualTo("DeploymentFailed");
        assertThat(error.path("details").findValuesAsText("code"))
                .containsExactly("ResourceDeploymentFailure", "ValidationError", "ParentResourceNotFound");
        assertThat(get(id(IDENTITY, "good"), "2023-01-31").statusCode()).isEqualTo(200);
    }

    @Test
    void tellsWhatWouldChange() throws Exception {
        ObjectNode template = identity("westeurope");
        assertThat(foreseen(template)).contains("Create " + id(IDENTITY, "mine"), "Ignore " + PLACE.id());
        call("PUT", DEPLOYMENT, body(template));
        clock.advance(Duration.ofMinutes(1));

        assertThat(foreseen(template)).contains("NoChange " + id(IDENTITY, "mine"));
        ((ObjectNode) template.path("resources").path(0)).putObject("tags").put("a", "b");
        assertThat(foreseen(template)).contains("Modify " + id(IDENTITY, "mine"));
        assertThat(foreseen(template("[]"))).contains("Ignore " + id(IDENTITY, "mine"));
    }

    @Test
    void refusesATemplateThatItWouldNotUnderstand() throws Exception {
        assertThat(refusal("[{\"type\": \"A/b\", \"apiVersion\": \"1\", \"name\": \"[toLower('A')]\"}]"))
                .startsWith("400 InvalidTemplate")
                .contains("The template function 'toLower' is not valid");
        assertThat(refusal(
                        "[{\"type\": \"Microsoft.Network/virtualNetworks\", \"apiVersion\": \"1\", \"name\": \"a\"}]"))
                .startsWith("400 InvalidResourceType")
                .contains("virtualNetworks");
        assertThat(refusal("[{\"type\": \"A/b\", \"apiVersion\": \"1\", \"name\": \"a\", \"copy\": {}}]"))
                .contains("does not know 'copy' in a resource");
        assertThat(refusal("[{\"type\": \"A/b\", \"apiVersion\": \"1\", \"name\": \"a/b\"}]"))
                .contains("incorrect segment lengths");
        assertThat(refusal("[{\"type\": \"A/b\", \"apiVersion\": \"1\", \"name\": \"a\", \"dependsOn\": [\"c\"]}]"))
                .contains("'c' is not defined in the template");
        assertThat(refusal("[{\"type\": \"A/b\", \"apiVersion\": \"1\", \"name\": \"a\", \"dependsOn\": [\""
                        + id("A/b", "a") + "\"]}]"))
                .contains("Circular dependency");
        assertThat(refusal("[{\"type\": \"A/b\", \"apiVersion\": \"1\", \"name\": \"[variables('none')\"}]"))
                .as("no expression, since no bracket ends it")
                .startsWith("400 InvalidResourceType");
        assertThat(refusal("[{\"type\": \"A/b\", \"apiVersion\": \"1\", \"name\": \"[variables('none')]\"}]"))
                .contains("The template variable 'none' is not found");
        assertThat(refusal("[{\"type\": \"" + IDENTITY
                        + "\", \"apiVersion\": \"1999-01-01\", \"name\": \"mine\", \"location\": \"westeurope\"}]"))
                .startsWith("400 InvalidApiVersionParameter");
        assertThat(refusal(
                        "[{\"type\": \"Microsoft.Storage/storageAccounts\", \"apiVersion\": \"2023-05-01\", \"name\":"
                                + " \"Not_Good\", \"location\": \"westeurope\"}]"))
                .startsWith("400 InvalidTemplateDeployment");
    }

    @Test
    void refusesValuesThatAParameterDoesNotTake() throws Exception {
        ObjectNode template = template("[]");
        ObjectNode size = template.putObject("parameters").putObject("size").put("type", "int");
        size.put("minValue", 1).putArray("allowedValues").add(0).add(2);

        assertThat(refusal(template, "size", "\"2\"")).contains("Expected 'int'");
        assertThat(refusal(template, "size", "0")).contains("Value must be 1 to any, was 0");
        assertThat(refusal(template, "size", "3")).contains("not part of the allowed value(s)");
        assertThat(refusal(template, "more", "2")).contains("do not correspond to any parameters");
        assertThat(AzureClient.message(call("POST", DEPLOYMENT + "/validate", body(template))))
                .contains("'size' is not provided");
        ObjectNode good = body(template);
        good.withObject("/properties/parameters/size").put("value", 2);
        assertThat(call("POST", DEPLOYMENT + "/validate", good).statusCode()).isEqualTo(200);
    }

    /** Whatever the assignments are called. */
    @Test
    void assignsNoRoleTwice() throws Exception {
        String path = GROUP + "/providers/Microsoft.Authorization/roleAssignments/";
        String first = "00000000-0000-0000-0000-00000000000a";
        ObjectNode reader = Json.records().createObjectNode();
        reader.putObject("properties")
                .put(
                        "roleDefinitionId",
                        "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7")
                .put("principalId", azure.variables().get("AZURE_CLIENT_ID"))
                .put("principalType", "User");

        assertThat(AzureClient.code(role("PUT", path + first, reader))).isEqualTo("400 UnmatchedPrincipalType");
        reader.withObject("/properties").put("principalType", "ServicePrincipal");
        azure.restrictCaller(
                "{\"Actions\": [\"Microsoft.Authorization/*\"], \"AssignableScopes\": [\"" + GROUP + "\"]}");
        assertThat(client.call("GET", "/jobs").statusCode()).isEqualTo(403);
        assertThat(role("PUT", path + first, reader).statusCode()).isEqualTo(201);
        assertThat(role("PUT", path + first, reader).statusCode()).isEqualTo(200);
        assertThat(client.call("GET", "/jobs").statusCode()).isEqualTo(200);
        HttpResponse<String> second = role("PUT", path + "00000000-0000-0000-0000-00000000000b", reader);
        assertThat(AzureClient.code(second)).isEqualTo("409 RoleAssignmentExists");
        assertThat(AzureClient.message(second)).contains(first.replace("-", ""));
        assertThat(AzureClient.code(role("PUT", path + "mine", reader))).isEqualTo("400 InvalidRoleAssignmentId");
        assertThat(role("DELETE", path + first, null).statusCode()).isEqualTo(200);
        assertThat(client.call("GET", "/jobs").statusCode()).isEqualTo(403);
        assertThat(role("DELETE", path + first, null).statusCode()).isEqualTo(204);
    }

    /** A role by which the resource manager lets in is none for files. */
    @Test
    void asksForARoleInTheStore() throws Exception {
        String files = azure.store() + "/a.txt";
        assertThat(client.store(files, "a").statusCode()).isEqualTo(201);
        azure.restrictCaller("{\"Actions\": [\"*\"], \"AssignableScopes\": [\"" + GROUP + "\"]}");

        HttpResponse<String> refused = client.store(files, "b");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.headers().firstValue("x-ms-error-code")).contains("AuthorizationPermissionMismatch");
        azure.restrictCaller(
                "{\"DataActions\": [\"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write\"],"
                        + " \"AssignableScopes\": [\"" + id("Microsoft.Storage/storageAccounts", Azurite.ACCOUNT)
                        + "/blobServices/default/containers/jobs\"]}");
        assertThat(client.store(files, "c").statusCode()).isEqualTo(201);
        assertThat(client.store(files.replace("/jobs/", "/azureml/"), "c").statusCode())
                .as("in another container")
                .isEqualTo(403);
    }

    private HttpResponse<String> role(String method, String path, @Nullable ObjectNode body) throws Exception {
        return client.at(method, path + "?api-version=2022-04-01", body);
    }

    private static ObjectNode identity(String location) {
        return template("[{\"type\": \"" + IDENTITY
                + "\", \"apiVersion\": \"2023-01-31\", \"name\": \"mine\", \"location\": \"" + location + "\"}]");
    }

    private static String id(String type, String name) {
        return GROUP + "/providers/" + type + "/" + name;
    }

    private static ObjectNode template(String resources) {
        ObjectNode template = Json.records()
                .createObjectNode()
                .put("$schema", "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#")
                .put("contentVersion", "1.0.0.0");
        template.set("resources", Json.read(resources, JsonNode.class));
        return template;
    }

    private static ObjectNode body(ObjectNode template) {
        ObjectNode body = Json.records().createObjectNode();
        body.putObject("properties").put("mode", "Incremental").set("template", template);
        return body;
    }

    private String refusal(String resources) throws Exception {
        HttpResponse<String> refused = call("PUT", DEPLOYMENT, body(template(resources)));
        return AzureClient.code(refused) + " " + AzureClient.message(refused);
    }

    private String refusal(ObjectNode template, String parameter, String value) throws Exception {
        ObjectNode body = body(template);
        body.withObject("/properties/parameters/" + parameter).set("value", Json.read(value, JsonNode.class));
        return AzureClient.message(call("POST", DEPLOYMENT + "/validate", body));
    }

    private HttpResponse<String> call(String method, String path, @Nullable ObjectNode body) throws Exception {
        return client.at(method, path + "?api-version=2022-09-01", body);
    }

    private HttpResponse<String> get(String id, String version) throws Exception {
        return client.at("GET", id + "?api-version=" + version, null);
    }

    private String state() throws Exception {
        return AzureClient.json(call("GET", DEPLOYMENT, null))
                .at("/properties/provisioningState")
                .asText();
    }

    /** The kinds of all changes, each with what it changes. */
    private List<String> foreseen(ObjectNode template) throws Exception {
        HttpResponse<String> accepted = call("POST", DEPLOYMENT + "/whatIf", body(template));
        assertThat(accepted.statusCode()).isEqualTo(202);
        String where = accepted.headers().firstValue("Location").orElseThrow();
        assertThat(client.at("GET", where, null).statusCode()).isEqualTo(202);
        clock.advance(Duration.ofSeconds(20));
        List<String> all = new ArrayList<>();
        for (JsonNode change : AzureClient.json(client.at("GET", where, null)).at("/properties/changes")) {
            all.add(change.path("changeType").asText() + " "
                    + change.path("resourceId").asText());
        }
        return all;
    }
}
