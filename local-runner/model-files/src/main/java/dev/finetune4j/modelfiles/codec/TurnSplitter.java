package dev.finetune4j.modelfiles.codec;

import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.template.Rendering;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Cuts a rendered conversation into what is trained and what is not.
 *
 * <p>Where the template marks the assistant's text with {@code {% generation %}}, the marks decide. Elsewhere the conversation is
 * rendered up to each answer, with the generation prompt, and with the answer; the first text must begin the second, and the rest is
 * the answer. Its end of turn is the last special token in it; what the template writes after that, such as a line break, belongs to
 * the next turn. Text after the last trained part is left out: nothing is learned from it.
 *
 * <p>A template that writes an answer otherwise once a later turn follows, as those of reasoning models that drop earlier thoughts,
 * leaves one answer that stands as the model would give it: the last, which alone is trained.
 */
final class TurnSplitter {
    private final ConversationRenderer renderer;
    private final SpecialTokens specialTokens;
    private final boolean trainsLastOnly;

    TurnSplitter(ConversationRenderer renderer, SpecialTokens specialTokens) {
        this.renderer = renderer;
        this.specialTokens = specialTokens;
        this.trainsLastOnly = !renderer.marksGeneration()
                && Stream.of("answer", "<think>\nthought\n</think>\n\nanswer").anyMatch(this::isRewrittenLater);
    }

    private boolean isRewrittenLater(String answer) {
        List<Message> turn = List.of(new Message(Role.USER, "question"), new Message(Role.ASSISTANT, answer));
        List<Message> twoTurns = Stream.of(turn, turn).flatMap(List::stream).toList();
        return canSplit(turn) && !canSplit(twoTurns);
    }

    private boolean canSplit(List<Message> messages) {
        try {
            splitByRendering(messages);
            return true;
        } catch (FineTuneException e) {
            return e.problems().stream().noneMatch(problem -> problem.kind().equals(ModelFilesProblems.TEMPLATE_MASK));
        }
    }

    /** Whether earlier answers of a conversation are given and only its last is learned. */
    boolean trainsLastOnly() {
        return trainsLastOnly;
    }

    /**
     * A part of the text.
     *
     * @param text what it says
     * @param trained whether it is learned
     */
    record Piece(String text, boolean trained) {}

    /**
     * The pieces of a conversation that ends with an answer; the last is trained.
     *
     * @param messages marked by a {@link ContentShield}
     * @throws FineTuneException with FT0444 if the answers cannot be told from the prompts
     */
    List<Piece> split(List<Message> messages) {
        if (renderer.marksGeneration()) {
            return splitAtMarks(messages);
        }
        return trainsLastOnly ? splitLast(messages) : splitByRendering(messages);
    }

    /**
     * The last answer of a conversation, and all that precedes it as one piece: what {@link #split} gives for it, without looking at
     * earlier answers.
     *
     * @throws FineTuneException with FT0444 if the answer cannot be told from the prompt
     */
    List<Piece> splitLast(List<Message> messages) {
        if (renderer.marksGeneration()) {
            List<Piece> pieces = splitAtMarks(messages);
            int last = pieces.size() - 1;
            String before = pieces.subList(0, last).stream().map(Piece::text).collect(Collectors.joining());
            return List.of(new Piece(before, false), pieces.get(last));
        }
        int last = messages.size() - 1;
        String prompt = renderer.render(messages.subList(0, last), true).text();
        String full = renderer.render(messages, false).text();
        requirePrefix(prompt, full, last);
        return List.of(
                new Piece(prompt, false),
                new Piece(full.substring(prompt.length(), endOfTurn(full, prompt.length())), true));
    }

