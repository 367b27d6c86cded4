package dev.finetune4j.testkit.fake;

import dev.finetune4j.data.Message;
import dev.finetune4j.run.ChatQuestion;
import dev.finetune4j.run.ChatReply;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.spi.Dialogue;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Repeats what was said last, word by word, and how many messages it was shown. Reads at most {@value #MOST_MESSAGES} messages, and
 * refuses silence.
 */
final class FakeDialogue implements Dialogue {
    private static final int MOST_MESSAGES = 5;

    private volatile boolean isInterrupted;

    @Override
    public ChatReply ask(ChatQuestion question, Consumer<String> spoken) {
        isInterrupted = false;
        List<Message> messages = question.messages();
        String last = messages.get(messages.size() - 1).content();
        if (last.isBlank()) {
            throw FakeProblems.NOT_SUPPORTED
                    .error("the fake place cannot answer silence")
                    .asException();
        }
        int dropped = Math.max(0, messages.size() - MOST_MESSAGES);
        String answer = question.variant() + " heard " + last + " after " + (messages.size() - dropped - 1);
        StringBuilder said = new StringBuilder();
        int words = 0;
        for (String word : answer.split("(?<= )", -1)) {
            if (isInterrupted || words == question.sampling().maxNewTokens()) {
                break;
            }
            said.append(word);
            words++;
            spoken.accept(word);
        }
        boolean isComplete = said.length() == answer.length();
        return new ChatReply(
                new GeneratedText(question.variant(), said.toString(), words, isComplete),
                dropped,
                isInterrupted,
                Map.of());
    }

    @Override
    public void interrupt() {
        isInterrupted = true;
    }

    @Override
    public void close() {}
}
