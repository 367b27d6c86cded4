package dev.finetune4j.engine.data.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.spec.ShellWord;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Spelling;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides from the first rows how all rows of a file are read.
 *
 * @param format the format
 * @param note why, in a sentence
 * @param mapper makes examples of the rows
 */
record FormatChoice(RowFormat format, String note, ExampleMapper mapper) {
    private static final int MAX_TEMPLATE_BYTES = 1 << 20;

    /**
     * Chooses.
     *
     * @param formatName the name in the job, or {@link DataSpec#AUTO_FORMAT}
     * @param firstRows at least one row
     * @param task what the rows are for
     * @param speaks whether the model speaks; an encoder reads the text alone where the task gives no prompt
     * @param file the file, beside which JumpStart's template.json may lie
     * @param name what problems call the file
     * @throws FineTuneException with FT0225 if the format cannot be told, FT0227 if a template names an unknown column, FT0232 if
     *     rows of the format cannot serve the task
     */
    static FormatChoice of(
            String formatName, List<ObjectNode> firstRows, TaskSpec task, boolean speaks, Path file, String name) {
        Set<String> columns = new LinkedHashSet<>();
        firstRows.forEach(row -> row.fieldNames().forEachRemaining(columns::add));
        boolean isAuto = formatName.equals(DataSpec.AUTO_FORMAT);
        RowFormat format = isAuto ? detect(firstRows.get(0), columns, task, name) : named(formatName, name);
        refuseOtherTask(format, task, name);
        String note = isAuto ? "detected: " + format.sign() : "named by the job";
        return new FormatChoice(format, note, mapper(format, columns, task, speaks, file, name));
    }

    /** Pairs of answers are learned by a task of their own, which has no other rows. */
    private static void refuseOtherTask(RowFormat format, TaskSpec task, String name) {
        boolean hasPairs = format == RowFormat.OPENAI_PREFERENCE;
        if (hasPairs == (task.kind() == TaskKind.PREFERENCE)) {
            return;
        }
        throw DataProblems.TASK_MISMATCH
                .error(
                        hasPairs
                                ? "rows of " + name + " are pairs of answers, but task.kind is not preference"
                                : "rows of " + name + " have no pairs of answers, but task.kind is preference")
                .at(Location.of(name))
                .because("format " + format.id() + " (" + format.sign() + ")")
                .remedy(
                        hasPairs
                                ? "task.kind: preference    # learns which of two answers is better"
                                : "{\"input\": {\"messages\": [...]}, \"preferred_output\": [...], \"non_preferred_output\": [...]}")
                .asException();
    }

    private static RowFormat named(String formatName, String name) {
        return RowFormat.of(formatName)
                .orElseThrow(() -> DataProblems.FORMAT_UNKNOWN
                        .error("data.format " + formatName + " is not known")
                        .at(Location.of(name))
                        .because("known are auto, "
                                + Arrays.stream(RowFormat.values())
                                        .map(RowFormat::id)
                                        .collect(Collectors.joining(", ")))
                        .remedy("let it be detected: format: auto")
                        .asException());
    }

    private static RowFormat detect(ObjectNode first, Set<String> columns, TaskSpec task, String name) {
        Optional<RowFormat> conversation = RowFormat.conversationFormat(first);
        if (conversation.isPresent()) {
            return conversation.get();
        }
        if (task.prompt() != null && task.answer() != null) {
            return RowFormat.COLUMNS;
        }
        if (columns.contains("prompt") && columns.contains("completion")) {
            return RowFormat.BEDROCK_PROMPT_COMPLETION;
        }
        if (columns.contains("instruction") && columns.contains("output")) {
            return RowFormat.ALPACA;
        }
        if (columns.contains("instruction") && columns.contains("response")) {
            return RowFormat.JUMPSTART;
        }
        Optional<String> input = DefaultTemplates.column(DefaultTemplates.INPUTS, columns, "");
        Optional<String> answer = DefaultTemplates.column(DefaultTemplates.ANSWERS, columns, input.orElse(""));
        boolean hasPrompt = task.prompt() != null || input.isPresent();
        boolean hasAnswer = task.answer() != null || answer.isPresent();
        if (hasPrompt && hasAnswer) {
            return RowFormat.COLUMNS;
        }
        if (columns.contains(PassageMapper.FIELD) && task.prompt() == null) {
            return RowFormat.TEXT;
        }
        throw unknownColumns(columns, hasPrompt, hasAnswer, name);
    }

