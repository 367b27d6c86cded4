package dev.finetune4j.azure.account;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.azure.internal.Answered;
import dev.finetune4j.azure.internal.ArmResources;
import dev.finetune4j.azure.internal.RoleAssignments;
import dev.finetune4j.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The resource manager's deployments of one resource group. It works out what would change by what was deployed last, takes two looks for
 * everything, and fails as it is told.
 */
final class ScriptedManager implements HttpClient {
    static final String GROUP = "/subscriptions/s/resourceGroups/g";
    private static final String DEPLOYMENT = GROUP + "/providers/Microsoft.Resources/deployments/finetune4j";
    private static final String RESULT = "/operationResults/1";
    private static final int OK = 200;
    private static final int ACCEPTED = 202;
    private static final int NOT_FOUND = 404;

    final List<String> calls = new ArrayList<>();
    private @Nullable JsonNode deployed;
    private @Nullable JsonNode asked;
    private @Nullable HttpResponse refusal;
    private @Nullable HttpHeaderName addressing = HttpHeaderName.LOCATION;
    private String failure = "";
    private String failureMessage = "";
    private int looks;

    /** The next call is refused. */
    void refuse(int status, String code) {
        refuse(status, code, "no");
    }

    /** The next call is refused in such words. */
    void refuse(int status, String code, String message) {
        refusal = Answered.to(status, "{\"error\":{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}}");
    }

    /** From now on it tells by this header where to look for what it works out; null for no header. */
    void tellsWhereBy(@Nullable HttpHeaderName header) {
        addressing = header;
    }

    /** The next deployment fails of this, within errors that only tell that something failed. */
    void failOf(String code) {
        failOf(code, "the reason");
    }

    /** The same in such words. */
    void failOf(String code, String message) {
        failure = code;
        failureMessage = message;
    }

    /** The next call is refused since it would fail of this, within an error that only tells that something would. */
    void refuseWithin(int status, String code, String message) {
        refusal = Answered.to(
                status,
                "{\"error\":{\"code\":\"InvalidTemplateDeployment\",\"message\":\"see details\",\"details\":[{\"code\":\""
                        + code + "\",\"message\":\"" + message + "\"}]}}");
    }

    /** As it was deployed last. */
    JsonNode parameters() {
        return Objects.requireNonNull(deployed).at("/properties/parameters");
    }

    ArmResources resources() {
        return new ArmResources(Answered.connection(this), WorkspaceDeployment.VERSION);
    }

    RoleAssignments roles() {
        return new RoleAssignments(Answered.connection(this), "s", "g");
    }

    @Override
    public Mono<HttpResponse> send(HttpRequest request) {
        return Mono.fromSupplier(() -> answer(request));
    }

    private HttpResponse answer(HttpRequest request) {
        String path = request.getUrl().getPath();
        String name = path.substring(path.lastIndexOf('/') + 1);
        calls.add(request.getHttpMethod() + " " + name);
        HttpResponse refused = refusal;
        if (refused != null) {
            refusal = null;
            return refused;
        }
        if (path.equals(DEPLOYMENT + "/whatIf")) {
            asked = body(request);
            looks = 0;
            HttpHeaderName header = addressing;
            Answered accepted = Answered.to(ACCEPTED, "");
            return header == null
                    ? accepted
                    : accepted.with(header, "https://management.azure.com" + GROUP + RESULT + "?api-version=1");
        }
        if (path.equals(GROUP + RESULT)) {
            Answered running = HttpHeaderName.AZURE_ASYNCOPERATION.equals(addressing)
                    ? Answered.to(OK, "{\"status\":\"Running\"}")
                    : Answered.to(ACCEPTED, "");
            return looks++ < 1 ? running : Answered.to(OK, Json.line(foreseen()));
        }
        if (path.equals(DEPLOYMENT) && request.getHttpMethod() == HttpMethod.PUT) {
            deployed = body(request);
            looks = 0;
            return Answered.to(OK, Json.line(state("Accepted")));
        }
        JsonNode there = deployed;
        if (path.equals(DEPLOYMENT) && there != null) {
            boolean isOver = looks++ > 1;
            return Answered.to(OK, Json.line(state(isOver ? failure.isEmpty() ? "Succeeded" : "Failed" : "Running")));
        }
        return Answered.to(NOT_FOUND, "{\"error\":{\"code\":\"DeploymentNotFound\",\"message\":\"none\"}}");
    }

    private static JsonNode body(HttpRequest request) {
        return Json.read(request.getBodyAsBinaryData().toString(), JsonNode.class);
    }

    private ObjectNode foreseen() {
        ObjectNode answer = Json.records().createObjectNode().put("status", "Succeeded");
        ArrayNode changes = answer.putObject("properties").putArray("changes");
        JsonNode before = deployed;
        JsonNode now = Objects.requireNonNull(asked);
        String same = before == null
                ? "Create"
                : before.at("/properties/parameters").equals(now.at("/properties/parameters")) ? "NoChange" : "Modify";
        String storage = GROUP + "/providers/Microsoft.Storage/storageAccounts/ft4j1";
        changes.addObject().put("resourceId", storage).put("changeType", same);
        changes.addObject()
                .put("resourceId", storage + "/blobServices/default/containers/finetune4j")
                .put("changeType", before == null ? "Create" : "NoChange");
        changes.addObject()
                .put("resourceId", GROUP + "/providers/Microsoft.Compute/disks/somebody-elses")
                .put("changeType", "Ignore");
        return answer;
    }

    private ObjectNode state(String state) {
        ObjectNode answer = Json.records().createObjectNode();
        ObjectNode properties = answer.putObject("properties").put("provisioningState", state);
        properties.set("parameters", Objects.requireNonNull(deployed).at("/properties/parameters"));
        if (state.equals("Failed")) {
            ObjectNode error = properties
                    .putObject("error")
                    .put("code", "DeploymentFailed")
                    .put("message", "see details");
            error.putArray("details").addObject().put("code", failure).put("message", failureMessage);
        }
        if (state.equals("Succeeded")) {
            ObjectNode outputs = properties.putObject("outputs");
            outputs.putObject("subscription").put("value", "s");
            outputs.putObject("resourceGroup").put("value", "g");
            outputs.putObject("workspace").put("value", "finetune4j");
            outputs.putObject("region").put("value", "westeurope");
            outputs.putObject("store").put("value", "https://ft4j1.blob.core.windows.net/finetune4j/finetune4j");
            outputs.putObject("datastore").put("value", "finetune4j");
            outputs.putObject("identity").put("value", "00000000-0000-0000-0000-000000000002");
            boolean hasCluster = properties.path("parameters").has("clusterMachine");
            outputs.putObject("compute").put("value", hasCluster ? "finetune4j" : "");
        }
        return answer;
    }
}
