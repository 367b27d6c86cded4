package dev.finetune4j.modelfiles.codec;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.modelfiles.config.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Model folders for tests, made from the one in the resources. */
final class ModelFixture {
    static final Path CODEC = Path.of("src/test/resources/dev/finetune4j/modelfiles/codec");
    static final Path CHAT = Path.of("src/test/resources/dev/finetune4j/modelfiles/template/chat");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;

    private ModelFixture(Path folder) {
        this.folder = folder;
    }

    static ModelFixture in(Path folder) throws IOException {
        for (String name : new String[] {"config.json", "tokenizer.json", "tokenizer_config.json"}) {
            Files.copy(CODEC.resolve("model").resolve(name), folder.resolve(name));
        }
        return new ModelFixture(folder);
    }

    ModelFixture template(String template) throws IOException {
        Files.writeString(folder.resolve("chat_template.jinja"), template);
        return this;
    }

    ModelFixture set(String file, String key, Object value) throws IOException {
        ObjectNode json = (ObjectNode) JSON.readTree(folder.resolve(file).toFile());
        json.set(key, JSON.valueToTree(value));
        JSON.writeValue(folder.resolve(file).toFile(), json);
        return this;
    }

    ModelFixture write(String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text);
        return this;
    }

    ModelFixture delete(String file) throws IOException {
        Files.delete(folder.resolve(file));
        return this;
    }

    HuggingFaceTextCodec open() {
        return HuggingFaceTextCodec.open(ModelFolder.open(folder));
    }

    static Example conversation() {
        return new Example.Conversation(
                new RowRef("t", 1),
                List.of(new Message(Role.USER, "What is 6 times 7?"), new Message(Role.ASSISTANT, "42")),
                null);
    }

    static Example passage() {
        return new Example.Passage(new RowRef("t", 2), "The quick brown fox.");
    }
}