    private List<Piece> splitByRendering(List<Message> messages) {
        List<Piece> pieces = new ArrayList<>();
        String before = "";
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).role() != Role.ASSISTANT) {
                continue;
            }
            String prompt = renderer.render(messages.subList(0, i), true).text();
            String full = renderer.render(messages.subList(0, i + 1), false).text();
            requirePrefix(before, prompt, i);
            requirePrefix(prompt, full, i);
            int end = endOfTurn(full, prompt.length());
            pieces.add(new Piece(prompt.substring(before.length()), false));
            pieces.add(new Piece(full.substring(prompt.length(), end), true));
            before = full.substring(0, end);
        }
        return pieces;
    }

    private int endOfTurn(String full, int answerStart) {
        int end = specialTokens
                .findLast(full, answerStart)
                .map(SpecialTokens.Match::end)
                .orElse(full.length());
        boolean onlyBlanksFollow = full.substring(end).isBlank();
        return onlyBlanksFollow ? end : full.length();
    }

    private List<Piece> splitAtMarks(List<Message> messages) {
        Rendering rendering = renderer.render(messages, false);
        String full = rendering.text();
        int last = messages.size() - 1;
        int promptEnd = promptEnd(messages, full);
        List<Rendering.Span> spans = joined(rendering.generationSpans());
        if (spans.isEmpty() || spans.get(spans.size() - 1).end() <= promptEnd) {
            throw untellable(last, "the template marks no generation in the last answer");
        }
        List<Piece> pieces = new ArrayList<>();
        int at = 0;
        for (Rendering.Span span : spans) {
            // A mark that also covers the generation prompt: that part is given, not generated.
            boolean isLast = span.equals(spans.get(spans.size() - 1));
            int start = isLast ? Math.max(span.start(), promptEnd) : span.start();
            int end = endOfMarked(full, start, span.end());
            pieces.add(new Piece(full.substring(at, start), false));
            pieces.add(new Piece(full.substring(start, end), true));
            at = end;
        }
        return pieces;
    }

    /** The end of the special token behind a mark; of the mark, if it covers the end of turn: the token behind is then the next turn's. */
    private int endOfMarked(String full, int start, int end) {
        String marked = full.substring(start, end);
        boolean coversEnd = specialTokens
                .findLast(marked, 0)
                .filter(match -> marked.substring(match.end()).isBlank())
                .isPresent();
        return coversEnd
                ? end
                : specialTokens.at(full, end).map(SpecialTokens.Match::end).orElse(end);
    }

    /** Spans with marks that follow each other without a gap, such as a text and its end of turn, taken for one. */
    private static List<Rendering.Span> joined(List<Rendering.Span> spans) {
        List<Rendering.Span> joined = new ArrayList<>();
        for (Rendering.Span span : spans) {
            int last = joined.size() - 1;
            if (last >= 0 && joined.get(last).end() >= span.start()) {
                joined.set(last, new Rendering.Span(joined.get(last).start(), span.end()));
            } else {
                joined.add(span);
            }
        }
        return joined;
    }

    private int promptEnd(List<Message> messages, String full) {
        int last = messages.size() - 1;
        String prompt = renderer.render(messages.subList(0, last), true).text();
        requirePrefix(prompt, full, last);
        return prompt.length();
    }

    private void requirePrefix(String prompt, String full, int message) {
        if (full.startsWith(prompt)) {
            return;
        }
        throw untellable(
                message,
                "its prompt has " + prompt.length() + " characters, of which the text with the answer repeats "
                        + commonLength(prompt, full));
    }

    private static int commonLength(String one, String other) {
        int common = 0;
        while (common < Math.min(one.length(), other.length()) && one.charAt(common) == other.charAt(common)) {
            common++;
        }
        return common;
    }

    private FineTuneException unclear(String cause) {
        return ModelFilesProblems.TEMPLATE_MASK
                .error("the template does not show where an answer begins and ends")
                .at(Location.of(renderer.source()))
                .because(cause)
                .asException();
    }

    private FineTuneException untellable(int message, String cause) {
        return ModelFilesProblems.TEMPLATE_MASK
                .error("the template changes what precedes the answer in message " + (message + 1))
                .at(Location.of(renderer.source()))
                .because(cause)
                .asException();
    }

    /**
     * How the template ends a turn of the assistant: the special token behind a probe's answer, if there is one.
     *
     * @throws FineTuneException as {@link #behindAnswer()}
     */
    Optional<Integer> endOfTurnToken() {
        return specialTokens.findLast(behindAnswer(), 0).map(SpecialTokens.Match::id);
    }

    /**
     * What the template writes behind a probe's answer that is trained with it.
     *
     * @throws FineTuneException with FT0444 if the template does not write the question and behind it the answer, as those that know
     *     contents only as lists of texts and images; or if it writes the next turn's prompt behind it, unasked
     */
    String behindAnswer() {
        List<Message> turn = List.of(new Message(Role.USER, "question"), new Message(Role.ASSISTANT, "answer"));
        List<Piece> pieces = split(turn);
        String answer = pieces.get(pieces.size() - 1).text();
        if (!answer.contains("answer")) {
            throw unclear("it leaves out an answer that is one text");
        }
        if (!renderer.marksGeneration() && promptsUnasked(turn)) {
            throw unclear("it writes the prompt of a further answer behind each, without being asked for one");
        }
        return answer.substring(answer.lastIndexOf("answer") + "answer".length());
    }

    /** Whether the text ends with a piece of what stands before answers, where a further question would follow otherwise. */
    private boolean promptsUnasked(List<Message> turn) {
        Message question = turn.get(0);
        String written = renderer.render(turn, false).text();
        String goingOn =
                renderer.render(List.of(question, turn.get(1), question), false).text();
        int asked = written.indexOf(question.content());
        int answer = written.lastIndexOf(turn.get(1).content());
        if (asked < 0 || answer < asked) {
            throw unclear("it leaves out the question before an answer");
        }
        String before = written.substring(asked, answer);
        String end = written.substring(answer);
        String otherEnd =
                goingOn.substring(Math.max(0, goingOn.lastIndexOf(turn.get(1).content())));
        String onlyHere = end.substring(commonLength(end, otherEnd)).strip();
        return !onlyHere.isEmpty() && before.contains(onlyHere);
    }
}