    /** Neither known formats nor usual names: the job must say which columns are meant. */
    private static FineTuneException unknownColumns(
            Set<String> columns, boolean hasPrompt, boolean hasAnswer, String name) {
        if (columns.isEmpty()) {
            return DataProblems.FORMAT_UNKNOWN
                    .error("the row format of " + name + " cannot be told")
                    .at(Location.of(name))
                    .because("the first rows have no field at all")
                    .remedy("give each row an input and an answer: {\"prompt\": \"...\", \"completion\": \"...\"}")
                    .asException();
        }
        List<String> inOrder = List.copyOf(columns);
        Problem.Builder problem = DataProblems.FORMAT_UNKNOWN
                .error("the row format of " + name + " cannot be told")
                .at(Location.of(name))
                .because("the first rows have the fields " + String.join(", ", inOrder));
        if (!hasPrompt) {
            problem.because("none of them is an input: " + String.join(", ", DefaultTemplates.INPUTS))
                    .remedy("task.prompt: \"{{" + inOrder.get(0) + "}}\"    # the column of the input");
        }
        if (!hasAnswer) {
            problem.because("none of them is an answer: " + String.join(", ", DefaultTemplates.ANSWERS))
                    .remedy("task.answer: \"{{" + inOrder.get(inOrder.size() - 1)
                            + "}}\"    # the column of the answer");
        }
        return problem.asException();
    }

    private static ExampleMapper mapper(
            RowFormat format, Set<String> columns, TaskSpec task, boolean speaks, Path file, String name) {
        if (format == RowFormat.TEXT) {
            if (task.kind() != TaskKind.GENERATION) {
                throw DataProblems.TASK_MISMATCH
                        .error("rows of " + name + " have a text and no answer, but task.kind is not generation")
                        .at(Location.of(name))
                        .because("the first rows have the fields " + String.join(", ", columns))
                        .remedy("task.answer: \"{{COLUMN}}\"    # the column of the answer")
                        .remedy("task.kind: generation    # learns the text as a whole")
                        .asException();
            }
            return new PassageMapper();
        }
        if (format.isConversation()) {
            if (task.prompt() != null || task.answer() != null) {
                throw DataProblems.TEMPLATE
                        .error("task.prompt and task.answer have no columns to use: rows of " + name
                                + " are conversations")
                        .at(Location.of(name))
                        .because("format " + format.id() + " (" + format.sign() + ")")
                        .remedy("remove task.prompt and task.answer; the conversations are learned as they are")
                        .asException();
            }
            return format == RowFormat.OPENAI_PREFERENCE
                    ? new PreferenceMapper(task)
                    : new MessagesMapper(format, task);
        }
        ColumnsMapper.Templates templates = templates(format, columns, task, speaks, file, name);
        refuseUnknownColumns(templates, columns, file, name);
        return new ColumnsMapper(templates, task);
    }

    private static ColumnsMapper.Templates templates(
            RowFormat format, Set<String> columns, TaskSpec task, boolean speaks, Path file, String name) {
        ColumnsMapper.Templates defaults = defaults(format, columns, task, speaks, file, name);
        Template prompt = parsed("task.prompt", task.prompt(), name);
        Template answer = parsed("task.answer", task.answer(), name);
        if (prompt != null) {
            return new ColumnsMapper.Templates(prompt, answer == null ? defaults.answer() : answer);
        }
        return answer == null
                ? defaults
                : new ColumnsMapper.Templates(
                        defaults.prompt(), answer, defaults.optional(), defaults.promptWithoutOptional());
    }

    private static ColumnsMapper.Templates defaults(
            RowFormat format, Set<String> columns, TaskSpec task, boolean speaks, Path file, String name) {
        if (format == RowFormat.JUMPSTART) {
            Optional<ColumnsMapper.Templates> fromFile = templateFile(file.resolveSibling("template.json"), name);
            if (fromFile.isPresent()) {
                return fromFile.get();
            }
        }
        return DefaultTemplates.ofFormat(format).orElseGet(() -> ofColumns(columns, task, speaks));
    }

