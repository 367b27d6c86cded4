package dev.finetune4j.azure.openai;

import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.azure.internal.AzureFailure;
import dev.finetune4j.json.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Calls of Azure OpenAI. Answers stay JSON, in which Azure leaves null or names what others do not know. Failures are azure-core's own ({@link
 * AzureFailure} tells their kind). Safe for use by several threads.
 */
final class OpenAiCalls {
    /** Whoever makes a job must know soon that there is no answer. */
    private static final Duration CREATING = Duration.ofSeconds(30);

    /** A long answer is written before the first byte of it is sent. */
    private static final Duration ANSWERING = Duration.ofMinutes(5);

    /** Counts from the first byte that is sent. */
    private static final Duration SENDING = Duration.ofMinutes(15);

    /** Tries of a call that the service did not take since too many came. */
    private static final int MOST_TRIES = 4;

    private static final Duration USUAL_PAUSE = Duration.ofSeconds(10);

    /** Many questions are asked one after the other, and limits are told by the minute. */
    private static final Duration LONGEST_PAUSE_OF_A_QUESTION = Duration.ofMinutes(2);

    /** For longer nobody waits who is not told. */
    private static final Duration LONGEST_PAUSE_OF_A_CALL = Duration.ofSeconds(10);

    /** Whoever comes again with a part sends all that came before it again, too. */
    private static final Duration LONGEST_PAUSE_OF_A_PART = Duration.ofMinutes(1);

    private static final int MULTIPLE_CHOICES = 300;
    private static final int PAGE = 100;
    private static final int MOST_PAGES = 100;

    private final String base;
    private final String query;
    private final boolean isV1;
    private final HttpPipeline repeated;
    private final HttpPipeline once;
    private final Consumer<Duration> pause;

    /** @param pause waits */
    OpenAiCalls(AzureOpenAiOptions options, AzureConnection connection, Consumer<Duration> pause) {
        this.pause = pause;
        isV1 = options.isV1();
        base = options.endpoint() + (isV1 ? "/openai/v1/" : "/openai/");
        query = isV1 ? "" : "api-version=" + options.apiVersion();
        repeated = connection.asking();
        once = connection.askingOnce();
    }

    /** What lies at a path; empty where the service answered that there is nothing. */
    Optional<JsonNode> find(String path) {
        return ifThere(() -> json(send(repeated, new HttpRequest(HttpMethod.GET, address(path, "")), Context.NONE)));
    }

    /** All of a list, page after page, as the service orders it and each once: pages overlap where the list grows, or a gateway ignores {@code after}. */
    List<JsonNode> list(String path) {
        Map<String, JsonNode> all = new LinkedHashMap<>();
        String after = "";
        for (int page = 0; page < MOST_PAGES; page++) {
            JsonNode answer = json(send(
                    repeated, new HttpRequest(HttpMethod.GET, address(path, "limit=" + PAGE + after)), Context.NONE));
            int before = all.size();
            String last = "";
            for (JsonNode one : answer.path("data")) {
                last = one.path("id").asText();
                all.put(last.isEmpty() ? "without an id, " + all.size() : last, one);
            }
            if (!answer.path("has_more").asBoolean() || last.isEmpty() || all.size() == before) {
                break;
            }
            after = "&after=" + URLEncoder.encode(last, StandardCharsets.UTF_8);
        }
        return List.copyOf(all.values());
    }

    /**
     * Makes something, by one try that waits {@code 30 s} for its answer: a repeated one would make another. Where the service asks for more than
     * a short pause, that is left to the caller, whom nothing is lost by asking anew.
     */
    JsonNode create(String path, JsonNode body) {
        return json(unlessBusy(
                () -> send(once, posted(path, body), new Context(AzureConnection.RESPONSE_TIMEOUT, CREATING)),
                LONGEST_PAUSE_OF_A_CALL));
    }

    /**
     * Has parts of a file put together, by one try; that may take as long as sending them. Where the service asks for more than a minute, that is
     * left to the caller.
     */
    JsonNode complete(String upload, JsonNode parts) {
        return json(unlessBusy(
                () -> send(
                        once,
                        posted(upload + "/complete", parts),
                        new Context(AzureConnection.RESPONSE_TIMEOUT, SENDING)),
                LONGEST_PAUSE_OF_A_PART));
    }

