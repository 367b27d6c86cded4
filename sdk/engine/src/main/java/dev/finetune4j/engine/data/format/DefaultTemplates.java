package dev.finetune4j.engine.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.job.TaskKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What rows of columns become where the job says nothing: short prompts that name the task, since a tuned model needs no long
 * instruction and each token of it is paid for in every row.
 */
final class DefaultTemplates {
    /** Columns that are taken as input, the first that rows have. */
    static final List<String> INPUTS = List.of("text", "input", "prompt", "question", "document", "source");

    /** Columns that are taken as answer, the first that rows have. */
    static final List<String> ANSWERS = List.of("label", "output", "completion", "answer", "summary", "target");

    private static final String INSTRUCTION = "{{instruction}}";

    private DefaultTemplates() {}

    /** The text of the column {@code input} alone, which is what an encoder reads. */
    static String text(String input) {
        return "{{" + input + "}}";
    }

    /** The prompt of a kind of task over the column {@code input}. */
    static String prompt(TaskKind kind, String input) {
        String column = text(input);
        return switch (kind) {
            case CLASSIFICATION -> "Which label fits this text?\n\n" + column;
            case SENTIMENT -> "What is the sentiment of this text?\n\n" + column;
            case SUMMARIZATION -> "Summarize this text.\n\n" + column;
            case TRANSLATION -> "Translate this text.\n\n" + column;
            case QUESTION_ANSWERING, GENERATION, CHAT, PREFERENCE -> column;
        };
    }

    /** The first of the candidates among the columns, other than {@code taken}. */
    static Optional<String> column(List<String> candidates, Set<String> columns, String taken) {
        return candidates.stream()
                .filter(columns::contains)
                .filter(column -> !column.equals(taken))
                .findFirst();
    }

    /** The prompt and answer that a format stands for, where the job gives none; empty for {@code columns}. */
    static Optional<ColumnsMapper.Templates> ofFormat(RowFormat format) {
        return switch (format) {
            case BEDROCK_PROMPT_COMPLETION ->
                Optional.of(
                        new ColumnsMapper.Templates(Template.parse("{{prompt}}"), Template.parse("{{completion}}")));
            case ALPACA -> Optional.of(withContext("input", "output"));
            case JUMPSTART -> Optional.of(withContext("context", "response"));
            case OPENAI_CHAT, OPENAI_PREFERENCE, BEDROCK_CONVERSE, SHAREGPT, TEXT, COLUMNS -> Optional.empty();
        };
    }

    private static ColumnsMapper.Templates withContext(String context, String answer) {
        return new ColumnsMapper.Templates(
                Template.parse(INSTRUCTION + "\n\n{{" + context + "}}"),
                Template.parse("{{" + answer + "}}"),
                context,
                Template.parse(INSTRUCTION));
    }

    /** The templates of JumpStart's {@code template.json}, in which a column is written {@code {column}}. */
    static Optional<ColumnsMapper.Templates> ofTemplateFile(JsonNode templateFile) {
        if (!(templateFile instanceof ObjectNode)
                || !templateFile.path("prompt").isTextual()
                || !templateFile.path("completion").isTextual()) {
            return Optional.empty();
        }
        return Optional.of(new ColumnsMapper.Templates(
                Template.parse(doubled(templateFile.path("prompt").asText())),
                Template.parse(doubled(templateFile.path("completion").asText()))));
    }

    private static String doubled(String template) {
        return template.replaceAll("\\{(\\w+)}", "{{$1}}");
    }
}
