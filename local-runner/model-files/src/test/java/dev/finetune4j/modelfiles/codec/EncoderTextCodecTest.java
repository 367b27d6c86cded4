package dev.finetune4j.modelfiles.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.spi.EncodedExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An encoder reads a text as transformers gives it to one: special tokens around it, cut at its end. */
class EncoderTextCodecTest {
    private static final Path ENCODERS = ModelFixture.CODEC.resolve("encoders");

    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta"})
    void givesTheTokensOfTransformersWholeAndCut(String name) throws IOException {
        JsonNode cases = new ObjectMapper()
                .readTree(ENCODERS.resolve("tokens.json").toFile())
                .path(name);

        try (EncoderTextCodec codec = open(name)) {
            assertThat(cases).hasSizeGreaterThan(5);
            for (JsonNode each : cases) {
                EncodedExample whole = codec.encode(row(each.path("text").asText()), 0);
                EncodedExample cut = codec.encode(row(each.path("text").asText()), 12);

                assertThat(whole.tokenIds()).as(each.toString()).containsExactly(ints(each.path("ids")));
                assertThat(cut.tokenIds()).as(each.toString()).containsExactly(ints(each.path("cut")));
                assertThat(cut.isTruncated()).isEqualTo(whole.length() > 12);
                assertThat(cut.untruncatedTokens()).isEqualTo(whole.length());
            }
        }
    }

    @Test
    void isLearnedFromByItsFirstTokenAlone() {
        BitSet first = new BitSet();
        first.set(0);

        try (EncoderTextCodec codec = open("bert")) {
            assertThat(codec.encode(row("The attacker"), 0).trained()).isEqualTo(first);
            assertThat(codec.speaks()).isFalse();
            assertThat(codec.pieces(codec.encode(row("a"), 0).tokenIds())).containsExactly("[CLS]", " a", " [SEP]");
        }
    }

    @Test
    void leavesTheAnswerOutAndPutsMessagesLineByLine() {
        List<Message> prompt = List.of(new Message(Role.SYSTEM, "one"), new Message(Role.USER, "two"));

        try (EncoderTextCodec codec = open("roberta")) {
            assertThat(codec.renderPrompt(prompt)).isEqualTo("one\ntwo");
            assertThat(codec.encodePrompt(prompt))
                    .containsExactly(codec.encode(row("one\ntwo"), 0).tokenIds());
        }
    }

    /** RoBERTa's positions begin after that of its padding token. */
    @Test
    void isAsLongAsItsPositionsAllow() {
        try (EncoderTextCodec bert = open("bert");
                EncoderTextCodec roberta = open("roberta")) {
            assertThat(bert.contextTokens()).isEqualTo(64);
            assertThat(roberta.contextTokens()).isEqualTo(64);
            assertThat(roberta.encode(row("word ".repeat(200)), 0).length()).isEqualTo(64);
            assertThat(roberta.encode(row("word ".repeat(200)), 500).length()).isEqualTo(64);
        }
    }

    @Test
    void saysThatTheEncodersOwnDropoutIsLeftOut(@TempDir Path folder) throws IOException {
        for (String file : List.of("config.json", "tokenizer.json", "tokenizer_config.json")) {
            Files.copy(ENCODERS.resolve("bert").resolve(file), folder.resolve(file));
        }
        ObjectMapper json = new ObjectMapper();
        ObjectNode config =
                (ObjectNode) json.readTree(folder.resolve("config.json").toFile());
        config.put("hidden_dropout_prob", 0.1).put("attention_probs_dropout_prob", 0.2);
        json.writeValue(folder.resolve("config.json").toFile(), config);
        ModelFolder dropping = ModelFolder.open(folder);

        try (EncoderTextCodec without = open("bert");
                EncoderTextCodec with =
                        EncoderTextCodec.open(dropping, dropping.encoder().orElseThrow())) {
            assertThat(without.notes()).isEmpty();
            assertThat(with.notes()).singleElement().satisfies(note -> {
                assertThat(note.code()).isEqualTo("FT0425");
                assertThat(note.causes())
                        .containsExactly("attention_probs_dropout_prob is 0.2, hidden_dropout_prob is 0.1");
                assertThat(note.remedies())
                        .as(
                                "method.dropout would make LoRA of a job that names no method, or of one that trains all weights")
                        .containsExactly("nothing to do");
            });
        }
    }

    private static EncoderTextCodec open(String name) {
        ModelFolder folder = ModelFolder.open(ENCODERS.resolve(name));
        return EncoderTextCodec.open(folder, folder.encoder().orElseThrow());
    }

    private static Example row(String text) {
        return new Example.Conversation(
                new RowRef("rows", 1),
                List.of(new Message(Role.USER, text), new Message(Role.ASSISTANT, "label")),
                "label");
    }

    private static int[] ints(JsonNode numbers) {
        return StreamSupport.stream(numbers.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }
}
