package dev.finetune4j.modelfiles.codec;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.tokenizer.TokenizerJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a tokenizer belongs to the model beside it.
 *
 * @param tokenizer the tokenizer
 * @param embeddingRows V
 * @param endTokens tokens that end a text, as config.json and generation_config.json have them
 */
record VocabularyFit(TokenizerJson tokenizer, int embeddingRows, List<Integer> endTokens) {
    /** Embeddings are padded to a round number of rows, which leaves a few percent unused; more are a sign of another model. */
    private static final double MAX_UNUSED = 0.2;

    /**
     * Refuses a tokenizer that cannot be the model's.
     *
     * @throws FineTuneException with FT0431 if it gives tokens without an embedding, or lacks a token that the model ends texts with
     */
    void refuseAnotherModel() {
        int size = tokenizer.vocabularySize();
        if (size > embeddingRows) {
            throw misfit("it has " + size + " tokens; the model's embedding has " + embeddingRows);
        }
        Optional<Integer> absent =
                endTokens.stream().filter(token -> token < 0 || token >= size).findFirst();
        if (absent.isPresent()) {
            throw misfit("the model ends texts with token " + absent.get() + "; the tokenizer has " + size + " tokens");
        }
    }

    /** Warnings about what is possible, but seldom meant; none for the most part. */
    List<Problem> doubts(@Nullable String endOfText) {
        List<Problem> doubts = new ArrayList<>();
        int size = tokenizer.vocabularySize();
        if (size < embeddingRows * (1 - MAX_UNUSED)) {
            doubts.add(doubt("it has " + size + " tokens; the model's embedding has " + embeddingRows));
        }
        Optional<Integer> end = Optional.ofNullable(endOfText).flatMap(tokenizer::id);
        if (end.isPresent() && !endTokens.isEmpty() && !endTokens.contains(end.get())) {
            doubts.add(
                    doubt("its " + endOfText + " is token " + end.get() + "; the model ends texts with " + endTokens));
        }
        return doubts;
    }

    private Problem doubt(String cause) {
        return ModelFilesProblems.TOKENIZER_DAMAGED
                .warning("the tokenizer may be that of another model")
                .at(Location.of(tokenizer.source()))
                .because(cause)
                .build();
    }

    private FineTuneException misfit(String cause) {
        return ModelFilesProblems.TOKENIZER_DAMAGED
                .error("the tokenizer does not fit the model")
                .at(Location.of(tokenizer.source()))
                .because(cause)
                .asException();
    }
}
