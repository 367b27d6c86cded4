package dev.finetune4j.engine.chat;

import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.run.ChatQuestion;
import dev.finetune4j.run.ChatReply;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.spi.Dialogue;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A conversation with the models of a run, which stay in memory until it is closed. Each model remembers what was said to it and what it
 * answered itself, as far back as it can read.
 */
public final class Chat implements AutoCloseable {
    private final Dialogue dialogue;
    private final Runnable atClose;
    private final Map<Variant, List<Message>> said = new EnumMap<>(Variant.class);
    private @Nullable String system;

    /**
     * A conversation that has not begun.
     *
     * @param dialogue with the models
     * @param system system message, or null for none
     * @param atClose lets go of what the dialogue needs
     */
    public Chat(Dialogue dialogue, @Nullable String system, Runnable atClose) {
        this.dialogue = dialogue;
        this.system = system;
        this.atClose = atClose;
    }

    /**
     * Says something to a model and waits for its answer. A model that tells labels apart tells that of this text alone.
     *
     * @param variant the base model without examples, or the tuned model
     * @param spoken told each piece of the answer as it comes
     * @throws FineTuneException why there is no answer; what was said is forgotten then
     */
    public ChatReply say(Variant variant, String text, Sampling sampling, Consumer<String> spoken) {
        List<Message> before = said.computeIfAbsent(variant, unheard -> new ArrayList<>());
        List<Message> messages = new ArrayList<>();
        if (system != null) {
            messages.add(new Message(Role.SYSTEM, system));
        }
        messages.addAll(before);
        Message mine = new Message(Role.USER, text);
        messages.add(mine);
        ChatReply reply = dialogue.ask(new ChatQuestion(variant, messages, sampling), spoken);
        before.subList(0, reply.droppedMessages()).clear();
        boolean isLabel = !reply.probabilities().isEmpty();
        if (!isLabel && !reply.answer().text().isBlank()) {
            before.add(mine);
            before.add(new Message(Role.ASSISTANT, reply.answer().text()));
        }
        return reply;
    }

    /** Ends the answer that is being spoken. May be called from any thread. */
    public void interrupt() {
        dialogue.interrupt();
    }

    /** Begins anew: all models forget what was said. */
    public void reset() {
        said.clear();
    }

    /** Begins anew with another system message, or with none. */
    public void reset(@Nullable String newSystem) {
        system = newSystem;
        reset();
    }

    /** Lets go of the models. */
    @Override
    public void close() {
        try {
            dialogue.close();
        } finally {
            atClose.run();
        }
    }
}
