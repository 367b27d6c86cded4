package dev.finetune4j.training.predict;

import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The prompt without content that calibration needs (<a href="https://arxiv.org/abs/2102.09690">Zhao et al. 2021</a>). What all rows' last user
 * messages begin and end with is the task's wording; what lies between is the content and becomes {@value #CONTENT_FREE}. With one row only, or
 * with nothing in common, the whole message does.
 */
final class ContentFreePrompt {
    /** The content-free input that Zhao et al. use first. */
    static final String CONTENT_FREE = "N/A";

    private @Nullable String first;
    private int start;
    private int end;
    private boolean differ;

    /** Takes a row's prompt into account. */
    void add(List<Message> prompt) {
        String text = prompt.get(lastUser(prompt)).content();
        if (first == null) {
            first = text;
            start = text.length();
            end = text.length();
            return;
        }
        differ |= !text.equals(first);
        int shorter = Math.min(first.length(), text.length());
        int same = 0;
        while (same < Math.min(start, shorter) && first.charAt(same) == text.charAt(same)) {
            same++;
        }
        start = same;
        int tail = 0;
        while (tail < Math.min(end, shorter - start)
                && first.charAt(first.length() - 1 - tail) == text.charAt(text.length() - 1 - tail)) {
            tail++;
        }
        end = tail;
    }

    /** The last user message with its content replaced. */
    String text() {
        if (first == null || !differ) {
            return CONTENT_FREE;
        }
        // A word that all contents happen to begin or end with in part belongs to the content.
        int from = start;
        while (from > 0 && !Character.isWhitespace(first.charAt(from - 1))) {
            from--;
        }
        int to = first.length() - end;
        while (to < first.length() && !Character.isWhitespace(first.charAt(to))) {
            to++;
        }
        return first.substring(0, from) + CONTENT_FREE + first.substring(to);
    }

    /** Index of the last user message, or of the last message where no user speaks. */
    static int lastUser(List<Message> prompt) {
        for (int i = prompt.size() - 1; i >= 0; i--) {
            if (prompt.get(i).role() == Role.USER) {
                return i;
            }
        }
        return prompt.size() - 1;
    }
}
