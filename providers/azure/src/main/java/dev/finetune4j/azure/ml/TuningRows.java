package dev.finetune4j.azure.ml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.data.Example.Passage;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.RowProblems;
import dev.finetune4j.json.Json;
import dev.finetune4j.json.WholeText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Rewrites rows as the lines that a fine-tuning job reads for its task, and tells of every row that the task has no form for. */
final class TuningRows {
    private static final String PARAGRAPH = "\n\n";

    private final TuningTask task;
    private final TuningOptions options;
    private final RowProblems problems;

    private TuningRows(TuningTask task, TuningOptions options, String source) {
        this.task = task;
        this.options = options;
        problems = new RowProblems(AzureMlProblems.ROW, Location.of(source));
    }

    /**
     * The task that rows are made for: labels are classified, passages are completed, other conversations go on.
     *
     * @param rows one {@link Example} a line
     */
    static TuningTask task(Path rows) throws IOException {
        boolean isLabelled = true;
        boolean isText = true;
        try (BufferedReader from = Files.newBufferedReader(rows)) {
            for (String line = from.readLine(); line != null; line = from.readLine()) {
                if (!line.isBlank()) {
                    Example row = Json.read(line, Example.class);
                    isText &= row instanceof Passage;
                    isLabelled &= row instanceof Conversation conversation
                            && conversation.labelIfAny().isPresent();
                }
            }
        }
        if (isText) {
            return TuningTask.TEXT_COMPLETION;
        }
        return isLabelled ? TuningTask.TEXT_CLASSIFICATION : TuningTask.CHAT_COMPLETION;
    }

    /**
     * Writes lines, row by row.
     *
     * @param rows one {@link Example} a line
     * @param lines where they go; not to be used if an error is told
     * @return what the task has no form for, as {@link RowProblems} tells it; empty if nothing
     * @throws IOException if a file cannot be read or written
     */
    static List<Problem> write(TuningTask task, TuningOptions options, Path rows, Path lines) throws IOException {
        TuningRows conversion = new TuningRows(task, options, rows.getFileName().toString());
        try (BufferedReader from = Files.newBufferedReader(rows);
                Writer to = Files.newBufferedWriter(lines)) {
            for (String line = from.readLine(); line != null; line = from.readLine()) {
                if (!line.isBlank()) {
                    conversion.add(Json.read(line, Example.class), to);
                }
            }
        }
        return conversion.problems.told();
    }

    private void add(Example row, Writer to) throws IOException {
        ObjectNode line = Json.records().createObjectNode();
        boolean isGood = row instanceof Passage passage ? fill(line, passage) : fill(line, (Conversation) row);
        if (isGood && isWhole(row, line.toString())) {
            to.write(Json.onOneLine(line.toString()));
            to.write('\n');
        }
    }

    private boolean isWhole(Example row, String line) {
        boolean isWhole = WholeText.isWhole(line);
        if (!isWhole) {
            bad(
                    row,
                    "has half of a character, which no file can hold",
                    "mend the text: a character beyond U+FFFF takes two halves");
        }
        return isWhole;
    }

    private boolean fill(ObjectNode line, Passage passage) {
        if (task != TuningTask.TEXT_COMPLETION) {
            return refuse(passage, "is a text without a question", TuningTask.TEXT_COMPLETION);
        }
        line.put(TuningTask.TEXT, passage.text()).put(TuningTask.GROUND_TRUTH, "");
        return true;
    }

    private boolean fill(ObjectNode line, Conversation row) {
        if (row.messages().stream().anyMatch(message -> message.content().isBlank())) {
            bad(row, "has an empty message", "leave the row out, or fill the message");
            return false;
        }
        if (task == TuningTask.CHAT_COMPLETION) {
            for (Message message : row.messages()) {
                line.withArray("/messages")
                        .addObject()
                        .put("role", message.role().name().toLowerCase(Locale.ROOT))
                        .put("content", message.content());
            }
            return true;
        }
        if (row.messages().stream()
                        .filter(message -> message.role() == Role.ASSISTANT)
                        .count()
                > 1) {
            return refuse(row, "has several answers", TuningTask.CHAT_COMPLETION);
        }
        return fill(line, row, asked(row));
    }

    /** What stands before the answer, a system message in front of the question. */
    private static String asked(Conversation row) {
        return row.messages().stream()
                .filter(message -> message.role() != Role.ASSISTANT)
                .map(Message::content)
                .collect(Collectors.joining(PARAGRAPH));
    }

    private boolean fill(ObjectNode line, Conversation row, String asked) {
        switch (task) {
            case TEXT_COMPLETION -> line.put(TuningTask.TEXT, asked).put(TuningTask.GROUND_TRUTH, row.answer());
            case SUMMARIZATION -> line.put(TuningTask.DOCUMENT, asked).put(TuningTask.SUMMARY, row.answer());
            case TRANSLATION ->
                line.put(options.hyperParameters().getOrDefault(TuningTask.SOURCE_LANGUAGE, ""), asked)
                        .put(options.hyperParameters().getOrDefault(TuningTask.TARGET_LANGUAGE, ""), row.answer());
            case TEXT_CLASSIFICATION -> {
                if (row.labelIfAny().isEmpty()) {
                    return refuse(row, "has no label", TuningTask.CHAT_COMPLETION);
                }
                line.put(TuningTask.TEXT, asked)
                        .put(TuningTask.LABEL, row.labelIfAny().get());
            }
            case QUESTION_ANSWERING -> {
                return fillQuestion(line, row, asked);
            }
            case CHAT_COMPLETION -> throw new IllegalStateException("written before");
        }
        return true;
    }

    /** The task finds answers in a text: the last paragraph is the question, and the text stands before it. */
    private boolean fillQuestion(ObjectNode line, Conversation row, String asked) {
        int end = asked.stripTrailing().lastIndexOf(PARAGRAPH);
        if (end < 0) {
            return refuse(row, "has no text before its question", TuningTask.CHAT_COMPLETION);
        }
        String context = asked.substring(0, end);
        int start = context.indexOf(row.answer());
        if (start < 0) {
            return refuse(row, "has an answer that does not stand in its text", TuningTask.CHAT_COMPLETION);
        }
        line.put(TuningTask.QUESTION, asked.substring(end).strip()).put(TuningTask.CONTEXT, context);
        ObjectNode answers = line.putObject(TuningTask.ANSWERS);
        answers.putArray(TuningTask.TEXT).add(row.answer());
        answers.putArray(TuningTask.ANSWER_START).add(start);
        return true;
    }

    private boolean refuse(Example row, String what, TuningTask other) {
        bad(row, what + ", and the task is " + task.setting(), key() + ": " + other.setting());
        return false;
    }

    private static String key() {
        return AzureMlSettings.PREFIX + AzureMlSettings.TASK;
    }

    private void bad(Example row, String what, String remedy) {
        problems.add(AzureMlProblems.ROW
                .error(row.row() + " " + what)
                .at(new Location.InRow(row.row().source(), row.row().row(), null))
                .remedy(remedy)
                .build());
    }
}
