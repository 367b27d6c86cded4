package dev.finetune4j.aws.jumpstart;

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
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Rewrites rows as a script of the hub reads them, and tells of every row for which it would fail the job. */
final class JumpStartDataset {
    /** Question and answer as they are, so that whoever asks the tuned model need know no other words. */
    private static final String TEMPLATE = "{\"prompt\": \"{instruction}\", \"completion\": \"{response}\"}\n";

    private final DatasetLayout layout;
    private final RowProblems problems;

    private JumpStartDataset(DatasetLayout layout, String source) {
        this.layout = layout;
        problems = new RowProblems(JumpStartProblems.ROW, Location.of(source));
    }

    /**
     * The layout that rows ask for: labels are answers to an instruction, other conversations are dialogs where the script knows these,
     * passages are text.
     *
     * @param rows one {@link Example} a line
     * @param known hyperparameters that the script knows, by name
     * @param said those that the person set
     */
    static DatasetLayout layout(Path rows, Map<String, HubParameter> known, Map<String, String> said)
            throws IOException {
        if (said.containsKey("chat_dataset") || said.containsKey("instruction_tuned")) {
            return DatasetLayout.of(said);
        }
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
            return DatasetLayout.TEXT;
        }
        boolean takesInstructions = known.containsKey("instruction_tuned");
        return (isLabelled || !known.containsKey("chat_dataset")) && takesInstructions
                ? DatasetLayout.INSTRUCTION
                : DatasetLayout.DIALOG;
    }

    /**
     * Writes rows into a folder, which is a channel then.
     *
     * @param rows one {@link Example} a line
     * @param part name of the file that is made, without its suffix
     * @return what the script has against them, as {@link RowProblems} tells it; empty if nothing
     * @throws IOException if a file cannot be read or written
     */
    static List<Problem> write(DatasetLayout layout, Path rows, Path folder, String part) throws IOException {
        JumpStartDataset dataset =
                new JumpStartDataset(layout, rows.getFileName().toString());
        Files.createDirectories(folder);
        try (BufferedReader from = Files.newBufferedReader(rows);
                Writer to = Files.newBufferedWriter(folder.resolve(layout.file(part)))) {
            for (String line = from.readLine(); line != null; line = from.readLine()) {
                if (!line.isBlank()) {
                    dataset.add(Json.read(line, Example.class), to);
                }
            }
        }
        if (layout == DatasetLayout.INSTRUCTION) {
            Files.writeString(folder.resolve("template.json"), TEMPLATE);
        }
        return dataset.problems.told();
    }

    private void add(Example row, Writer to) throws IOException {
        if (row instanceof Passage passage) {
            addText(passage, to);
        } else {
            add((Conversation) row, to);
        }
    }

    private void addText(Passage passage, Writer to) throws IOException {
        if (layout != DatasetLayout.TEXT) {
            refuse(passage, "is a text without a question", "task.kind: question-answering");
        } else {
            to.write(passage.text());
            to.write("\n\n");
        }
    }

    private void add(Conversation row, Writer to) throws IOException {
        List<Message> turns = row.messages().stream()
                .filter(message -> message.role() != Role.SYSTEM)
                .toList();
        if (layout == DatasetLayout.TEXT) {
            refuse(
                    row,
                    "is a conversation, which the script would learn as plain text",
                    "leave " + JumpStartSettings.key("instruction_tuned") + " out");
        } else if (row.messages().stream().anyMatch(message -> message.content().isBlank())) {
            refuse(row, "has an empty message", "leave the row out, or fill the message");
        } else if (!areTurns(row.messages())) {
            refuse(
                    row,
                    "does not let user and assistant speak in turns",
                    "join messages of one speaker that follow each other");
        } else if (layout == DatasetLayout.INSTRUCTION && turns.size() > 2) {
            refuse(
                    row,
                    "has " + turns.size() / 2 + " questions, and an instruction is one",
                    JumpStartSettings.key("chat_dataset") + ": True");
        } else {
            to.write((layout == DatasetLayout.DIALOG ? dialog(row) : instruction(row, turns)).toString());
            to.write('\n');
        }
    }

    private static boolean areTurns(List<Message> messages) {
        int first = messages.get(0).role() == Role.SYSTEM ? 1 : 0;
        for (int i = first; i < messages.size(); i++) {
            if (messages.get(i).role() != ((i - first) % 2 == 0 ? Role.USER : Role.ASSISTANT)) {
                return false;
            }
        }
        return true;
    }

    private static ObjectNode dialog(Conversation row) {
        ObjectNode record = Json.records().createObjectNode();
        for (Message message : row.messages()) {
            record.withArray("/dialog")
                    .addObject()
                    .put("role", message.role().name().toLowerCase(Locale.ROOT))
                    .put("content", message.content());
        }
        return record;
    }

    /** A system message goes in front of the question, with an empty line between. */
    private static ObjectNode instruction(Conversation row, List<Message> turns) {
        String system = row.messages().stream()
                .filter(message -> message.role() == Role.SYSTEM)
                .map(message -> message.content() + "\n\n")
                .collect(Collectors.joining());
        return Json.records()
                .createObjectNode()
                .put("instruction", system + turns.get(0).content())
                .put("context", "")
                .put("response", row.answer());
    }

    private void refuse(Example row, String what, String remedy) {
        problems.add(JumpStartProblems.ROW
                .error(row.row() + " " + what)
                .at(new Location.InRow(row.row().source(), row.row().row(), null))
                .remedy(remedy)
                .build());
    }
}
