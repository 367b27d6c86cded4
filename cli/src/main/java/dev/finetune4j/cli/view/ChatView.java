package dev.finetune4j.cli.view;

import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.ChatReply;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Shows a conversation: answers as they are spoken, or one JSON object a turn. */
public final class ChatView {
    private final Screen screen;
    private final Clock clock;
    private final boolean isJson;
    private final boolean isPrompting;
    private final boolean namesModels;
    private final List<ChatReply> replies = new ArrayList<>();
    private boolean hasSpoken;
    private int turn;

    /**
     * Shows answers.
     *
     * @param isPrompting whether a person types, and is shown where
     * @param namesModels whether more than one model answers
     */
    public ChatView(Screen screen, Clock clock, boolean isJson, boolean isPrompting, boolean namesModels) {
        this.screen = screen;
        this.clock = clock;
        this.isJson = isJson;
        this.isPrompting = isPrompting;
        this.namesModels = namesModels;
    }

    /** The person may speak. */
    public void prompt() {
        if (isPrompting) {
            screen.err().print(screen.paint(Tone.STRONG, "> "));
            screen.err().flush();
        }
    }

    /** Something that is no answer. */
    public void say(String text) {
        screen.say(
                isJson
                        ? Json.line(new CommandEvent.Noted(clock.instant(), text))
                        : screen.paint(Tone.FAINT, Wrap.hanging(text, screen.columns(), 0)));
    }

    /** A model begins to answer. */
    public void begins(Variant variant) {
        hasSpoken = false;
        if (!isJson && namesModels) {
            screen.out().print(screen.paint(Tone.STRONG, RunProgress.words(variant) + ": "));
            screen.out().flush();
        }
    }

    /** A piece of its answer. */
    public void piece(String text) {
        if (isJson) {
            return;
        }
        String shown = hasSpoken ? text : text.stripLeading();
        hasSpoken |= !shown.isEmpty();
        screen.out().print(shown);
        screen.out().flush();
    }

    /** The whole of its answer. */
    public void replied(ChatReply reply) {
        replies.add(reply);
        if (!isJson) {
            screen.line(label(reply));
            notes(reply);
        }
    }

    /** There is no answer. */
    public void refused(List<Problem> problems) {
        if (!isJson && namesModels) {
            screen.line("");
        }
        if (!isJson) {
            new ProblemView(screen).print(problems);
        }
    }

    /** The turn is over. */
    public void ends(String text, List<Problem> problems) {
        turn++;
        if (isJson) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("turn", turn);
            object.put("text", text);
            object.put("replies", List.copyOf(replies));
            if (!problems.isEmpty()) {
                object.put("problems", problems);
            }
            screen.line(Json.line(object));
        }
        replies.clear();
    }

    private static String label(ChatReply reply) {
        return reply.probabilities().entrySet().stream()
                .findFirst()
                .map(likeliest -> String.format(Locale.ROOT, "%s %.2f", likeliest.getKey(), likeliest.getValue()))
                .orElse("");
    }

    private void notes(ChatReply reply) {
        if (reply.droppedMessages() > 0) {
            say("the oldest "
                    + (reply.droppedMessages() == 1 ? "message was" : reply.droppedMessages() + " messages were")
                    + " left out: the model reads no more");
        }
        if (reply.interrupted()) {
            say("interrupted");
        } else if (!reply.answer().complete()) {
            say("cut at " + reply.answer().tokens() + " tokens");
        }
    }
}
