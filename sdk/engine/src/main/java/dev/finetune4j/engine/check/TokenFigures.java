package dev.finetune4j.engine.check;

import org.jspecify.annotations.Nullable;

/**
 * What the length limit does to the rows, and how well the vocabulary fits them. Counts are over the tokenized rows; where only
 * a sample was tokenized, every row that could be over the limit still was.
 *
 * @param limitTokens tokens that a row may have
 * @param trainedTokens tokens of all training rows that one pass learns from, after truncation; an estimate for a sample
 * @param cutTokens tokens that truncation drops
 * @param rowsWithCutAnswer rows that lose tokens which would have been learned
 * @param rowsWithoutTrainedToken rows of which nothing is left to learn
 * @param longestTokens tokens of the longest row of any part, after truncation
 * @param largestBatchTokens tokens of the {@code training.batch-size} longest training rows together, after truncation: no
 *     micro-batch that counts rows has more
 * @param prefixTokens tokens that all training and validation rows begin with, none of which predicts one that is learned: a model can
 *     compute them once for several rows; 0 where only a sample was tokenized, null in checks from before it was told
 * @param unfamiliarShare share of tokens that are unknown or a fragment of a character: the vocabulary lacks the script
 */
public record TokenFigures(
        int limitTokens,
        long trainedTokens,
        long cutTokens,
        long rowsWithCutAnswer,
        long rowsWithoutTrainedToken,
        long longestTokens,
        long largestBatchTokens,
        @Nullable Integer prefixTokens,
        double unfamiliarShare) {}
