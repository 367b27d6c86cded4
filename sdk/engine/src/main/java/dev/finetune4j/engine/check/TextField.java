package dev.finetune4j.engine.check;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * One text of a row and the name by which problems call it.
 *
 * @param name {@code messages[2].content} or {@code text}
 * @param text the text
 */
record TextField(String name, String text) {
    /** The texts of a row in their order. */
    static List<TextField> of(Example example) {
        if (example instanceof Example.Passage passage) {
            return List.of(new TextField("text", passage.text()));
        }
        List<Message> messages = ((Example.Conversation) example).messages();
        List<TextField> fields = new ArrayList<>(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            fields.add(
                    new TextField("messages[" + i + "].content", messages.get(i).content()));
        }
        return fields;
    }
}
