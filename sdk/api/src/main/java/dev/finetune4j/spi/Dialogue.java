package dev.finetune4j.spi;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.ChatQuestion;
import dev.finetune4j.run.ChatReply;
import java.util.function.Consumer;

/** Models in memory that answer one question after the other, until the dialogue is closed. */
public interface Dialogue extends AutoCloseable {
    /**
     * Answers a question.
     *
     * @param spoken told each further piece of the answer as it is spoken; a model that tells labels apart speaks none
     * @throws FineTuneException if the question is refused, and the next one may be answered; or why the place gave up, and then every
     *     further question fails for the same reason
     */
    ChatReply ask(ChatQuestion question, Consumer<String> spoken);

    /** Ends the answer that is being spoken, if one is; what was spoken is the reply. May be called from any thread. */
    void interrupt();

    /** Lets go of the models and of all that the place keeps for this dialogue. */
    @Override
    void close();
}
