package dev.finetune4j.training.predict;

import dev.finetune4j.data.Example.Passage;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.spi.EncodedExample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * One row of an evaluation in tokens: what a model is asked, for whoever lets another engine answer.
 *
 * @param row the row
 * @param reference its right answer as text
 * @param prompt tokens up to where the answers start, shots included; of a passage those that nothing is learned of
 * @param answers whose likelihood is taken: the labels in the task's order and then perhaps the reference, or the reference alone
 * @param right which of the answers is the reference
 * @param newTokens longest answer that is generated; 0: none is
 * @param continued tokens of the beginning of a passage that the generated answer goes on from; empty where it follows on the prompt
 */
@SuppressWarnings("ArrayRecordComponent") // made fresh for the caller
public record Question(
        RowRef row, String reference, int[] prompt, List<Answer> answers, int right, int newTokens, int[] continued) {
    private static final int[] NOTHING = {};

    /** Copies the list. */
    public Question {
        answers = List.copyOf(answers);
    }

    /** Where the generated answer follows on the prompt, too. */
    Question(RowRef row, String reference, int[] prompt, List<Answer> answers, int right, int newTokens) {
        this(row, reference, prompt, answers, right, newTokens, NOTHING);
    }

    /**
     * An answer.
     *
     * @param text what it says
     * @param tokens as they stand after the prompt, end of turn included
     */
    @SuppressWarnings("ArrayRecordComponent") // made fresh for the caller
    public record Answer(String text, int[] tokens) {}

    /** A choice between labels. */
    static Question of(LabelChoice choice) {
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < choice.answers().size(); i++) {
            answers.add(new Answer(
                    choice.answers().get(i),
                    choice.alternatives().continuations().get(i)));
        }
        return new Question(
                choice.row().row(),
                choice.reference(),
                choice.alternatives().prompt(),
                answers,
                choice.answers().indexOf(choice.reference()),
                0);
    }

    /**
     * A passage is its own answer: all of it that is learned follows on what is not.
     *
     * @param continued tokens of its beginning, empty where it is read only
     * @param newTokens longest continuation, 0 where it is read only
     */
    static Question of(Passage passage, EncodedExample tokens, int[] continued, int newTokens) {
        BitSet trained = tokens.trained();
        int first = trained.nextSetBit(1) < 0 ? tokens.length() : trained.nextSetBit(1);
        int end = Math.max(first, trained.length());
        if (trained.get(first, end).cardinality() != end - first) {
            throw new IllegalStateException("the learned tokens of a passage have gaps: " + passage.row());
        }
        int[] ids = tokens.tokenIds();
        return new Question(
                passage.row(),
                passage.text(),
                Arrays.copyOf(ids, first),
                List.of(new Answer(passage.text(), Arrays.copyOfRange(ids, first, end))),
                0,
                newTokens,
                continued);
    }
}