    /**
     * What is refused since too many calls came was not done, so that it may be asked for again once the service says so.
     *
     * @param longest where the service asks for more than this, the refusal is the caller's
     */
    private BinaryData unlessBusy(Supplier<BinaryData> call, Duration longest) {
        for (int tries = 1; ; tries++) {
            try {
                return call.get();
            } catch (HttpResponseException e) {
                Duration asked = AzureFailure.pause(e).orElse(USUAL_PAUSE);
                if (AzureFailure.of(e) != AzureFailure.BUSY || tries == MOST_TRIES || asked.compareTo(longest) > 0) {
                    throw e;
                }
                pause.accept(asked);
            }
        }
    }

    /** Asks a deployed model; asked anew where there was no answer, since it keeps nothing. */
    JsonNode converse(String deployment, ObjectNode question) {
        String path = isV1 ? "chat/completions" : "deployments/" + deployment + "/chat/completions";
        ObjectNode body = isV1 ? question.put("model", deployment) : question;
        return json(unlessBusy(
                () -> send(repeated, posted(path, body), new Context(AzureConnection.RESPONSE_TIMEOUT, ANSWERING)),
                LONGEST_PAUSE_OF_A_QUESTION));
    }

    /** Does what has the same effect however often it is done. */
    void post(String path) {
        var unused = send(repeated, posted(path, Json.records().createObjectNode()), Context.NONE);
    }

    /** Sends a form with a file, by one try. Where the service asks for more than a short pause, that is left to the caller. */
    JsonNode send(String path, Form form) {
        return send(path, form, LONGEST_PAUSE_OF_A_CALL);
    }

    /** The same with a part of a file, for which a minute is waited. */
    JsonNode sendPart(String upload, Form form) {
        return send(upload + "/parts", form, LONGEST_PAUSE_OF_A_PART);
    }

    private JsonNode send(String path, Form form, Duration longest) {
        return json(unlessBusy(
                () -> send(
                        once,
                        new HttpRequest(HttpMethod.POST, address(path, ""))
                                .setHeader(HttpHeaderName.CONTENT_TYPE, form.contentType())
                                .setBody(form.body()),
                        new Context(AzureConnection.RESPONSE_TIMEOUT, SENDING)),
                longest));
    }

    /** The content of a file; empty where the service answered that there is none. */
    Optional<byte[]> content(String path) {
        return ifThere(() -> send(repeated, new HttpRequest(HttpMethod.GET, address(path, "")), Context.NONE)
                .toBytes());
    }

    /** Removes something; without effect where there is nothing. */
    void delete(String path) {
        var unused = ifThere(() -> send(repeated, new HttpRequest(HttpMethod.DELETE, address(path, "")), Context.NONE));
    }

    private static <T> Optional<T> ifThere(Supplier<T> call) {
        try {
            return Optional.of(call.get());
        } catch (HttpResponseException e) {
            if (AzureFailure.isAbsent(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private HttpRequest posted(String path, JsonNode body) {
        return new HttpRequest(HttpMethod.POST, address(path, ""))
                .setHeader(HttpHeaderName.CONTENT_TYPE, "application/json")
                .setBody(Json.line(body));
    }

    private String address(String path, String parameters) {
        String all = query + (query.isEmpty() || parameters.isEmpty() ? "" : "&") + parameters;
        return base + path + (all.isEmpty() ? "" : "?" + all);
    }

    private static BinaryData send(HttpPipeline pipeline, HttpRequest request, Context context) {
        try (HttpResponse answer = pipeline.sendSync(request, context)) {
            if (answer.getStatusCode() >= MULTIPLE_CHOICES) {
                throw new HttpResponseException("Azure OpenAI answered " + answer.getStatusCode(), answer.buffer());
            }
            return BinaryData.fromBytes(answer.getBodyAsBinaryData().toBytes());
        }
    }

    private static JsonNode json(BinaryData body) {
        return Json.read(body.toString(), JsonNode.class);
    }
}
