package dev.finetune4j.worker;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.ChatQuestion;
import dev.finetune4j.run.ChatReply;
import dev.finetune4j.worker.dialogue.DialogueChannel;
import dev.finetune4j.worker.dialogue.DialogueLine;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Does {@link dev.finetune4j.run.WorkStep.Converse}: answers questions until nobody is there to ask. */
final class DialogueStep {
    private final AnswerSession answers;
    private final DialogueChannel channel;
    private final BlockingQueue<Optional<ChatQuestion>> questions = new LinkedBlockingQueue<>();
    private volatile boolean isInterrupted;

    DialogueStep(AnswerSession answers, DialogueChannel channel) {
        this.answers = answers;
        this.channel = channel;
    }

    /** Answers to the end. The model is loaded while the person thinks of a question. */
    void run() throws InterruptedException {
        Thread listener = new Thread(this::listen, "dialogue");
        listener.setDaemon(true);
        listener.start();
        answers.load();
        for (Optional<ChatQuestion> next = questions.take(); next.isPresent(); next = questions.take()) {
            isInterrupted = false; // what comes later is meant for this answer
            channel.say(answer(next.get()));
        }
    }

    private DialogueLine answer(ChatQuestion question) {
        try {
            ChatReply reply =
                    answers.reply(question, text -> channel.say(new DialogueLine.Spoken(text)), () -> isInterrupted);
            return new DialogueLine.Replied(reply);
        } catch (FineTuneException e) {
            return new DialogueLine.Refused(e.problems());
        }
    }

    private void listen() {
        for (Optional<DialogueLine> line = channel.next(); line.isPresent(); line = channel.next()) {
            if (line.get() instanceof DialogueLine.Asked asked) {
                questions.add(Optional.of(asked.question()));
            } else {
                isInterrupted = true;
            }
        }
        isInterrupted = true; // nobody waits for the rest of the answer
        questions.add(Optional.empty());
    }
}
