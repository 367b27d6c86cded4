package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.bedrock.TunableModels.TunableModel;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.RowProblems;
import dev.finetune4j.json.Json;
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
import org.jspecify.annotations.Nullable;

/**
 * Rewrites rows as the records that a model takes, and tells of every row for which the service would fail the job. It would do so minutes
 * after the launch, for the first of them, and without its number.
 */
final class TuningRecords {
    /** Characters of a token: so many in no tokenizer's mean of a long text, and usually. */
    private static final int MOST_CHARACTERS_A_TOKEN = 6;

    private static final int FEW_CHARACTERS_A_TOKEN = 3;

    /** What Nova takes for marks of its own. */
    private static final List<String> RESERVED = List.of(
            "System:",
            "SYSTEM:",
            "User:",
            "USER:",
            "Bot:",
            "BOT:",
            "Assistant:",
            "ASSISTANT:",
            "Thought:",
            "[EOS]",
            "<image>",
            "<video>");

    private final TunableModel model;
    private final RowProblems problems;
    private long count;

    private TuningRecords(TunableModel model, String source) {
        this.model = model;
        problems = new RowProblems(BedrockProblems.ROW, Location.of(source));
    }

    /**
     * Writes records, row by row.
     *
     * @param rows one {@link Example} a line
     * @param records where they go; not to be used if an error is told
     * @param isTraining whether they are trained on, and not only compared with
     * @return what the service has against them, as {@link RowProblems} tells it; empty if nothing
     * @throws IOException if a file cannot be read or written
     */
    static List<Problem> write(TunableModel model, Path rows, Path records, boolean isTraining) throws IOException {
        String source = rows.getFileName().toString();
        TuningRecords conversion = new TuningRecords(model, source);
        try (BufferedReader from = Files.newBufferedReader(rows);
                Writer to = Files.newBufferedWriter(records)) {
            for (String line = from.readLine(); line != null; line = from.readLine()) {
                if (!line.isBlank()) {
                    conversion.add(Json.read(line, Example.class), to);
                }
            }
        }
        List<Problem> problems = new ArrayList<>(conversion.problems.told());
        BedrockRules.rowCount(model, conversion.count, isTraining, Location.of(source))
                .ifPresent(problems::add);
        return problems;
    }

    private void add(Example example, Writer to) throws IOException {
        count++;
        Optional<Problem> wrong = example instanceof Conversation conversation
                ? against(conversation)
                : Optional.of(BedrockProblems.ROW
                        .error(example.row() + " is a text without a question")
                        .at(place(example.row(), "text"))
                        .because("Bedrock tunes " + model.id() + " by questions and answers")
                        .remedy("task.kind: question-answering")
                        .build());
        wrong.ifPresent(problems::add);
        if (wrong.filter(Problem::isError).isEmpty() && example instanceof Conversation conversation) {
            String record = Json.onOneLine(model.format().record(conversation).toString());
            checkLength(conversation.row(), record.length());
            to.write(record);
            to.write('\n');
        }
    }

    private Optional<Problem> against(Conversation conversation) {
        List<Message> messages = conversation.messages();
        boolean hasSystem = messages.get(0).role() == Role.SYSTEM;
        for (int i = 0; i < messages.size(); i++) {
            Message message = messages.get(i);
            String field = "messages[" + i + "].content";
            if (message.content().isBlank()) {
                return Optional.of(row(conversation, "has an empty message")
                        .at(place(conversation.row(), field))
                        .remedy("leave the row out, or fill the message")
                        .build());
            }
            if (!StandardCharsets.UTF_8.newEncoder().canEncode(message.content())) {
                return Optional.of(row(conversation, "has half of a character, which no file can hold")
                        .at(place(conversation.row(), field))
                        .remedy("mend the text: a character beyond U+FFFF takes two halves")
                        .build());
            }
            Optional<Problem> mark = reserved(conversation, message.content(), field);
            if (mark.isPresent()) {
                return mark;
            }
            int turn = hasSystem ? i - 1 : i;
            if (turn >= 0 && message.role() != (turn % 2 == 0 ? Role.USER : Role.ASSISTANT)) {
                return Optional.of(row(conversation, "does not let user and assistant speak in turns")
                        .at(place(conversation.row(), "messages[" + i + "].role"))
                        .because("message " + (i + 1) + " is the "
                                + message.role().name().toLowerCase(Locale.ROOT) + "'s")
                        .remedy("join messages of one speaker that follow each other")
                        .build());
            }
        }
        int questions = messages.size() / 2;
        if (questions > 1 && !model.format().takesTurns()) {
            return Optional.of(row(conversation, "has " + questions + " questions, and " + model.id() + " takes one")
                    .at(place(conversation.row(), "messages"))
                    .remedy("places.bedrock.model: meta.llama3-2-3b-instruct-v1:0:128k")
                    .remedy("split the row: one question and its answer each")
                    .build());
        }
        return Optional.empty();
    }

    private Optional<Problem> reserved(Conversation conversation, String content, String field) {
        if (!model.hasReservedTexts()) {
            return Optional.empty();
        }
        return RESERVED.stream().filter(content::contains).findFirst().map(mark -> {
            int start = content.indexOf(mark);
            RowRef row = conversation.row();
            return row(conversation, "contains " + mark + ", which " + model.id() + " takes for a mark of its own")
                    .at(new Location.InRow(row.source(), row.row(), field, start, start + mark.length()))
                    .remedy("write it in another way, such as \"" + mark.replace(":", " -") + "\"")
                    .build();
        });
    }

    /** Nobody but the service has the model's tokenizer, so that only what is too long in any is an error. */
    private void checkLength(RowRef row, int characters) {
        int most = model.contextTokens();
        if (characters > (long) most * FEW_CHARACTERS_A_TOKEN) {
            boolean isCertain = characters > (long) most * MOST_CHARACTERS_A_TOKEN;
            String summary = row + (isCertain ? " is too long for " : " may be too long for ") + model.id();
            problems.add((isCertain ? BedrockProblems.ROW.error(summary) : BedrockProblems.ROW.warning(summary))
                    .at(place(row, null))
                    .because(String.format(Locale.ROOT, "%,d characters; the model takes %,d tokens", characters, most))
                    .remedy("split the row, or leave it out")
                    .build());
        }
    }

    private static Problem.Builder row(Conversation conversation, String what) {
        return BedrockProblems.ROW.error(conversation.row() + " " + what);
    }

    private static Location place(RowRef row, @Nullable String field) {
        return new Location.InRow(row.source(), row.row(), field);
    }
}
