package dev.finetune4j.engine.check;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * One text of a row and the name by which problems call it.
 *
 * @param name {@code messages[2].content}, {@code preferred_output[0].content} or {@code text}
 * @param text the text
 */
record TextField(String name, String text) {
    /** The texts of a row in their order. */
    static List<TextField> of(Example example) {
        if (example instanceof Example.Passage passage) {
            return List.of(new TextField("text", passage.text()));
        }
        Example.Conversation conversation = (Example.Conversation) example;
        List<Message> messages = conversation.messages();
        List<TextField> fields = new ArrayList<>(messages.size() + 1);
        String rejected = conversation.rejected();
        if (rejected == null) {
            addMessages(fields, "messages", messages);
        } else {
            addMessages(fields, "input.messages", conversation.prompt());
            fields.add(new TextField("preferred_output[0].content", conversation.answer()));
            fields.add(new TextField("non_preferred_output[0].content", rejected));
        }
        return fields;
    }

    private static void addMessages(List<TextField> fields, String list, List<Message> messages) {
        for (int i = 0; i < messages.size(); i++) {
            fields.add(
                    new TextField(list + "[" + i + "].content", messages.get(i).content()));
        }
    }
}
