package dev.finetune4j.worker.dialogue;

import dev.finetune4j.error.Problem;
import dev.finetune4j.run.ChatQuestion;
import dev.finetune4j.run.ChatReply;
import java.util.List;

/** One line of a dialogue. */
public sealed interface DialogueLine {
    /**
     * To the worker: a question. It is answered before the next is read.
     *
     * @param question what is asked
     */
    record Asked(ChatQuestion question) implements DialogueLine {}

    /** To the worker: enough of the present answer. */
    record Interrupted() implements DialogueLine {}

    /**
     * From the worker: a further piece of the present answer.
     *
     * @param text the piece
     */
    record Spoken(String text) implements DialogueLine {}

    /**
     * From the worker: the whole answer.
     *
     * @param reply the answer
     */
    record Replied(ChatReply reply) implements DialogueLine {}

    /**
     * From the worker: no answer, but the next question may have one.
     *
     * @param problems why
     */
    record Refused(List<Problem> problems) implements DialogueLine {
        /** Copies the list. */
        public Refused {
            problems = List.copyOf(problems);
        }
    }
}
