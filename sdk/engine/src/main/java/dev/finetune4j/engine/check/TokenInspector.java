package dev.finetune4j.engine.check;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.check.tokens.Familiarity;
import dev.finetune4j.engine.check.tokens.TokenSample;
import dev.finetune4j.engine.check.tokens.TokenSample.Choice;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.spi.EncodedExample;
import dev.finetune4j.spi.TextCodec;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tokenizes rows as training will. Safe for use by several threads. */
final class TokenInspector {
    /** Tokens that no known chat template exceeds around one message. */
    private static final int TOKENS_AROUND_MESSAGE = 16;

    private final TextCodec codec;
    private final TokenSample sample;
    private final Familiarity familiarity;
    private final int templateTokens;

    TokenInspector(TextCodec codec, TokenSample sample) {
        this.codec = codec;
        this.sample = sample;
        this.familiarity = new Familiarity(codec);
        Example shortest = new Example.Conversation(
                new RowRef("sample", 1), List.of(new Message(Role.USER, "a"), new Message(Role.ASSISTANT, "b")), null);
        this.templateTokens = codec.encode(shortest, 0).untruncatedTokens();
    }

    TokenFacts inspect(Example example, long number) {
        List<TextField> fields = TextField.of(example);
        long mostTokens = templateTokens + (long) TOKENS_AROUND_MESSAGE * fields.size();
        for (TextField field : fields) {
            mostTokens += RowInspector.utf8Length(field.text());
        }
        if (example instanceof Example.Conversation conversation && conversation.rejected() != null) {
            mostTokens *= 2; // the prompt once with each answer
        }
        Choice choice = sample.choose(number, mostTokens);
        if (choice == Choice.LEFT_OUT) {
            return TokenFacts.LEFT_OUT;
        }
        try {
            EncodedExample encoded = encode(example, sample.limitTokens());
            int trained = encoded.trained().cardinality();
            int trainedBeforeCut = encoded.isTruncated()
                    ? encode(example, encoded.untruncatedTokens()).trained().cardinality()
                    : trained;
            int unfamiliar = familiarity.unfamiliar(encoded.tokenIds());
            return new TokenFacts(choice, encoded, trained, trainedBeforeCut, unfamiliar, learnedLabel(example), null);
        } catch (FineTuneException refusal) {
            return new TokenFacts(choice, null, 0, 0, 0, null, RowRefusal.of(example, refusal));
        }
    }

    private @Nullable String learnedLabel(Example example) {
        return !codec.speaks() && example instanceof Example.Conversation conversation ? conversation.label() : null;
    }

    /** Both conversations of a row that compares two answers, one after the other: each is gone through, and paid for. */
    private EncodedExample encode(Example example, int limit) {
        EncodedExample first = codec.encode(example, limit);
        return example instanceof Example.Conversation conversation
                ? conversation
                        .rejectedConversation()
                        .map(rejected -> joined(first, codec.encode(rejected, limit)))
                        .orElse(first)
                : first;
    }

    private static EncodedExample joined(EncodedExample first, EncodedExample second) {
        int[] tokens = Arrays.copyOf(first.tokenIds(), first.length() + second.length());
        System.arraycopy(second.tokenIds(), 0, tokens, first.length(), second.length());
        BitSet trained = first.trained();
        second.trained().stream().forEach(at -> trained.set(first.length() + at));
        return new EncodedExample(tokens, trained, first.untruncatedTokens() + second.untruncatedTokens());
    }
}
