package dev.finetune4j.offlinecloud.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.learner.AnswerCounter;
import dev.finetune4j.offlinecloud.learner.Exchange;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.JsonService;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.ServiceModel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Conversations with base models and with tuned ones that are hosted. An answer is computed by {@link AnswerCounter}, the same each time
 * whatever the temperature; a token is a byte. Texts only: no tools, pictures and guards.
 */
final class OfflineRuntime implements JsonService {
    private static final ServiceModel MODEL = ServiceModel.resource(OfflineRuntime.class, "runtime-service-model.json");
    private static final Set<String> KNOWN = Set.of("modelId", "messages", "system", "inferenceConfig");
    private static final int USUAL_TOKENS = 512;
    private static final int MOST_TOKENS = 32_768;

    private final OfflineBedrock bedrock;
    private final Names names;

    OfflineRuntime(OfflineBedrock bedrock, Names names) {
        this.bedrock = bedrock;
        this.names = names;
    }

    @Override
    public String signingName() {
        return "bedrock";
    }

    @Override
    public Optional<String> ownRegion() {
        return Optional.of(names.region());
    }

    @Override
    public ServiceModel model() {
        return MODEL;
    }

    @Override
    public List<Access> accesses(String operation, ObjectNode request) {
        String id = request.path("modelId").asText();
        return List.of(Access.to("bedrock:InvokeModel", id.startsWith("arn:") ? id : names.foundationModel(id)));
    }

    @Override
    public ObjectNode answer(String operation, ObjectNode request) throws ServiceError {
        AnswerCounter model = bedrock.answering(request.path("modelId").asText());
        for (String member : (Iterable<String>) request::fieldNames) {
            if (!KNOWN.contains(member)) {
                throw ServiceError.invalid("The offline cloud knows no " + member + " of a conversation");
            }
        }
        List<String> said = said(request.path("messages"));
        List<Exchange> shown = new ArrayList<>();
        for (int i = 1; i < said.size(); i += 2) {
            shown.add(new Exchange(said.get(i - 1), said.get(i)));
        }
        String question = said.get(said.size() - 1);
        int most = request.path("inferenceConfig").path("maxTokens").asInt(USUAL_TOKENS);
        AnswerCounter.Said answer = model.answer(shown, question, Math.min(most, MOST_TOKENS));
        return answer(
                answer,
                read(request.path("system"))
                        + said.stream().mapToInt(OfflineRuntime::tokens).sum());
    }

    private static ObjectNode answer(AnswerCounter.Said said, int read) {
        ObjectNode answer = OfflineBedrock.object();
        ObjectNode message = answer.putObject("output").putObject("message").put("role", "assistant");
        message.putArray("content").addObject().put("text", said.text());
        answer.put("stopReason", said.isWhole() ? "end_turn" : "max_tokens");
        answer.putObject("usage")
                .put("inputTokens", read)
                .put("outputTokens", said.bytes())
                .put("totalTokens", read + said.bytes());
        answer.putObject("metrics").put("latencyMs", 1);
        return answer;
    }

    /** What was said in turns, the user's word first and last. */
    private static List<String> said(JsonNode messages) throws ServiceError {
        List<String> said = new ArrayList<>();
        for (JsonNode message : messages) {
            boolean isUsers = message.path("role").asText().equals("user");
            if (said.isEmpty() && !isUsers) {
                throw ServiceError.invalid(
                        "A conversation must start with a user message. Try again with a conversation that starts with a user message.");
            }
            if (isUsers != (said.size() % 2 == 0)) {
                throw ServiceError.invalid(
                        "The roles of messages must alternate between user and assistant in a conversation.");
            }
            said.add(text(message.path("content")));
        }
        if (said.isEmpty() || said.size() % 2 == 0) {
            throw ServiceError.invalid(
                    "A conversation must end with a user message. Try again with a conversation that ends with a user message.");
        }
        return said;
    }

    private static String text(JsonNode content) throws ServiceError {
        StringBuilder text = new StringBuilder();
        for (JsonNode block : content) {
            if (!block.path("text").isTextual()) {
                throw ServiceError.invalid("The offline cloud converses in texts only");
            }
            if (block.path("text").asText().isBlank()) {
                throw ServiceError.invalid(
                        "The text field in the ContentBlock object is blank. Add text to the text field, and"
                                + " try again.");
            }
            text.append(block.path("text").asText());
        }
        return text.toString();
    }

    private static int read(JsonNode system) {
        int tokens = 0;
        for (JsonNode block : system) {
            tokens += tokens(block.path("text").asText());
        }
        return tokens;
    }

    private static int tokens(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
