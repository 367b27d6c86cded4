package dev.finetune4j.aws.jumpstart;

import java.util.LinkedHashMap;
import java.util.Map;

/** How rows lie before a script of the hub. At most one of its two switches may be on. */
enum DatasetLayout {
    /** A question and an answer each, which a template puts together. */
    INSTRUCTION("True", "False", "jsonl"),

    /** User and assistant in turns. */
    DIALOG("False", "True", "jsonl"),

    /** Text that is learned as it is. */
    TEXT("False", "False", "txt");

    private final String instruction;
    private final String chat;
    private final String suffix;

    DatasetLayout(String instruction, String chat, String suffix) {
        this.instruction = instruction;
        this.chat = chat;
        this.suffix = suffix;
    }

    /** What the script is told of it. */
    Map<String, String> switches() {
        Map<String, String> switches = new LinkedHashMap<>();
        switches.put("instruction_tuned", instruction);
        switches.put("chat_dataset", chat);
        return switches;
    }

    /** The layout that switches mean which a person set. */
    static DatasetLayout of(Map<String, String> switches) {
        return switches.getOrDefault("chat_dataset", "False").equalsIgnoreCase("true")
                ? DIALOG
                : switches.getOrDefault("instruction_tuned", "False").equalsIgnoreCase("true") ? INSTRUCTION : TEXT;
    }

    /** The file of so many rows. */
    String file(String part) {
        return part + "." + suffix;
    }
}
