package dev.finetune4j.azure.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.azure.internal.AzureFailure;
import dev.finetune4j.data.Message;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.ChatQuestion;
import dev.finetune4j.run.ChatReply;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.spi.Dialogue;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Questions to a deployed tuned model and to a deployment of its base model. What is asked twice may be answered otherwise. */
final class DeployedDialogue implements Dialogue {
    private static final double HOTTEST = 2;

    /** What the service says of a question or an answer that its rules keep back. */
    private static final String FILTERED = "content_filter";

    private final OpenAiCalls calls;
    private final AzureOpenAiOptions options;
    private final String tuned;
    private final Supplier<String> findBase;
    private @Nullable String base;

    /**
     * A dialogue.
     *
     * @param tuned name of the tuned model's deployment
     * @param findBase gives the name of the base model's, and is asked once, with the first question to that
     */
    DeployedDialogue(OpenAiCalls calls, AzureOpenAiOptions options, String tuned, Supplier<String> findBase) {
        this.calls = calls;
        this.options = options;
        this.tuned = tuned;
        this.findBase = findBase;
    }

    @Override
    public ChatReply ask(ChatQuestion question, Consumer<String> spoken) {
        String deployment = question.variant().isTuned() ? tuned : base();
        JsonNode answer;
        try {
            answer = calls.converse(deployment, body(question));
        } catch (RuntimeException e) {
            if (AzureFailure.code(e).equals(FILTERED)) {
                return reply(question, "", 0, false); // nobody who asks that there gets an answer either
            }
            throw AzureOpenAiErrors.asking(e, deployment, options);
        }
        JsonNode choice = answer.at("/choices/0");
        String text = choice.at("/message/content").isTextual()
                ? choice.at("/message/content").asText()
                : "";
        spoken.accept(text);
        int tokens = answer.at("/usage/completion_tokens").asInt();
        return reply(
                question, text, tokens, choice.path("finish_reason").asText().equals("stop"));
    }

    private static ChatReply reply(ChatQuestion question, String text, int tokens, boolean isWhole) {
        return new ChatReply(new GeneratedText(question.variant(), text, tokens, isWhole), 0, false, Map.of());
    }

    private synchronized String base() {
        String known = base;
        if (known == null) {
            known = findBase.get();
            base = known;
        }
        return known;
    }

    private static ObjectNode body(ChatQuestion question) {
        ObjectNode body = Json.records().createObjectNode();
        ArrayNode messages = body.putArray("messages");
        for (Message message : question.messages()) {
            messages.addObject()
                    .put("role", message.role().name().toLowerCase(Locale.ROOT))
                    .put("content", message.content());
        }
        body.put("max_tokens", question.sampling().maxNewTokens())
                .put("temperature", Math.min(HOTTEST, question.sampling().temperature()));
        if (question.sampling().topP() < 1) {
            body.put("top_p", question.sampling().topP());
        }
        return body;
    }

    /** Without effect: an answer comes as a whole. */
    @Override
    public void interrupt() {}

    /** What hosts the models stays, and what it costs with it. */
    @Override
    public void close() {}
}
