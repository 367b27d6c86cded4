package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Quantiles;
import dev.finetune4j.data.Role;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.spi.Proposal;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Tokens told from characters, for a model whose tokenizer is not on this machine: four characters a token, as vocabularies of 32,000 to
 * 200,000 entries give on English prose, and six tokens around each message. Other languages and code give more tokens.
 */
final class CharacterFigures {
    private static final double CHARACTERS_OF_A_TOKEN = 4;
    private static final int TOKENS_AROUND_A_MESSAGE = 6;
    private static final int USUAL_CONTEXT = 8192;

    private int[] lengths = new int[1024];
    private int rows;
    private double answerTokens;
    private long mostTokens;

    private CharacterFigures() {}

    static RowFigures of(FineTuneJob job, PreparedData data, int contextTokens) {
        CharacterFigures seen = new CharacterFigures();
        try (Stream<Example> rows = data.rows(Part.TRAIN).open()) {
            rows.forEach(seen::add);
        }
        int[] tokens = Arrays.copyOf(seen.lengths, seen.rows);
        Arrays.sort(tokens);
        int context = contextTokens > 0 ? contextTokens : USUAL_CONTEXT;
        int limit = job.training().maxTokens() > 0 ? Math.min(job.training().maxTokens(), context) : context;
        Quantiles quantiles = quantiles(tokens);
        long longest = Math.min(limit, quantiles.max());
        return new RowFigures(
                data.rowsByPart(),
                quantiles,
                seen.rows == 0 ? 1 : seen.answerTokens / seen.rows,
                seen.mostTokens,
                new Proposal.RowLengths(
                        data.rowsByPart().getOrDefault(Part.TRAIN, 0L),
                        data.rowsByPart().getOrDefault(Part.VALIDATION, 0L),
                        longest,
                        longest * job.training().batchSize(),
                        limit,
                        Arrays.stream(tokens)
                                .mapToDouble(each -> Math.min(each, limit))
                                .average()
                                .orElse(1),
                        0),
                Proposal.AnswerLengths.NONE,
                data.hasAnswers(),
                false,
                RowBytes.of(data),
                data.digest(),
                LabelTokens.byCharacters(data));
    }

    private void add(Example row) {
        if (rows == lengths.length) {
            lengths = Arrays.copyOf(lengths, 2 * rows);
        }
        lengths[rows++] = Math.toIntExact(Math.round(tokens(row)));
        answerTokens += answerTokens(row);
        mostTokens += MostTokens.of(row);
    }

    private static Quantiles quantiles(int... sorted) {
        if (sorted.length == 0) {
            return new Quantiles(1, 1, 1, 1, 1, 1);
        }
        return new Quantiles(
                sorted[0],
                at(sorted, 0.5),
                at(sorted, 0.9),
                at(sorted, 0.99),
                sorted[sorted.length - 1],
                Arrays.stream(sorted).average().orElse(1));
    }

    private static long at(int[] sorted, double share) {
        return sorted[(int) Math.round(share * (sorted.length - 1))];
    }

    private static double tokens(Example row) {
        if (row instanceof Example.Conversation conversation) {
            return bothAnswered(conversation)
                    .mapToDouble(message -> TOKENS_AROUND_A_MESSAGE + tokens(message.content()))
                    .sum();
        }
        return answerTokens(row);
    }

    /** The messages of a row; where it compares two answers, once with each. */
    private static Stream<Message> bothAnswered(Example.Conversation conversation) {
        return Stream.concat(
                conversation.messages().stream(),
                conversation.rejectedConversation().stream()
                        .map(Example.Conversation::messages)
                        .flatMap(List::stream));
    }

    private static double answerTokens(Example row) {
        if (row instanceof Example.Conversation conversation) {
            return bothAnswered(conversation)
                    .filter(message -> message.role() == Role.ASSISTANT)
                    .mapToDouble(message -> 1 + tokens(message.content()))
                    .sum();
        }
        return row instanceof Example.Passage passage ? 1 + tokens(passage.text()) : 1;
    }

    static double tokens(String text) {
        return Math.max(1, text.length() / CHARACTERS_OF_A_TOKEN);
    }
}
