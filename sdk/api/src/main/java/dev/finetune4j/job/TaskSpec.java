package dev.finetune4j.job;

import dev.finetune4j.value.Checks;
import dev.finetune4j.value.Describe;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the model is to do with a row.
 *
 * @param kind the kind of task
 * @param system the system message put before every prompt, or null for none
 * @param prompt the user message, with {@code {{column}}} where a column's text goes; null: the default of the kind
 * @param answer the text to learn, with {@code {{column}}}; null: the default of the kind
 * @param labels the closed list of answers of a classification, in report order; empty: the answers found in training rows
 */
@Describe("What the model is to do with a row of data.")
public record TaskSpec(
        @Describe(
                "classification, sentiment, question-answering, generation, summarization, translation, chat or preference.")
        TaskKind kind,

        @Describe(value = "System message before every prompt; none by default.", example = "Answer briefly.") @Nullable
        String system,

        @Describe(
                value =
                        "User message, with {{column}} where a column's text goes. By default the column of the input: text, input, prompt, question, document or source.",
                example = "\"{{text}}\"")
        @Nullable
        String prompt,

        @Describe(
                value =
                        "The text to learn, with {{column}}. By default the column of the answer: label, output, completion, answer, summary or target.",
                example = "\"{{label}}\"")
        @Nullable
        String answer,

        @Describe(
                value = "The closed list of answers of a classification; by default those found in the training rows.",
                example = "[positive, negative]")
        List<String> labels) {
    /** Copies the labels; refuses doubled and blank ones. */
    public TaskSpec {
        Checks.nullOrNotBlank("task.system", system);
        Checks.nullOrNotBlank("task.prompt", prompt);
        Checks.nullOrNotBlank("task.answer", answer);
        labels = List.copyOf(labels);
        for (String label : labels) {
            Checks.notBlank("task.labels", label);
        }
        if (labels.stream().distinct().count() != labels.size()) {
            throw new IllegalArgumentException("task.labels must differ from each other, were " + labels);
        }
    }

    /** A task with the kind's default prompt, no system message and labels taken from the rows. */
    public static TaskSpec of(TaskKind kind) {
        return new TaskSpec(kind, null, null, null, List.of());
    }

    /** The same task with this user message. */
    public TaskSpec withPrompt(String template) {
        return new TaskSpec(kind, system, template, answer, labels);
    }

    /** The same task with this text to learn. */
    public TaskSpec withAnswer(String template) {
        return new TaskSpec(kind, system, prompt, template, labels);
    }

    /** The same task with this system message. */
    public TaskSpec withSystem(String message) {
        return new TaskSpec(kind, message, prompt, answer, labels);
    }

    /** The same task with this closed list of answers. */
    public TaskSpec withLabels(List<String> closedList) {
        return new TaskSpec(kind, system, prompt, answer, closedList);
    }
}
