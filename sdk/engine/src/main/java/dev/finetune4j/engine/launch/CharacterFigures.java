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
    /** Enough for the 99th percentile; the longest of the others is not seen. */
    private static final int ROWS_LOOKED_AT = 50_000;

    private static final int USUAL_CONTEXT = 8192;

    private CharacterFigures() {}

    static RowFigures of(FineTuneJob job, PreparedData data, int contextTokens) {
        long[] tokens;
        double learned;
        try (Stream<Example> rows = data.rows(Part.TRAIN).open()) {
            double[][] each = rows.limit(ROWS_LOOKED_AT)
                    .map(row -> new double[] {tokens(row), answerTokens(row)})
                    .toArray(double[][]::new);
            tokens = Arrays.stream(each)
                    .mapToLong(row -> Math.round(row[0]))
                    .sorted()
                    .toArray();
            learned = Arrays.stream(each).mapToDouble(row -> row[1]).average().orElse(1);
        }
        int context = contextTokens > 0 ? contextTokens : USUAL_CONTEXT;
        int limit = job.training().maxTokens() > 0 ? Math.min(job.training().maxTokens(), context) : context;
        Quantiles quantiles = quantiles(tokens);
        long longest = Math.min(limit, quantiles.max());
        return new RowFigures(
                data.rowsByPart(),
                quantiles,
                learned,
                MostTokens.ofTraining(data),
                new Proposal.RowLengths(
                        data.rowsByPart().getOrDefault(Part.TRAIN, 0L),
                        data.rowsByPart().getOrDefault(Part.VALIDATION, 0L),
                        longest,
                        longest * job.training().batchSize(),
                        limit),
                Proposal.AnswerLengths.NONE,
                false,
                RowBytes.of(data),
                data.digest());
    }

    private static Quantiles quantiles(long... sorted) {
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

    private static long at(long[] sorted, double share) {
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

    private static double tokens(String text) {
        return Math.max(1, text.length() / CHARACTERS_OF_A_TOKEN);
    }
}
