package dev.finetune4j.offlinecloud.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A client that knows the variables and nothing else of the offline cloud. */
final class AzureClient {
    static final String MANAGEMENT = "https://management.azure.com/.default";
    private static final String VERSION = "2024-10-01";

    private final Map<String, String> variables;
    private final HttpClient http;
    private final String manager;
    private final String workspace;

    AzureClient(Map<String, String> variables, Workspace workspace) throws Exception {
        this.variables = variables;
        this.workspace = workspace.id();
        http = HttpClient.newBuilder()
                .sslContext(trusting(Path.of(variable("SSL_CERT_FILE"))))
                .build();
        JsonNode clouds = json(send(request(variable("ARM_CLOUD_METADATA_URL")).GET()));
        String found = "";
        for (JsonNode cloud : clouds) {
            found = cloud.path("name").asText().equals("AzureCloud")
                    ? cloud.path("resourceManager").asText()
                    : found;
        }
        manager = found.replaceFirst("/$", "");
    }

    private static SSLContext trusting(Path pem) throws Exception {
        KeyStore keys = KeyStore.getInstance(KeyStore.getDefaultType());
        keys.load(null, null);
        try (InputStream in = Files.newInputStream(pem)) {
            keys.setCertificateEntry(
                    "offline", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    private String variable(String name) {
        return Objects.requireNonNull(variables.get(name), name);
    }

    /** Signs in, with other fields of the form than the right ones. */
    HttpResponse<String> signIn(Map<String, String> other) throws IOException, InterruptedException {
        Map<String, String> form = new TreeMap<>(Map.of(
                "grant_type",
                "client_credentials",
                "client_id",
                variable("AZURE_CLIENT_ID"),
                "client_secret",
                variable("AZURE_CLIENT_SECRET"),
                "scope",
                MANAGEMENT));
        form.putAll(other);
        String body = form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return send(request(variable("AZURE_AUTHORITY_HOST") + "/" + variable("AZURE_TENANT_ID") + "/oauth2/v2.0/token")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body)));
    }

    String token(String scope) throws IOException, InterruptedException {
        return json(signIn(Map.of("scope", scope))).path("access_token").asText();
    }

    /** A request below the workspace, such as {@code GET /jobs}. */
    HttpResponse<String> call(String method, String path, @Nullable ObjectNode body)
            throws IOException, InterruptedException {
        return at(method, workspace + path + (path.contains("?") ? "&" : "?") + "api-version=" + VERSION, body);
    }

    HttpResponse<String> call(String method, String path) throws IOException, InterruptedException {
        return call(method, path, null);
    }

    /** A request at a path or an address. */
    HttpResponse<String> at(String method, String path, @Nullable ObjectNode body)
            throws IOException, InterruptedException {
        return at(method, path, body, "Bearer " + token(MANAGEMENT));
    }

    HttpResponse<String> at(String method, String path, @Nullable ObjectNode body, String authorization)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path.startsWith("https:") ? path : manager + path)
                .header("Authorization", authorization)
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()));
        return send(request);
    }

    /** What run history tells of a job. */
    JsonNode details(String job) throws IOException, InterruptedException {
        return json(at("GET", "/history/v1.0" + workspace + "/runs/" + job + "/details", null));
    }

    /** Stores a text in the default datastore, with a token. */
    HttpResponse<String> store(String address, String text) throws IOException, InterruptedException {
        return send(request(address)
                .header("Authorization", "Bearer " + token("https://storage.azure.com/.default"))
                .header("x-ms-blob-type", "BlockBlob")
                .header("x-ms-version", "2021-12-02")
                .PUT(BodyPublishers.ofString(text)));
    }

    /** What anybody gets who has an address. */
    HttpResponse<String> fetch(String address) throws IOException, InterruptedException {
        return send(request(address).GET());
    }

    String status(String job) throws IOException, InterruptedException {
        return json(call("GET", "/jobs/" + job))
                .path("properties")
                .path("status")
                .asText();
    }

    static JsonNode json(HttpResponse<String> response) {
        return Json.read(response.body(), JsonNode.class);
    }

    static String code(HttpResponse<String> response) {
        return response.statusCode() + " "
                + json(response).path("error").path("code").asText();
    }

    static String message(HttpResponse<String> response) {
        return json(response).path("error").path("message").asText();
    }

    static HttpRequest.Builder request(String uri) {
        return HttpRequest.newBuilder(URI.create(uri));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }
}
