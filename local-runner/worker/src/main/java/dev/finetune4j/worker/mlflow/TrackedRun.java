package dev.finetune4j.worker.mlflow;

import dev.finetune4j.spi.Trust;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A run at MLflow's tracking that Azure Machine Learning keeps for a job, as its container is told of it. */
final class TrackedRun {
    /** What the address of a workspace's tracking begins with; it is reached by https. */
    private static final String SCHEME = "azureml://";

    private static final String ADDRESS = "MLFLOW_TRACKING_URI";
    private static final String ID = "MLFLOW_RUN_ID";
    private static final String TOKEN = "MLFLOW_TRACKING_TOKEN";

    /** A call that is not answered must not hold up the end of a training. */
    private static final Duration ANSWERING = Duration.ofSeconds(10);

    private final HttpClient http;
    private final URI batches;
    private final String id;
    private final String token;

    private TrackedRun(HttpClient http, URI batches, String id, String token) {
        this.http = http;
        this.batches = batches;
        this.id = id;
        this.token = token;
    }

    /**
     * What an answer says of a batch.
     *
     * @param status of HTTP
     * @param pause how long to send nothing, zero where that is not said
     */
    record Answer(int status, Duration pause) {}

    /**
     * The run that the environment names; empty where it names none, or none of Azure Machine Learning's.
     *
     * @throws IOException if the certificates that the environment names cannot be read
     */
    static Optional<TrackedRun> of(Map<String, String> environment) throws IOException {
        String address = environment.getOrDefault(ADDRESS, "").replaceFirst("\\?.*", "");
        String id = environment.getOrDefault(ID, "");
        String token = environment.getOrDefault(TOKEN, "").strip();
        if (!address.startsWith(SCHEME) || id.isEmpty() || token.isEmpty()) {
            return Optional.empty();
        }
        HttpClient http = HttpClient.newBuilder()
                .connectTimeout(ANSWERING)
                .sslContext(Trust.context(environment))
                .build();
        URI batches = URI.create("https://" + address.substring(SCHEME.length()).replaceFirst("/+$", "")
                + "/api/2.0/mlflow/runs/log-batch");
        return Optional.of(new TrackedRun(http, batches, id, token));
    }

    /** As MLflow knows it. */
    String id() {
        return id;
    }

    /**
     * Sends a batch.
     *
     * @param body JSON
     * @throws IOException if it is not answered
     */
    Answer send(String body) throws IOException, InterruptedException {
        HttpResponse<Void> answer = http.send(
                HttpRequest.newBuilder(batches)
                        .timeout(ANSWERING)
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.discarding());
        String seconds = answer.headers().firstValue("Retry-After").orElse("");
        return new Answer(
                answer.statusCode(),
                seconds.matches("\\d{1,6}") ? Duration.ofSeconds(Long.parseLong(seconds)) : Duration.ZERO);
    }
}
