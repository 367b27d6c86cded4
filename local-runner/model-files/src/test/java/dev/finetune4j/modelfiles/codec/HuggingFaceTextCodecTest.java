package dev.finetune4j.modelfiles.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Severity;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.decoder.DecoderTensors;
import dev.finetune4j.modelfiles.decoder.WrittenWeights;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.spi.EncodedExample;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.spi.TextCodecFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HuggingFaceTextCodecTest {
    private static final int END_OF_TEXT = 0;
    private static final int START_OF_TURN = 1;
    private static final int END_OF_TURN = 2;
    private static final List<Message> PROMPT =
            List.of(new Message(Role.SYSTEM, "Be terse."), new Message(Role.USER, "What is the answer?"));

    @TempDir
    private Path folder;

    @Test
    void isFoundByServiceLoaderAndOpensGgufAndFolder() throws IOException {
        TextCodecFactory factory =
                ServiceLoader.load(TextCodecFactory.class).findFirst().orElseThrow();
        ModelFixture.in(folder);
        WrittenWeights.write(
                folder.resolve("model.safetensors"),
                DecoderTensors.of(ModelFolder.open(folder).config(), false).all(),
                TensorType.BF16);
        ModelFolder gguf = ModelFolder.open(ModelFixture.CODEC.resolve("smollm.gguf"));
        ModelFiles hub = new ModelFiles(new ModelRef("hf:o/m"), folder, "0");

        try (TextCodec one = HuggingFaceTextCodec.open(gguf);
                TextCodec other = factory.open(hub)) {

            assertThat(one.encode(conversation("42"), 0)).isEqualTo(other.encode(conversation("42"), 0));
            assertThat(one.stopTokens()).isEqualTo(other.stopTokens()).containsExactly(END_OF_TEXT, END_OF_TURN);
            assertThat(one.contextTokens()).isEqualTo(256);
            assertThat(one.vocabularySize()).isEqualTo(600);
            assertThat(one.endOfTextToken()).isEqualTo(END_OF_TEXT);
            assertThat(one.notes()).isEmpty();
            assertThat(one.conversationNotes()).isEmpty();
        }
    }

    @Test
    void tellsTheSizesOfAGgufFileAsAConfigurationDoes() throws IOException {
        TextCodecFactory factory = new HuggingFaceTextCodecFactory();
        Path file = ModelFixture.CODEC.resolve("smollm.gguf");
        ModelConfig read = ModelFolder.open(file).config();

        JsonNode told = new ObjectMapper().readTree(factory.config(file).orElseThrow());

        assertThat(told.path("architectures").path(0).asText()).isEqualTo(read.architecture());
        assertThat(told.path("hidden_size").asInt()).isEqualTo(read.hiddenSize());
        assertThat(told.path("num_hidden_layers").asInt()).isEqualTo(read.layers());
        assertThat(told.path("intermediate_size").asInt()).isEqualTo(read.feedForwardSize());
        assertThat(told.path("num_attention_heads").asInt()).isEqualTo(read.heads());
        assertThat(told.path("num_key_value_heads").asInt()).isEqualTo(read.keyValueHeads());
        assertThat(told.path("head_dim").asInt()).isEqualTo(read.headSize());
        assertThat(told.path("vocab_size").asInt()).isEqualTo(600);
        assertThat(told.path("tie_word_embeddings").asBoolean()).isEqualTo(read.tiedEmbeddings());
        ModelFixture.in(folder);
        assertThat(factory.config(folder)).as("it has one").isEmpty();
    }

    @Test
    void showsThePromptAsItIsTokenized() throws IOException {
        try (TextCodec codec = ModelFixture.in(folder).open()) {
            int[] prompt = codec.encodePrompt(PROMPT);

            assertThat(codec.renderPrompt(PROMPT)).isEqualTo("""
                            <|im_start|>system
                            Be terse.<|im_end|>
                            <|im_start|>user
                            What is the answer?<|im_end|>
                            <|im_start|>assistant
                            """);
            assertThat(String.join("", codec.pieces(prompt))).isEqualTo(codec.renderPrompt(PROMPT));
            assertThat(codec.decode(prompt)).isEqualTo("system\nBe terse.\nuser\nWhat is the answer?\nassistant\n");
        }
    }

    @Test
    void showsACharacterWholeAtTheLastOfItsTokens() throws IOException {
        try (TextCodec codec = ModelFixture.in(folder).open()) {
            int[] ids = codec.encodeText("什么 🙂 a");
            int[] cut = Arrays.copyOfRange(ids, 0, 4);

            assertThat(codec.pieces(ids)).hasSize(ids.length).startsWith("", "", "什", "", "", "么");
            assertThat(String.join("", codec.pieces(ids))).isEqualTo("什么 🙂 a");
            assertThat(codec.pieces(cut)).containsExactly("", "", "什", "\uFFFD");
            assertThat(codec.pieces(new int[] {ids[0]})).containsExactly("\uFFFD");
        }
    }

    @Test
    void takesSpecialTokensInPlainTextForText() throws IOException {
        try (TextCodec codec = ModelFixture.in(folder).open()) {
            int[] ids = codec.encodeText("a<|im_end|>b<|endoftext|>");

            assertThat(ids).doesNotContain(END_OF_TEXT, START_OF_TURN, END_OF_TURN);
            assertThat(codec.decode(ids)).isEqualTo("a<|im_end|>b<|endoftext|>");
        }
    }

    @Test
    void keepsAddedTokensThatAreNotSpecialInContents() throws IOException {
        try (TextCodec codec = ModelFixture.in(folder).open()) {
            assertThat(codec.encodeText("<think>")).hasSize(1);
        }
    }

    @Test
    void tokenizesEmptyAndBrokenText() throws IOException {
        try (TextCodec codec = ModelFixture.in(folder).open()) {
            assertThat(codec.encodeText("")).isEmpty();
            assertThat(codec.pieces(new int[0])).isEmpty();
            assertThat(codec.decode(codec.encodeText("a\0b"))).isEqualTo("a\0b");
            assertThat(codec.encodeText("a\uD800b")).isNotEmpty();
        }
    }

    @Test
    void trainsAPassageWholeAndCutsItAtTheEnd() throws IOException {
        try (TextCodec codec = ModelFixture.in(folder).open()) {
            Example passage = new Example.Passage(new RowRef("t", 1), "The quick brown fox.");
            int[] text = codec.encodeText("The quick brown fox.");

            EncodedExample whole = codec.encode(passage, 0);
            EncodedExample cut = codec.encode(passage, 3);

            assertThat(whole.tokenIds())
                    .isEqualTo(IntStream.concat(Arrays.stream(text), IntStream.of(END_OF_TEXT))
                            .toArray());
            assertThat(whole.trained().cardinality()).isEqualTo(whole.length());
            assertThat(cut.tokenIds()).isEqualTo(Arrays.copyOf(text, 3));
            assertThat(cut.untruncatedTokens()).isEqualTo(whole.length());
            assertThat(cut.trained().cardinality()).isEqualTo(3);
        }
    }

    @Test
    void beginsAPassageWithTheBeginTokenWhereTheTokenizerDoes() throws IOException {
        ModelFixture.in(folder).set("tokenizer_config.json", "add_bos_token", true);

        try (TextCodec codec = HuggingFaceTextCodec.open(ModelFolder.open(folder))) {
            EncodedExample row = codec.encode(new Example.Passage(new RowRef("t", 1), "fox"), 0);

            assertThat(row.tokenIds()[0]).isEqualTo(START_OF_TURN);
            assertThat(row.trained().get(0)).isFalse();
            assertThat(row.trained().cardinality()).isEqualTo(row.length() - 1);
        }
    }

    @Test
    void shortensTheLongestUserMessageInItsMiddle() throws IOException {
        try (TextCodec codec = ModelFixture.in(folder).open()) {
            List<Message> messages = List.of(
                    new Message(Role.USER, "one two three"),
                    new Message(Role.ASSISTANT, "first"),
                    new Message(Role.USER, "start " + "fox ".repeat(15) + "quick " + "fox ".repeat(15) + "end"),
                    new Message(Role.ASSISTANT, "second"));
            Example.Conversation row = new Example.Conversation(new RowRef("t", 1), messages, null);
            int whole = codec.encode(row, 0).length();

            EncodedExample cut = codec.encode(row, whole - 20);

            String text = codec.decode(cut.tokenIds());
            assertThat(text)
                    .contains("one two three")
                    .contains("first")
                    .contains("fox end")
                    .contains("second");
            assertThat(text).contains("start fox").doesNotContain("quick");
            assertThat(cut.length()).isLessThanOrEqualTo(whole - 20);
            List<Message> fitted = codec.fitted(row, whole - 20);
            assertThat(codec.encode(new Example.Conversation(new RowRef("t", 1), fitted, null), 0)
                            .tokenIds())
                    .isEqualTo(cut.tokenIds());
            assertThat(codec.fitted(row, whole)).isEqualTo(messages);
        }
    }

    @Test
    void neverLosesTheAnswerBeforeEverythingElse() throws IOException {
        try (TextCodec codec = ModelFixture.in(folder).open()) {
            Example row = conversation("the quick brown fox jumps");
            int[] answer = codec.encodeAnswer(PROMPT, "the quick brown fox jumps");

            EncodedExample tight = codec.encode(row, answer.length + 2);
            EncodedExample tighter = codec.encode(row, 3);

            assertThat(Arrays.copyOfRange(tight.tokenIds(), 2, tight.length())).isEqualTo(answer);
            assertThat(tight.trained().cardinality()).isEqualTo(answer.length);
            assertThat(tighter.tokenIds()).isEqualTo(Arrays.copyOf(answer, 3));
            assertThatThrownBy(() -> codec.encode(row, -1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void saysThatTheModelsOwnDropoutIsLeftOut() throws IOException {
        ModelFixture fixture = ModelFixture.in(folder)
                .set("config.json", "attention_dropout", 0.1)
                .set("config.json", "resid_pdrop", 0.0);

        try (HuggingFaceTextCodec codec = fixture.open()) {
            assertThat(codec.notes())
                    .filteredOn(note -> note.code().equals("FT0425"))
                    .singleElement()
                    .satisfies(note -> {
                        assertThat(note.severity()).isEqualTo(Severity.NOTE);
                        assertThat(note.causes()).containsExactly("attention_dropout is 0.1");
                    });
        }
    }

    @Test
    void writesConversationsAsPlainTextWithoutATemplate() throws IOException {
        ModelFixture fixture =
                ModelFixture.in(folder).write("tokenizer_config.json", "{\"eos_token\":\"<|endoftext|>\"}");

        try (HuggingFaceTextCodec codec = fixture.open()) {
            EncodedExample row = codec.encode(conversation("42"), 0);

            assertThat(codec.renderPrompt(PROMPT))
                    .isEqualTo("system\nBe terse.\n\nuser\nWhat is the answer?\n\nassistant\n");
            assertThat(row.tokenIds()[row.length() - 1]).isEqualTo(END_OF_TEXT);
            assertThat(codec.decode(trained(row))).isEqualTo("42");
            assertThat(codec.stopTokens()).containsExactly(END_OF_TEXT);
            assertThat(codec.notes()).isEmpty();
            assertThat(codec.conversationNotes()).singleElement().satisfies(note -> {
                assertThat(note.code()).isEqualTo("FT0445");
                assertThat(note.severity()).isEqualTo(Severity.NOTE);
            });
        }
    }

    @Test
    void endsAnswersInPlainTextWhereOnlyTheNumberOfTheEndIsKnown() throws IOException {
        try (TextCodec codec =
                ModelFixture.in(folder).write("tokenizer_config.json", "{}").open()) {
            EncodedExample row = codec.encode(conversation("42"), 0);

            assertThat(row.tokenIds()[row.length() - 1]).isEqualTo(END_OF_TEXT);
            assertThat(row.trained().get(row.length() - 1)).isTrue();
            assertThat(codec.conversationNotes()).extracting(Problem::code).containsExactly("FT0445");
        }
    }

    @Test
    void warnsOfATemplateThatEndsNoAnswer() throws IOException {
        String template = "{% for m in messages %}{{ m.role }}: {{ m.content }}END\n{% endfor %}"
                + "{% if add_generation_prompt %}assistant: {% endif %}";

        try (TextCodec codec = ModelFixture.in(Files.createDirectory(folder.resolve("without")))
                .template(template.replace("END", ""))
                .open()) {
            assertThat(codec.notes()).isEmpty();
            assertThat(codec.conversationNotes()).singleElement().satisfies(note -> {
                assertThat(note.code()).isEqualTo("FT0447");
                assertThat(note.severity()).isEqualTo(Severity.WARNING);
                assertThat(note.remedies())
                        .containsExactly("write {{ eos_token }} behind the assistant's text in chat_template.jinja");
            });
        }
        try (TextCodec codec = ModelFixture.in(Files.createDirectory(folder.resolve("with")))
                .template(template.replace("END", "{{ eos_token }}"))
                .open()) {
            assertThat(codec.conversationNotes()).isEmpty();
        }
    }

    /** Without eos_token in tokenizer_config.json a template that writes it writes nothing. */
    @Test
    void saysHowAndWhereTheEndOfAnAnswerCanBeWritten() throws IOException {
        Map<String, String> config = Map.of(
                "chat_template", "{% for m in messages %}{{ m.role }}: {{ m.content }}{{ eos_token }}\n{% endfor %}");

        try (TextCodec codec = ModelFixture.in(folder)
                .write("tokenizer_config.json", new ObjectMapper().writeValueAsString(config))
                .open()) {
            assertThat(codec.conversationNotes())
                    .singleElement()
                    .satisfies(note -> assertThat(note.remedies())
                            .containsExactly("write <|endoftext|> behind the assistant's text in chat_template of"
                                    + " tokenizer_config.json"));
        }
    }

    @Test
    void findsAnEndOfAnswersThatIsNotFlaggedAsSpecial() throws IOException {
        Map<String, Object> token = Map.of(
                "id", 0,
                "content", "<|endoftext|>",
                "single_word", false,
                "lstrip", false,
                "rstrip", false,
                "normalized", false,
                "special", false);
        ModelFixture fixture = ModelFixture.in(folder)
                .set("tokenizer.json", "added_tokens", List.of(token))
                .template("{% for m in messages %}{{ m.role }}: {{ m.content }}{{ eos_token }}\n{% endfor %}");

        try (TextCodec codec = fixture.open()) {
            assertThat(codec.conversationNotes()).isEmpty();
            assertThat(codec.encodeAnswer(PROMPT, "42")).contains(END_OF_TEXT);
        }
    }

    /** Its prompts end with the question, so that the token before the answer is trained with it. */
    @Test
    void takesNoTokenBeforeAnAnswerForItsEnd() throws IOException {
        String template = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}END\n{% endfor %}";

        try (TextCodec codec = ModelFixture.in(Files.createDirectory(folder.resolve("without")))
                .template(template.replace("END", ""))
                .open()) {
            assertThat(codec.conversationNotes()).extracting(Problem::code).containsExactly("FT0447");
            assertThat(codec.stopTokens()).containsExactly(END_OF_TEXT);
        }
        try (TextCodec codec = ModelFixture.in(Files.createDirectory(folder.resolve("with")))
                .template(template.replace("END", "<|im_end|>"))
                .open()) {
            assertThat(codec.conversationNotes()).isEmpty();
            assertThat(codec.stopTokens()).containsExactly(END_OF_TEXT, END_OF_TURN);
        }
    }

    @Test
    void takesTheDefaultOfTemplatesThatAreValuesByName() throws IOException {
        String template = "{% for m in messages %}{{ m.content }}|{% endfor %}";
        ModelFixture fixture = ModelFixture.in(folder)
                .set("tokenizer_config.json", "chat_template", Map.of("tool_use", "wrong", "default", template));

        try (TextCodec codec = fixture.open()) {
            assertThat(codec.renderPrompt(PROMPT)).isEqualTo("Be terse.|What is the answer?|");
        }
        fixture.set("tokenizer_config.json", "chat_template", Map.of("default", 5));
        assertThatThrownBy(fixture::open)
                .hasMessageContaining("FT0431: the tokenizer's settings are damaged: chat_template is no text");
    }

    @Test
    void takesTheDefaultOfSeveralTemplatesAndTokensWrittenAsObjects() throws IOException {
        ModelFixture fixture = ModelFixture.in(folder)
                .set(
                        "tokenizer_config.json",
                        "chat_template",
                        List.of(
                                Map.of("name", "tool_use", "template", "wrong"),
                                Map.of(
                                        "name",
                                        "default",
                                        "template",
                                        "{% for m in messages %}{{ m.content }}{{ eos_token }}{% endfor %}")))
                .set("tokenizer_config.json", "eos_token", Map.of("content", "<|im_end|>"));

        try (TextCodec codec = fixture.open()) {
            assertThat(codec.renderPrompt(PROMPT)).isEqualTo("Be terse.<|im_end|>What is the answer?<|im_end|>");
            assertThat(codec.endOfTextToken()).isEqualTo(END_OF_TURN);
        }
    }

    @Test
    void trainsTheLastAnswerWhereTheTemplateRewritesEarlierOnes() throws IOException {
        String template = Files.readString(ModelFixture.CHAT.resolve("thinking.jinja"));
        Message user = new Message(Role.USER, "q");
        Message thought = new Message(Role.ASSISTANT, "<think>\nwhy\n</think>\n\na");

        try (TextCodec codec = ModelFixture.in(folder).template(template).open()) {
            Example once = new Example.Conversation(new RowRef("t", 1), List.of(user, thought), null);
            Example twice = new Example.Conversation(new RowRef("t", 2), List.of(user, thought, user, thought), null);

            assertThat(codec.decode(trained(codec.encode(once, 0)))).isEqualTo("<think>\nwhy\n</think>\n\na");
            EncodedExample conversation = codec.encode(twice, 0);
            int[] prompt = codec.encodePrompt(List.of(user, thought, user));
            int[] answer = codec.encodeAnswer(List.of(user, thought, user), thought.content());

            assertThat(codec.decode(trained(conversation))).isEqualTo("<think>\nwhy\n</think>\n\na");
            assertThat(IntStream.concat(Arrays.stream(prompt), Arrays.stream(answer))
                            .toArray())
                    .isEqualTo(conversation.tokenIds());
            assertThat(codec.conversationNotes()).anyMatch(note -> note.code().equals("FT0446"));
        }
    }

    @Test
    void refusesATemplateThatChangesWhatPrecedesAnAnswer() throws IOException {
        ModelFixture fixture = ModelFixture.in(folder)
                .template("{% for m in messages %}{{ m.content }}{% endfor %}"
                        + "{% if add_generation_prompt %}<think>{% endif %}");

        assertThatThrownBy(fixture::open)
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0444")
                .hasMessageContaining("message 2")
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems().get(0).place())
                                .hasValueSatisfying(
                                        place -> assertThat(place.toString()).endsWith("chat_template.jinja")));
    }

    @Test
    void refusesATemplateThatWritesNoQuestionBeforeAnAnswer() throws IOException {
        ModelFixture fixture = ModelFixture.in(folder)
                .template(
                        "{% for m in messages %}{% if m.role == 'assistant' %}{{ m.content }}{% endif %}{% endfor %}");

        assertThatThrownBy(fixture::open).isInstanceOfSatisfying(FineTuneException.class, e -> {
            assertThat(e).hasMessageContaining("FT0444");
            assertThat(e.problems().get(0).causes()).contains("it leaves out the question before an answer");
        });
    }

    @Test
    void refusesATemplateThatMarksNoGeneration() throws IOException {
        ModelFixture fixture = ModelFixture.in(folder)
                .template("{% for m in messages %}{{ m.content }}{% endfor %}{% if false %}{% generation %}"
                        + "{% endgeneration %}{% endif %}");

        assertThatThrownBy(fixture::open).isInstanceOf(FineTuneException.class).hasMessageContaining("FT0444");
    }

    @Test
    void passesOnThatATemplateRefusesAConversation() throws IOException {
        String template = Files.readString(ModelFixture.CHAT.resolve("brackets.jinja"));

        try (TextCodec codec = ModelFixture.in(folder).template(template).open()) {
            List<Message> twoQuestions = List.of(new Message(Role.USER, "a"), new Message(Role.USER, "b"));

            assertThatThrownBy(() -> codec.encodePrompt(twoQuestions))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0442");
        }
    }

    @Test
    void tokenizesWithWhatPrecedesWhereTheTokenizerAddsABlankInFront() throws IOException {
        ModelFixture fixture = ModelFixture.in(folder)
                .write("tokenizer.json", Files.readString(ModelFixture.CODEC.resolve("metaspace.json")))
                .write(
                        "tokenizer_config.json",
                        "{\"bos_token\":\"<s>\",\"eos_token\":\"</s>\",\"chat_template\":\"{% for m in messages %}"
                                + "{% if m.role == 'user' %}[INST] {{ m.content }} [/INST]{% else %} {{ m.content }}"
                                + "{{ eos_token }}{% endif %}{% endfor %}\"}");
        List<Message> prompt = List.of(new Message(Role.USER, "What is the answer?"));

        try (TextCodec codec = fixture.open()) {
            int[] question = codec.encodePrompt(prompt);
            int[] answer = codec.encodeAnswer(prompt, "the answer");
            int[] row = codec.encode(
                            new Example.Conversation(
                                    new RowRef("t", 1),
                                    List.of(prompt.get(0), new Message(Role.ASSISTANT, "the answer")),
                                    null),
                            0)
                    .tokenIds();

            assertThat(IntStream.concat(Arrays.stream(question), Arrays.stream(answer))
                            .toArray())
                    .isEqualTo(row);
            assertThat(codec.decode(row)).isEqualTo("[INST] What is the answer? [/INST] the answer");
        }
    }

    @Test
    void refusesAModelWithoutTokenizerOrWithADamagedOne() throws IOException {
        ModelFixture fixture = ModelFixture.in(folder);

        fixture.delete("tokenizer.json");
        assertThatThrownBy(fixture::open).hasMessageContaining("FT0430");
        for (String damaged :
                List.of("{}", "[]", "{\"model\":{\"vocab\":{\"a\":-1}}}", "{\"model\":{\"vocab\":{\"a\":0}}}")) {
            fixture.write("tokenizer.json", damaged);
            assertThatThrownBy(fixture::open)
                    .as(damaged)
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0431");
        }
    }

    @Test
    void refusesATokenizerWithMoreTokensThanTheModelHas() throws IOException {
        ModelFixture fixture = ModelFixture.in(folder).set("config.json", "vocab_size", 599);

        assertThatThrownBy(fixture::open)
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0431")
                .hasMessageContaining("does not fit the model");
    }

    @Test
    void refusesATokenizerWithoutTheTokenThatEndsTheModelsTexts() throws IOException {
        ModelFixture fixture = ModelFixture.in(folder)
                .set("config.json", "vocab_size", 128_256)
                .set("config.json", "eos_token_id", List.of(0, 128_001));

        assertThatThrownBy(fixture::open).isInstanceOfSatisfying(FineTuneException.class, e -> {
            assertThat(e).hasMessageContaining("FT0431: the tokenizer does not fit the model");
            assertThat(e.problems().get(0).causes())
                    .containsExactly("the model ends texts with token 128001; the tokenizer has 600 tokens");
        });
    }

    @Test
    void doubtsATokenizerThatLeavesMostOfTheEmbeddingUnusedOrEndsTextsOtherwise() throws IOException {
        ModelFixture fixture =
                ModelFixture.in(folder).set("config.json", "vocab_size", 1000).set("config.json", "eos_token_id", 7);

        try (TextCodec codec = fixture.open()) {
            assertThat(codec.notes())
                    .hasSize(2)
                    .allSatisfy(note -> {
                        assertThat(note.code()).isEqualTo("FT0431");
                        assertThat(note.severity()).isEqualTo(Severity.WARNING);
                    })
                    .flatExtracting(Problem::causes)
                    .containsExactly(
                            "it has 600 tokens; the model's embedding has 1000",
                            "its <|endoftext|> is token 0; the model ends texts with [7]");
        }
    }

    @Test
    void refusesAModelWithoutAnEndOfText() throws IOException {
        ModelFixture fixture = ModelFixture.in(folder)
                .write("tokenizer_config.json", "{}")
                .set("config.json", "eos_token_id", List.of());

        assertThatThrownBy(fixture::open).hasMessageContaining("FT0431").hasMessageContaining("no end of text");
    }

    @Test
    void refusesSettingsOfAnotherKind() throws IOException {
        ModelFixture fixture = ModelFixture.in(folder);
        Map<String, Object> wrong = Map.of(
                "eos_token", 7,
                "bos_token", Map.of("content", 7),
                "unk_token", List.of("<unk>"),
                "add_bos_token", "yes",
                "chat_template", List.of(Map.of("name", "default", "template", 5)));

        for (Map.Entry<String, Object> setting : wrong.entrySet()) {
            fixture.write("tokenizer_config.json", "{}")
                    .set("tokenizer_config.json", setting.getKey(), setting.getValue());

            assertThatThrownBy(fixture::open)
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0431: the tokenizer's settings are damaged: " + setting.getKey())
                    .hasMessageContaining("tokenizer_config.json");
        }
    }

    @Test
    void refusesAPostProcessorWithATokenThatThereIsNone() throws IOException {
        Map<String, Object> template =
                Map.of("single", List.of(Map.of("SpecialToken", Map.of("id", "<nope>", "type_id", 0))));
        ModelFixture fixture = ModelFixture.in(folder)
                .set("tokenizer.json", "post_processor", Map.of("type", "Sequence", "processors", List.of(template)));

        assertThatThrownBy(fixture::open).isInstanceOfSatisfying(FineTuneException.class, e -> {
            assertThat(e).hasMessageContaining("FT0431: the tokenizer is damaged: its post_processor");
            assertThat(e.problems().get(0).causes())
                    .containsExactly("\"<nope>\" is neither one of its special_tokens nor of the vocabulary");
        });
    }

    @Test
    void refusesATemplateFileThatIsNoText() throws IOException {
        ModelFixture fixture = ModelFixture.in(folder);
        Files.write(folder.resolve("chat_template.jinja"), new byte[] {(byte) 0xff, (byte) 0xfe});

        assertThatThrownBy(fixture::open).hasMessageContaining("FT0402");
    }

    @Test
    void refusesToWorkAfterItWasClosed() throws IOException {
        TextCodec codec = ModelFixture.in(folder).open();
        codec.encodeText("<|im_end|>");

        codec.close();
        codec.close();

        assertThatThrownBy(() -> codec.encodeText("a")).isInstanceOf(IllegalStateException.class);
    }

    private static Example conversation(String answer) {
        return new Example.Conversation(
                new RowRef("t", 1), List.of(PROMPT.get(0), PROMPT.get(1), new Message(Role.ASSISTANT, answer)), answer);
    }

    private static int[] trained(EncodedExample row) {
        int[] ids = row.tokenIds();
        return row.trained().stream().map(index -> ids[index]).toArray();
    }
}