    private static ColumnsMapper.Templates ofColumns(Set<String> columns, TaskSpec task, boolean speaks) {
        // Where the job gives a template, the column that is chosen here is not used, so that any name will do.
        String input =
                DefaultTemplates.column(DefaultTemplates.INPUTS, columns, "").orElse("text");
        String answer = DefaultTemplates.column(DefaultTemplates.ANSWERS, columns, input)
                .orElse("label");
        Template learned = Template.parse("{{" + answer + "}}");
        if (task.kind() == TaskKind.QUESTION_ANSWERING && columns.contains("question") && columns.contains("context")) {
            return new ColumnsMapper.Templates(
                    Template.parse("{{context}}\n\nQuestion: {{question}}"),
                    learned,
                    "context",
                    Template.parse("{{question}}"));
        }
        String prompt = speaks ? DefaultTemplates.prompt(task.kind(), input) : DefaultTemplates.text(input);
        return new ColumnsMapper.Templates(Template.parse(prompt), learned);
    }

    private static Optional<ColumnsMapper.Templates> templateFile(Path file, String name) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > MAX_TEMPLATE_BYTES) {
                return Optional.empty();
            }
            return DefaultTemplates.ofTemplateFile(RowJson.reader().readTree(Files.readString(file)));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw DataProblems.TEMPLATE
                    .error("template.json beside " + name + " is not a template")
                    .at(Location.of(file.toString()))
                    .remedy("write it as {\"prompt\": \"... {instruction} ...\", \"completion\": \"{response}\"}")
                    .asException(e);
        } catch (IOException e) {
            throw DataProblems.unreadable(file.toString(), e);
        }
    }

    private static @Nullable Template parsed(String key, @Nullable String template, String name) {
        try {
            return template == null ? null : Template.parse(template);
        } catch (IllegalArgumentException e) {
            throw DataProblems.TEMPLATE
                    .error(key + " is not a template: " + e.getMessage())
                    .at(Location.of(name))
                    .because(key + " is " + template)
                    .remedy(key + ": \"{{column}}\"")
                    .asException(e);
        }
    }

    private static void refuseUnknownColumns(
            ColumnsMapper.Templates templates, Set<String> columns, Path file, String name) {
        Set<String> named = new LinkedHashSet<>(templates.prompt().columns());
        named.addAll(templates.answer().columns());
        List<String> asked = List.copyOf(named);
        named.removeIf(column -> columns.contains(column) || Objects.equals(column, templates.optional()));
        if (!named.isEmpty() && columns.stream().noneMatch(asked::contains) && isRow(columns, file)) {
            List<String> header =
                    columns.size() == asked.size() ? asked : Collections.nCopies(columns.size(), "COLUMN");
            throw DataProblems.TEMPLATE
                    .error(name + " seems to have no header line: it has no column " + String.join(", ", named))
                    .at(Location.of(name))
                    .because("its first line is " + String.join(", ", columns))
                    .remedy("sed " + ShellWord.of("1i " + String.join(separator(file, name), header)) + " "
                            + ShellWord.of(file) + " > headed.csv    # in the order of its columns")
                    .asException();
        }
        if (!named.isEmpty()) {
            throw DataProblems.TEMPLATE
                    .error("the rows of " + name + " have no column " + String.join(", ", named))
                    .at(Location.of(name))
                    .because("their columns are " + String.join(", ", columns))
                    .remedy(String.join(
                            ", ",
                            named.stream()
                                    .map(column -> "{{" + meant(column, columns) + "}} in place of {{" + column + "}}")
                                    .toList()))
                    .asException();
        }
    }

    /** What the table's header is to be joined with, as sed takes it: a terminal completes words where a tab is pasted. */
    private static String separator(Path file, String name) {
        try (CsvReader table = new CsvReader(file, name)) {
            return table.separator() == '\t' ? "\\t" : String.valueOf(table.separator());
        } catch (IOException e) {
            throw DataProblems.unreadable(name, ShellWord.of(file), e);
        }
    }

    /** Whether the names of a table's columns are rather what a row holds: names are no sentences, and no numbers but years. */
    private static boolean isRow(Set<String> columns, Path file) {
        String lower = file.toString().toLowerCase(Locale.ROOT);
        return lower.endsWith(".csv")
                && columns.stream()
                        .anyMatch(column ->
                                column.matches("(?!(?:19|20)\\d\\d$)[-+]?\\d+(?:[.,]\\d+)?|.*\\w\\s+\\w.*\\s.*"));
    }

    /** The column that is nearest by name, else the first: an example is better than none. */
    private static String meant(String unknown, Set<String> columns) {
        return Spelling.nearest(unknown, columns).orElse(columns.iterator().next());
    }
}
