package dev.finetune4j.modelfiles.codec;

import dev.finetune4j.data.Message;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the spelling of a special token in a row's content from becoming that token. The content is marked before the template sees
 * it: a mark goes into every such spelling, so that in the rendered text only the template's own special tokens are spelled right.
 * The mark is a Unicode noncharacter, which text never holds for interchange, and is taken out before tokenizing.
 */
final class ContentShield {
    private static final char FIRST_MARK = '\uFDD0';
    private static final char LAST_MARK = '\uFDEF';

    private final SpecialTokens specialTokens;
    private final char mark;

    private ContentShield(SpecialTokens specialTokens, char mark) {
        this.specialTokens = specialTokens;
        this.mark = mark;
    }

    /** A shield whose mark stands in none of the messages. */
    static ContentShield forMessages(SpecialTokens specialTokens, List<Message> messages) {
        for (char mark = FIRST_MARK; mark <= LAST_MARK; mark++) {
            char candidate = mark;
            if (messages.stream().noneMatch(message -> message.content().indexOf(candidate) >= 0)) {
                return new ContentShield(specialTokens, mark);
            }
        }
        throw new IllegalArgumentException("messages must not hold all 32 noncharacters from U+FDD0 to U+FDEF");
    }

    /** The messages, marked where they spell a special token. */
    List<Message> mark(List<Message> messages) {
        return messages.stream()
                .map(message -> new Message(message.role(), mark(message.content())))
                .toList();
    }

    private String mark(String content) {
        Optional<SpecialTokens.Match> match = specialTokens.find(content, 0);
        if (match.isEmpty()) {
            return content;
        }
        StringBuilder marked = new StringBuilder();
        int copied = 0;
        while (match.isPresent()) {
            // One character on, not to the match's end: a spelling may start inside another.
            int next = match.get().start() + 1;
            marked.append(content, copied, next).append(mark);
            copied = next;
            match = specialTokens.find(content, next);
        }
        return marked.append(content, copied, content.length()).toString();
    }

    boolean isMarked(String rendered) {
        return rendered.indexOf(mark) >= 0;
    }

    String unmark(String rendered) {
        return isMarked(rendered) ? rendered.replace(String.valueOf(mark), "") : rendered;
    }
}
