package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.container.Program.ProgramFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The rows of a channel as the script of a model reads them: conversations with {@code chat_dataset}, rows for a template with {@code
 * instruction_tuned}, and text without either.
 */
final class ScriptData {
    private static final String TEMPLATE = "template.json";
    private static final Pattern FIELD = Pattern.compile("\\{([^{}]+)}");

    /** What the scripts take where no template comes with the rows. */
    private static final Template USUAL = new Template(
            "Below is an instruction that describes a task, paired with an input that provides further context. Write a"
                    + " response that appropriately completes the request.\n\n### Instruction:\n{instruction}\n\n### Input:\n{context}",
            "{response}");

    private final boolean isChat;
    private final boolean isInstruction;

    /**
     * Reads by a job's switches.
     *
     * @throws ProgramFailure if they contradict each other
     */
    ScriptData(ScriptArguments arguments) throws ProgramFailure {
        isChat = arguments.isTrue("chat_dataset", false);
        isInstruction = arguments.isTrue("instruction_tuned", false);
        if (isChat && isInstruction) {
            throw new ProgramFailure("ValueError: instruction_tuned and chat_dataset can not both be True");
        }
    }

    private record Template(String prompt, String completion) {}

    /** The rows of a folder. */
    List<Example> read(Path folder) throws IOException {
        List<Path> files = files(folder);
        Template template = isInstruction ? template(folder) : USUAL;
        List<Example> rows = new ArrayList<>();
        for (Path file : files) {
            String source = file.getFileName().toString();
            long number = 0;
            for (String line : isInstruction || isChat ? Files.readAllLines(file) : paragraphs(file)) {
                number++;
                if (!line.isBlank()) {
                    rows.add(row(new RowRef(source, number), line, template));
                }
            }
        }
        if (rows.isEmpty()) {
            throw new ProgramFailure("ValueError: there are no rows in " + folder.getFileName());
        }
        return rows;
    }

    private List<Path> files(Path folder) throws IOException {
        String suffix = isInstruction || isChat ? ".jsonl" : ".txt";
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
        boolean isText = !isInstruction && !isChat;
        if (files.isEmpty() || (isText && files.size() > 1)) {
            throw new ProgramFailure("ValueError: expected " + (isText ? "one file" : "files") + " with " + suffix
                    + " in " + folder.getFileName() + ", there are " + files.size());
        }
        return files;
    }

    /** Paragraphs stand apart by empty lines. */
    private static List<String> paragraphs(Path file) throws IOException {
        return List.of(Files.readString(file).split("\\R{2,}", -1));
    }

    private Template template(Path folder) throws IOException {
        Path file = folder.resolve(TEMPLATE);
        return Files.exists(file) ? Json.read(Files.readString(file), Template.class) : USUAL;
    }

    private Example row(RowRef row, String line, Template template) throws ProgramFailure {
        if (!isChat && !isInstruction) {
            return new Example.Passage(row, line);
        }
        JsonNode json = parsed(row, line);
        if (isChat) {
            return new Example.Conversation(row, dialog(row, json), null);
        }
        return new Example.Conversation(
                row,
                List.of(
                        new Message(Role.USER, filled(template.prompt(), json)),
                        new Message(Role.ASSISTANT, filled(template.completion(), json))),
                null);
    }

    private static JsonNode parsed(RowRef row, String line) throws ProgramFailure {
        try {
            return Json.read(line, JsonNode.class);
        } catch (UncheckedIOException e) {
            throw new ProgramFailure("JSONDecodeError: " + row + " is no JSON");
        }
    }

    private static String filled(String template, JsonNode row) throws ProgramFailure {
        Matcher field = FIELD.matcher(template);
        StringBuilder text = new StringBuilder();
        while (field.find()) {
            if (!row.has(field.group(1))) {
                throw new ProgramFailure("KeyError: '" + field.group(1) + "'");
            }
            field.appendReplacement(
                    text, Matcher.quoteReplacement(row.path(field.group(1)).asText()));
        }
        return field.appendTail(text).toString();
    }

    private static List<Message> dialog(RowRef row, JsonNode json) throws ProgramFailure {
        if (!json.has("dialog")) {
            throw new ProgramFailure("KeyError: 'dialog'");
        }
        List<Message> messages = new ArrayList<>();
        Role expected = Role.USER;
        for (JsonNode message : json.path("dialog")) {
            String role = message.path("role").asText();
            if (messages.isEmpty() && role.equals("system")) {
                messages.add(new Message(Role.SYSTEM, message.path("content").asText()));
                continue;
            }
            if (!role.equals(expected == Role.USER ? "user" : "assistant")) {
                throw new ProgramFailure(
                        "AssertionError: roles must be user and assistant in turns, with system first at" + " most; "
                                + row + " has " + role);
            }
            messages.add(new Message(expected, message.path("content").asText()));
            expected = expected == Role.USER ? Role.ASSISTANT : Role.USER;
        }
        if (messages.size() < 2 || expected == Role.ASSISTANT) {
            throw new ProgramFailure("AssertionError: the last message of " + row + " must be the assistant's");
        }
        return messages;
    }
}
