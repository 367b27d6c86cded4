package dev.finetune4j.offlinecloud.azure.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.openai.DataOperation.Paths;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.learner.AnswerCounter;
import dev.finetune4j.offlinecloud.learner.Exchange;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Conversations with what is deployed. An answer is computed by {@link AnswerCounter}, the same each time whatever the temperature, and is cut
 * at four bytes a token. Texts only: no tools, pictures and streams.
 */
final class ChatCompletions {
    private static final int OK = 200;
    private static final int USUAL_TOKENS = 512;
    private static final int MOST_TOKENS = 16_384;
    private static final String NAME = "ChatCompletions_Create";
    private static final String ACTION = "deployments/chat/completions/action";
    private static final Set<String> KNOWN = Set.of(
            "model",
            "messages",
            "max_tokens",
            "max_completion_tokens",
            "temperature",
            "top_p",
            "n",
            "seed",
            "user",
            "stream",
            "presence_penalty",
            "frequency_penalty");

    private final OfflineOpenAi service;

    ChatCompletions(OfflineOpenAi service) {
        this.service = service;
    }

    /** What can be asked for. */
    List<DataOperation> operations() {
        return List.of(
                DataOperation.of(
                        NAME,
                        "POST",
                        "/deployments/{deployment}/chat/completions",
                        ACTION,
                        Paths.CLASSIC,
                        call -> answer(call, call.label("deployment"))),
                DataOperation.of(
                        NAME,
                        "POST",
                        "/chat/completions",
                        ACTION,
                        Paths.V1,
                        call -> answer(call, call.json().path("model").asText())));
    }

    private Answer answer(DataCall call, String name) throws ServiceError {
        Deployment deployment = call.account()
                .deployment(name)
                .filter(one -> one.isUp(service.now()))
                .orElseThrow(OpenAiErrors::noDeployment);
        ObjectNode body = call.json();
        for (Map.Entry<String, JsonNode> member : body.properties()) {
            if (!member.getValue().isNull() && !KNOWN.contains(member.getKey())) {
                throw OpenAiErrors.invalid("The offline cloud knows no " + member.getKey() + " of a conversation.");
            }
        }
        if (body.path("stream").asBoolean() || body.path("n").asInt(1) != 1) {
            throw OpenAiErrors.invalid("The offline cloud answers once and as a whole: stream must be false and n 1.");
        }
        int most = most(body);
        deployment.ask(service.now());
        JsonNode messages = body.path("messages");
        String question = question(messages);
        AnswerCounter.Said said =
                deployment.settings().answers().answer(shown(messages), question, most * Example.BYTES_A_TOKEN);
        return AzureProtocol.json(OK, told(deployment, said, messages));
    }

    private static int most(ObjectNode body) throws ServiceError {
        String name = body.hasNonNull("max_completion_tokens") ? "max_completion_tokens" : "max_tokens";
        int most = body.path(name).asInt(USUAL_TOKENS);
        if (most < 1) {
            throw OpenAiErrors.invalid(name + " must be at least 1, was " + body.path(name) + ".");
        }
        return Math.min(MOST_TOKENS, most);
    }

    private static String question(JsonNode messages) throws ServiceError {
        JsonNode last = messages.path(messages.size() - 1);
        if (!last.path("role").asText().equals("user")) {
            throw OpenAiErrors.invalid("The last of the messages must be the user's.");
        }
        for (JsonNode message : messages) {
            if (!message.path("content").isTextual()) {
                throw OpenAiErrors.invalid("The offline cloud converses in texts only.");
            }
        }
        return last.path("content").asText();
    }

    /** What the conversation itself shows: each answer with what was said before it. */
    private static List<Exchange> shown(JsonNode messages) {
        List<Exchange> shown = new ArrayList<>();
        for (int i = 1; i < messages.size(); i++) {
            if (messages.get(i).path("role").asText().equals("assistant")) {
                shown.add(new Exchange(Example.text(messages.get(i - 1)), Example.text(messages.get(i))));
            }
        }
        return shown;
    }

    private ObjectNode told(Deployment deployment, AnswerCounter.Said said, JsonNode messages) {
        int read = 0;
        for (JsonNode message : messages) {
            read += Example.tokens(Example.text(message));
        }
        int written = Example.tokens(said.text());
        ObjectNode told = Json.records()
                .createObjectNode()
                .put("id", "chatcmpl-" + Files.hex())
                .put("object", "chat.completion")
                .put("created", service.now().getEpochSecond())
                .put("model", deployment.settings().model());
        told.putArray("choices")
                .addObject()
                .put("index", 0)
                .put("finish_reason", said.isWhole() ? "stop" : "length")
                .putNull("logprobs")
                .putObject("message")
                .put("role", "assistant")
                .put("content", said.text())
                .putNull("refusal");
        told.putObject("usage")
                .put("prompt_tokens", read)
                .put("completion_tokens", written)
                .put("total_tokens", read + written);
        return told;
    }
}
