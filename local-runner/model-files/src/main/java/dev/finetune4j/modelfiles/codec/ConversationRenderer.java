package dev.finetune4j.modelfiles.codec;

import dev.finetune4j.data.Message;
import dev.finetune4j.modelfiles.template.ChatTemplate;
import dev.finetune4j.modelfiles.template.Rendering;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Renders messages with a model's template and special tokens. */
final class ConversationRenderer {
    /**
     * The day that every rendering takes for today, whatever the day: training, evaluation and check must see one text, and a row must
     * have the same tokens tomorrow. It is the day that Llama 3's templates fall back to.
     */
    static final LocalDateTime TODAY = LocalDateTime.of(2024, 7, 26, 0, 0);

    private final ChatTemplate template;
    private final Map<String, Object> tokens;

    /**
     * A renderer.
     *
     * @param tokens {@code bos_token}, {@code eos_token} and the like, as the template's variables
     */
    ConversationRenderer(ChatTemplate template, Map<String, String> tokens) {
        this.template = template;
        this.tokens = Map.copyOf(tokens);
    }

    /** The file of the template, for messages. */
    String source() {
        return template.name();
    }

    boolean marksGeneration() {
        return template.marksGeneration();
    }

    Rendering render(List<Message> messages, boolean generationPrompt) {
        Map<String, Object> variables = new HashMap<>(tokens);
        variables.put(
                "messages",
                messages.stream()
                        .map(message -> Map.of(
                                "role", message.role().name().toLowerCase(Locale.ROOT), "content", message.content()))
                        .toList());
        variables.put("add_generation_prompt", generationPrompt);
        variables.put("tools", null);
        variables.put("documents", null);
        return template.render(variables, TODAY);
    }
}
