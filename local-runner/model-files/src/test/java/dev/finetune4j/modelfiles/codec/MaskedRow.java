package dev.finetune4j.modelfiles.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.spi.EncodedExample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A row with its label mask as text again: runs of trained tokens, and what is between them. */
final class MaskedRow {
    private final HuggingFaceTextCodec codec;
    private final Map<Integer, String> specialTokens;
    private final List<Message> messages;
    private final List<String> trained = new ArrayList<>();
    private final StringBuilder untrained = new StringBuilder();
    private final StringBuilder all = new StringBuilder();

    MaskedRow(HuggingFaceTextCodec codec, Map<Integer, String> specialTokens, List<Message> messages) {
        this.codec = codec;
        this.specialTokens = specialTokens;
        this.messages = messages;
        EncodedExample row = codec.encode(new Example.Conversation(new RowRef("test", 1), messages, null), 0);
        for (int start = 0; start < row.length(); ) {
            boolean isTrained = row.trained().get(start);
            int next = isTrained
                    ? row.trained().nextClearBit(start)
                    : row.trained().nextSetBit(start);
            int end = next < 0 ? row.length() : next;
            String text = text(row.tokenIds(), start, end);
            all.append(text);
            if (isTrained) {
                trained.add(text);
            } else {
                untrained.append(text);
            }
            start = end;
        }
    }

    private String text(int[] ids, int start, int end) {
        StringBuilder text = new StringBuilder();
        int plain = start;
        for (int i = start; i < end; i++) {
            String special = specialTokens.get(ids[i]);
            if (special != null) {
                text.append(codec.decode(Arrays.copyOfRange(ids, plain, i))).append(special);
                plain = i + 1;
            }
        }
        return text.append(codec.decode(Arrays.copyOfRange(ids, plain, end))).toString();
    }

    /** Checks that the answers are trained and nothing else of the conversation, and says what the template writes around each. */
    Set<String> checked(String name, ConversationRenderer renderer) {
        String row = name + " " + messages;
        List<String> answers = messages.stream()
                .filter(message -> message.role() == Role.ASSISTANT)
                .map(Message::content)
                .toList();
        assertThat(renderer.render(messages, false).text()).as(row).startsWith(all.toString());
        assertThat(trained.size()).as(row).isIn(1, answers.size());
        assertThat(String.join("", trained)).as(row).doesNotContainPattern("[а-я]");
        boolean trainsAll = trained.size() == answers.size();
        if (trainsAll) {
            assertThat(untrained.toString()).as(row).doesNotContainPattern("[α-ω]");
        }
        Set<String> around = new TreeSet<>();
        for (int i = 0; i < trained.size(); i++) {
            String answer = answers.get(answers.size() - trained.size() + i).strip();
            String run = trained.get(i);
            assertThat(run).as(row).containsOnlyOnce(answer);
            int start = run.indexOf(answer);
            String before = run.substring(0, start).strip();
            String after = run.substring(start + answer.length()).strip();
            around.add(((trainsAll ? "" : "last ") + before + "…" + after).replace("\n", "\\n"));
        }
        return around;
    }
}
