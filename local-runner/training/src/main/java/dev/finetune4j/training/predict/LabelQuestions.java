package dev.finetune4j.training.predict;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.predict.Question.Answer;
import dev.finetune4j.training.rows.ExampleReader;
import dev.finetune4j.training.rows.LabelledRows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Turns the rows of an evaluation into questions as {@link LabelPredictor} asks them, without a model: an answer has one token, which is
 * the number of the output that tells of its label.
 */
public final class LabelQuestions {
    /** The token of a row's own label where the head has none for it, so that it is impossible. */
    public static final int NO_OUTPUT = -1;

    private final WorkStep.Predict step;
    private final Path rows;
    private final TextCodec codec;
    private final List<String> outputs;

    /**
     * The questions of a step.
     *
     * @param step what to answer
     * @param rows its rows, one example a line
     * @param codec of an encoder
     * @param outputs names of the labels, in the order of the head's outputs
     */
    public LabelQuestions(WorkStep.Predict step, Path rows, TextCodec codec, List<String> outputs) {
        this.step = step;
        this.rows = rows;
        this.codec = codec;
        this.outputs = List.copyOf(outputs);
    }

    /**
     * Tells each question in the order of the rows, without holding more than one.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0630 or FT0631 if a row cannot be read
     */
    public void each(Consumer<Question> listener) {
        try (ExampleReader reader = ExampleReader.open(rows)) {
            for (Example row = reader.next(); row != null; row = reader.next()) {
                listener.accept(question((Conversation) row));
            }
        }
    }

    private Question question(Conversation row) {
        String reference = LabelledRows.labelOf(row);
        List<String> labels = new ArrayList<>(step.labels());
        if (!labels.contains(reference)) {
            labels.add(reference);
        }
        return new Question(
                row.row(),
                reference,
                codec.encode(row, step.maxTokens()).tokenIds(),
                labels.stream()
                        .map(label -> new Answer(label, new int[] {output(label)}))
                        .toList(),
                labels.indexOf(reference),
                0);
    }

    private int output(String label) {
        int output = outputs.indexOf(label);
        return output < 0 ? NO_OUTPUT : output;
    }
}
