package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.engine.data.RowSource;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Proposal.AnswerLengths;
import dev.finetune4j.spi.TextCodec;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/**
 * How long the texts are that models will answer: what a worker finds when it reads every row, told before from those rows that have the
 * most characters. So it is never more than the worker finds, and a place that refuses for it refuses rightly.
 */
record AnsweredTexts(TextCodec codec, List<WorkStep.Predict> steps) {
    private static final int TOKENIZED_ROWS = 16;

    /** The longest of the rows, over all steps. */
    AnswerLengths longest(RowSource rows) {
        List<Example> wordiest = wordiest(rows);
        return steps.stream()
                .flatMap(step -> wordiest.stream().map(row -> lengths(step, row)))
                .reduce(AnswerLengths.NONE, AnswerLengths::or);
    }

    private AnswerLengths lengths(WorkStep.Predict step, Example row) {
        int own = codec.rowLimit(step.maxTokens());
        if (!(row instanceof Example.Conversation conversation)) {
            return new AnswerLengths(codec.encode(row, own).length(), 0);
        }
        List<Message> messages = step.withShots(conversation.prompt());
        int prompt = codec.encodePrompt(messages).length;
        int shots = prompt - codec.encodePrompt(conversation.prompt()).length;
        int answer = step.labels().isEmpty()
                ? codec.encodeAnswer(messages, conversation.answer()).length
                : step.labels().stream()
                        .mapToInt(label -> codec.encodeAnswer(messages, label).length)
                        .max()
                        .orElseThrow();
        int limit = Math.min(codec.contextTokens(), own + shots); // examples come on top of the row's own limit
        int kept = Math.min(prompt, Math.max(1, limit - answer));
        return new AnswerLengths(0, kept + Math.max(answer, step.maxNewTokens()));
    }

    private static List<Example> wordiest(RowSource source) {
        PriorityQueue<Example> kept = new PriorityQueue<>(Comparator.comparingLong(AnsweredTexts::characters));
        try (Stream<Example> rows = source.open()) {
            rows.forEach(row -> {
                kept.add(row);
                if (kept.size() > TOKENIZED_ROWS) {
                    kept.remove();
                }
            });
        }
        return List.copyOf(kept);
    }

    private static long characters(Example row) {
        return row instanceof Example.Conversation conversation
                ? conversation.messages().stream()
                        .map(Message::content)
                        .mapToLong(String::length)
                        .sum()
                : ((Example.Passage) row).text().length();
    }
}
