package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.engine.check.RowRefusal;
import dev.finetune4j.engine.data.RowSource;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.AskedMessages;
import dev.finetune4j.spi.Proposal.AnswerLengths;
import dev.finetune4j.spi.TextCodec;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/**
 * How long the texts are that models will answer: what a worker finds when it reads every row, told before from those rows that have the
 * most characters. So it is never more than the worker finds, and a place that refuses for it refuses rightly.
 */
record AnsweredTexts(TextCodec codec, List<WorkStep.Predict> steps) {
    private static final int TOKENIZED_ROWS = 16;

    /**
     * The longest of the rows, over all steps.
     *
     * @throws FineTuneException with FT0325 if the chat template refuses one of them
     */
    AnswerLengths longest(RowSource rows) {
        List<Example> wordiest = wordiest(rows);
        return steps.stream()
                .flatMap(step -> wordiest.stream().map(row -> rendered(step, row)))
                .reduce(AnswerLengths.NONE, AnswerLengths::or);
    }

    private AnswerLengths rendered(WorkStep.Predict step, Example row) {
        try {
            return lengths(step, row);
        } catch (FineTuneException e) {
            throw RowRefusal.of(row, e).at(row.row()).asException(e);
        }
    }

    private AnswerLengths lengths(WorkStep.Predict step, Example row) {
        if (!(row instanceof Example.Conversation conversation)) {
            int passage = codec.encode(row, codec.rowLimit(step.maxTokens())).length();
            int continued = step.writesOnPassages() ? WorkStep.Predict.beginning(passage) + step.maxNewTokens() : 0;
            return new AnswerLengths(passage, continued, continued);
        }
        String answer = step.labels().stream()
                .max(Comparator.comparingInt(label -> answerTokens(conversation, label)))
                .orElse(conversation.answer());
        int limit = AskedMessages.limit(codec, step);
        Optional<List<Message>> asked = AskedMessages.of(codec, step, conversation, answer);
        // A row without room for its answer alone loses tokens of that, too; a label is read whole.
        int whole = answerTokens(conversation, answer);
        int kept = asked.isPresent() || !step.labels().isEmpty() ? whole : Math.min(whole, limit - 1);
        int prompt = asked.map(messages -> codec.encodePrompt(messages).length).orElse(Math.max(1, limit - kept));
        int tokens = prompt + Math.max(kept, step.maxNewTokens());
        return new AnswerLengths(0, tokens, step.writes() ? tokens : 0);
    }

    private int answerTokens(Example.Conversation row, String answer) {
        return codec.encodeAnswer(row.prompt(), answer).length;
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
