package dev.finetune4j.offlinecloud.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A client of a resource of Azure OpenAI by the classic paths, with a token. */
final class OpenAiClient {
    static final String SCOPE = "https://cognitiveservices.azure.com/.default";
    private static final String VERSION = "?api-version=2024-10-21";

    private final AzureClient azure;
    private final String endpoint;

    OpenAiClient(AzureClient azure, String endpoint) {
        this.azure = azure;
        this.endpoint = endpoint;
    }

    /** Rows of tickets, all of them different. */
    static String rows(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"messages\":[{\"role\":\"user\",\"content\":\"ticket " + i
                        + (i % 2 == 0 ? " about an invoice" : " about a broken page")
                        + "\"},{\"role\":\"assistant\",\"content\":\"" + (i % 2 == 0 ? "billing" : "bug") + "\"}]}")
                .collect(Collectors.joining("\n"));
    }

    HttpResponse<String> call(String method, String path, @Nullable ObjectNode body) throws Exception {
        String whole = path.contains("?") ? path.replace("?", VERSION + "&") : path + VERSION;
        return at(method, "/openai" + whole, body, "Bearer " + azure.token(SCOPE));
    }

    HttpResponse<String> call(String method, String path) throws Exception {
        return call(method, path, null);
    }

    HttpResponse<String> at(String method, String path, @Nullable ObjectNode body, String authorization)
            throws Exception {
        return azure.at(method, endpoint + path, body, authorization);
    }

    HttpResponse<String> withKey(String path, String key) throws IOException, InterruptedException {
        return azure.send(
                AzureClient.request(endpoint + path).header("api-key", key).GET());
    }

    /** Sends a file as a form of two parts. */
    HttpResponse<String> upload(String name, String contentType, String text) throws Exception {
        String form = "--limit\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nfine-tune\r\n" + "--limit\r\n"
                + "Content-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n"
                + (contentType.isEmpty() ? "" : "Content-Type: " + contentType + "\r\n")
                + "\r\n" + text + "\r\n--limit--\r\n";
        return form("/files", form);
    }

    HttpResponse<String> form(String path, String form) throws Exception {
        HttpRequest.Builder request = AzureClient.request(endpoint + "/openai" + path + VERSION)
                .header("Authorization", "Bearer " + azure.token(SCOPE))
                .header("Content-Type", "multipart/form-data; boundary=limit")
                .POST(BodyPublishers.ofString(form));
        return azure.send(request);
    }

    /** Id of a file of so many rows. */
    String file(int rows) throws Exception {
        return json(upload("train.jsonl", "application/jsonl", rows(rows)))
                .path("id")
                .asText();
    }

    static ObjectNode job(String file) {
        return Json.records()
                .createObjectNode()
                .put("model", "gpt-4o-mini-2024-07-18")
                .put("training_file", file);
    }

    JsonNode get(String path) throws Exception {
        return json(call("GET", path));
    }

    String status(String job) throws Exception {
        return get("/fine_tuning/jobs/" + job).path("status").asText();
    }

    static JsonNode json(HttpResponse<String> response) {
        return AzureClient.json(response);
    }
}
