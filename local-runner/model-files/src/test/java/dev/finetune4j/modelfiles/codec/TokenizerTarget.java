package dev.finetune4j.modelfiles.codec;

import dev.finetune4j.modelfiles.tokenizer.Tokenizer;
import dev.finetune4j.modelfiles.tokenizer.TokenizerJson;
import dev.finetune4j.testkit.fuzz.ParserTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A tokenizer.json, with and without its special tokens, and a text through each. */
public final class TokenizerTarget implements ParserTarget {
    private static final String TEXT = "Hello, wörld  42\n<s>";
    private static final String SMALL = """
            {"version":"1.0","added_tokens":[{"id":3,"content":"<s>","single_word":false,"lstrip":false,"rstrip":false,
            "normalized":false,"special":true}],"normalizer":{"type":"NFC"},"pre_tokenizer":{"type":"ByteLevel",
            "add_prefix_space":false,"trim_offsets":true,"use_regex":true},"post_processor":{"type":"TemplateProcessing",
            "single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[],
            "special_tokens":{"<s>":{"id":"<s>","ids":[3],"tokens":["<s>"]}}},"decoder":{"type":"ByteLevel"},
            "model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}}""";

    @Override
    public String name() {
        return "tokenizer";
    }

    @Override
    public List<byte[]> seeds() throws IOException {
        return List.of(
                SMALL.getBytes(StandardCharsets.UTF_8),
                Files.readAllBytes(ModelFixture.CODEC.resolve("encoders/bert/tokenizer.json")),
                Files.readAllBytes(ModelFixture.CODEC.resolve("encoders/roberta/tokenizer.json")));
    }

    @Override
    public void read(byte[] input, Path scratch) throws IOException {
        TokenizerJson json = TokenizerJson.read(Files.write(scratch.resolve("tokenizer.json"), input));
        json.isPositionIndependent();
        json.textWithBeginToken(true);
        try (Tokenizer tokenizer = Tokenizer.open(json);
                Tokenizer plain = Tokenizer.openPlain(json)) {
            tokenizer.decode(tokenizer.encode(TEXT), true);
            plain.pieces(plain.encode(TEXT));
        }
    }
}
