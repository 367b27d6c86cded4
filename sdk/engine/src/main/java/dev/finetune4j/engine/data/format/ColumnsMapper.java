package dev.finetune4j.engine.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.TaskSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of columns that two templates turn into a prompt and an answer. */
final class ColumnsMapper implements ExampleMapper {
    /**
     * The templates of a task.
     *
     * @param prompt the user message
     * @param answer the assistant message
     * @param optional a column that rows may lack or leave empty, or null
     * @param promptWithoutOptional the user message of such rows; equal to {@code prompt} if there is no optional column
     */
    record Templates(
            Template prompt, Template answer, @Nullable String optional, Template promptWithoutOptional) {
        /** Templates without an optional column. */
        Templates(Template prompt, Template answer) {
            this(prompt, answer, null, prompt);
        }
    }

    private final Templates templates;
    private final List<String> needed;
    private final List<String> neededWithoutOptional;
    private final AnswerRule rule;
    private final String answerField;

    ColumnsMapper(Templates templates, TaskSpec task) {
        this.templates = templates;
        this.rule = new AnswerRule(task);
        this.needed = columns(templates.prompt(), templates.answer());
        this.neededWithoutOptional = columns(templates.promptWithoutOptional(), templates.answer());
        List<String> answerColumns = templates.answer().columns();
        this.answerField = answerColumns.isEmpty() ? "task.answer" : answerColumns.get(0);
    }

    private static List<String> columns(Template prompt, Template answer) {
        List<String> columns = new ArrayList<>(prompt.columns());
        columns.addAll(answer.columns());
        return columns.stream().distinct().toList();
    }

    @Override
    public Mapped map(RowRef ref, ObjectNode row) {
        boolean isShort = templates.optional() != null && isBlank(row.path(templates.optional()));
        List<Problem> problems = new ArrayList<>();
        for (String column : isShort ? neededWithoutOptional : needed) {
            JsonNode value = row.path(column);
            if (!Template.isText(value)) {
                problems.add(noText(ref, row, column));
            }
        }
        if (!problems.isEmpty()) {
            return new Mapped.Broken(problems);
        }
        Template prompt = isShort ? templates.promptWithoutOptional() : templates.prompt();
        List<String> asked = prompt.columns();
        if (!asked.isEmpty() && asked.stream().allMatch(column -> isBlank(row.path(column)))) {
            return new Mapped.Broken(emptyPrompt(ref, asked));
        }
        return rule.finish(
                ref,
                List.of(
                        new Message(Role.USER, prompt.fill(row)),
                        new Message(Role.ASSISTANT, templates.answer().fill(row))),
                answerField);
    }

    private static boolean isBlank(JsonNode value) {
        return value.isMissingNode()
                || value.isNull()
                || (value.isTextual() && value.asText().isBlank());
    }

    /** Words that the template has for every row do not tell one row from another. */
    private static Problem emptyPrompt(RowRef ref, List<String> columns) {
        return DataProblems.EMPTY_PROMPT
                .error("the prompt is empty")
                .at(new Location.InRow(ref.source(), ref.row(), columns.get(0)))
                .because("nothing stands in " + String.join(", ", columns))
                .remedy("fill the column, or leave the row out")
                .build();
    }

    private static Problem noText(RowRef ref, ObjectNode row, String column) {
        JsonNode value = row.path(column);
        List<String> names = new ArrayList<>();
        row.fieldNames().forEachRemaining(names::add);
        return DataProblems.ROW_SHAPE
                .error(ref + (value.isMissingNode() ? " has no field " + column : " has no text in field " + column))
                .at(new Location.InRow(ref.source(), ref.row(), column))
                .because(
                        value.isMissingNode()
                                ? "its fields are " + String.join(", ", names)
                                : "found " + RowJson.typeOf(value))
                .build();
    }
}
