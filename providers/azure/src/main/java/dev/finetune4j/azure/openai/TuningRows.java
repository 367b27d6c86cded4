package dev.finetune4j.azure.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.RowProblems;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.ServiceMethod;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Rewrites rows as the lines that the service takes, and tells of every row for which it would fail the job, which it does minutes later. */
final class TuningRows {
    /** Bytes that a file may have. */
    static final long MOST_BYTES = 512L << 20;

    private final RowProblems problems;
    private long count;

    private TuningRows(String source) {
        problems = new RowProblems(AzureOpenAiProblems.ROW, Location.of(source));
    }

    /**
     * Writes lines, row by row.
     *
     * @param rows one {@link Example} a line
     * @param lines where they go; not to be used if an error is told
     * @param isTraining whether they are trained on, and not only compared with
     * @return what the service has against them, as {@link RowProblems} tells it; empty if nothing
     * @throws IOException if a file cannot be read or written
     */
    static List<Problem> write(Path rows, Path lines, boolean isTraining) throws IOException {
        String source = rows.getFileName().toString();
        TuningRows conversion = new TuningRows(source);
        try (BufferedReader from = Files.newBufferedReader(rows);
                Writer to = Files.newBufferedWriter(lines)) {
            for (String line = from.readLine(); line != null; line = from.readLine()) {
                if (!line.isBlank()) {
                    conversion.add(Json.read(line, Example.class), to);
                }
            }
        }
        List<Problem> problems = new ArrayList<>(conversion.problems.told());
        if (conversion.count < AzureOpenAiRules.LEAST_ROWS) {
            problems.add(AzureOpenAiRules.tooFew(conversion.count, isTraining)
                    .at(Location.of(source))
                    .remedy(AzureOpenAiRules.moreRows((double) AzureOpenAiRules.LEAST_ROWS - conversion.count))
                    .build());
        }
        tooLarge(source, isTraining, Files.size(lines), conversion.count).ifPresent(problems::add);
        return problems;
    }

    /** What of the rows is learned, as their first tells: all rows of a job are of one kind. */
    static ServiceMethod learned(Path rows) throws IOException {
        try (Stream<String> lines = Files.lines(rows)) {
            return lines.filter(line -> !line.isBlank())
                    .findFirst()
                    .map(line -> Json.read(line, Example.class))
                    .filter(row -> row instanceof Conversation conversation && conversation.rejected() != null)
                    .map(row -> ServiceMethod.PREFERENCE)
                    .orElse(ServiceMethod.SUPERVISED);
        }
    }

    private void add(Example example, Writer to) throws IOException {
        count++;
        Optional<Problem> wrong = example instanceof Conversation conversation
                ? against(conversation)
                : Optional.of(AzureOpenAiProblems.ROW
                        .error(example.row() + " is a text without a question")
                        .at(place(example.row(), "text"))
                        .because("Azure OpenAI tunes by conversations")
                        .remedy("task.kind: question-answering")
                        .build());
        if (wrong.isPresent()) {
            problems.add(wrong.get());
        } else if (example instanceof Conversation conversation) {
            to.write(Json.onOneLine(line(conversation).toString()));
            to.write('\n');
        }
    }

    /** A conversation as the service takes it. */
    private static ObjectNode line(Conversation conversation) {
        ObjectNode line = Json.records().createObjectNode();
        String rejected = conversation.rejected();
        if (rejected == null) {
            conversation.messages().forEach(message -> put(message, line.withArray("/messages")));
        } else {
            conversation.prompt().forEach(message -> put(message, line.withArray("/input/messages")));
            put(new Message(Role.ASSISTANT, conversation.answer()), line.withArray("/preferred_output"));
            put(new Message(Role.ASSISTANT, rejected), line.withArray("/non_preferred_output"));
        }
        return line;
    }

    private static void put(Message message, ArrayNode list) {
        list.addObject()
                .put("role", message.role().name().toLowerCase(Locale.ROOT))
                .put("content", message.content());
    }

    private static Optional<Problem> against(Conversation conversation) {
        List<Message> messages = conversation.messages();
        for (int i = 0; i < messages.size(); i++) {
            Optional<Problem> wrong = against(
                    conversation.row(),
                    "messages[" + i + "].content",
                    messages.get(i).content());
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return Optional.ofNullable(conversation.rejected())
                .flatMap(rejected -> against(conversation.row(), "non_preferred_output[0].content", rejected));
    }

    private static Optional<Problem> against(RowRef row, String field, String content) {
        if (content.isBlank()) {
            return Optional.of(AzureOpenAiProblems.ROW
                    .error(row + " has an empty message")
                    .at(place(row, field))
                    .remedy("leave the row out, or fill the message")
                    .build());
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(content)) {
            return Optional.of(AzureOpenAiProblems.ROW
                    .error(row + " has half of a character, which no file can hold")
                    .at(place(row, field))
                    .remedy("mend the text: a character beyond U+FFFF takes two halves")
                    .build());
        }
        return Optional.empty();
    }

    /** What the service has against a file of so many bytes and rows. */
    static Optional<Problem> tooLarge(String source, boolean isTraining, long bytes, long rows) {
        return bytes <= MOST_BYTES
                ? Optional.empty()
                : Optional.of(AzureOpenAiProblems.ROW_COUNT
                        .error("Azure OpenAI takes files of at most " + (MOST_BYTES >> 20) + " MB, not "
                                + ((bytes >> 20) + 1))
                        .at(Location.of(source))
                        .remedy("data.split." + (isTraining ? "train" : "validation") + "-rows: "
                                + (long) ((double) rows * MOST_BYTES / bytes))
                        .build());
    }

    private static Location place(RowRef row, String field) {
        return new Location.InRow(row.source(), row.row(), field);
    }
}
