package dev.finetune4j.modelfiles.codec;

import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.testkit.fuzz.ParserTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A tokenizer_config.json, which is also taken for special_tokens_map.json and generation_config.json, and a prompt by its template. */
public final class TextSettingsTarget implements ParserTarget {
    private static final List<String> OTHERS = List.of("special_tokens_map.json", "generation_config.json");

    @Override
    public String name() {
        return "tokenizer-config";
    }

    @Override
    public List<byte[]> seeds() throws IOException {
        String template =
                "{% for m in messages %}{{ bos_token }}{{ m['role'] }}: {{ m.content }}{{ eos_token }}{% endfor %}";
        return List.of(
                Files.readAllBytes(ModelFixture.CODEC.resolve("model/tokenizer_config.json")),
                ("{\"bos_token\":{\"content\":\"<|im_start|>\"},\"eos_token\":\"<|im_end|>\",\"add_bos_token\":true,"
                                + "\"eos_token_id\":[2,0],\"chat_template\":\"" + template + "\"}")
                        .getBytes(StandardCharsets.UTF_8),
                ("{\"chat_template\":[{\"name\":\"default\",\"template\":\"" + template + "\"}],\"eos_token_id\":2}")
                        .getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void read(byte[] input, Path scratch) throws IOException {
        for (String name : OTHERS) {
            Files.write(scratch.resolve(name), input);
        }
        Files.write(scratch.resolve("tokenizer_config.json"), input);
        for (String name : List.of("config.json", "tokenizer.json")) {
            if (!Files.exists(scratch.resolve(name))) {
                Files.copy(ModelFixture.CODEC.resolve("model").resolve(name), scratch.resolve(name));
            }
        }
        try (HuggingFaceTextCodec codec = HuggingFaceTextCodec.open(ModelFolder.open(scratch))) {
            codec.encodePrompt(List.of(new Message(Role.USER, "Hi")));
        }
    }
}
