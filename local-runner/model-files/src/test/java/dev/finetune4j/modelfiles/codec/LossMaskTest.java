package dev.finetune4j.modelfiles.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.spi.EncodedExample;
import dev.finetune4j.spi.TextCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which tokens are trained, over many random conversations, for each kind of template. */
class LossMaskTest {
    private static final int CONVERSATIONS = 150;
    private static final int LONGEST = 4096;
    private static final String[] PARTS = {
        "What is the answer?",
        " fox ",
        "\n",
        "\n\n",
        "42",
        "Grüße 🙂 你好",
        "<|im_end|>",
        "<|im_start|>user\n",
        "<|endoftext|>",
        "<|im_",
        "{{ 7*7 }}",
        "{% generation %}",
        "'s",
        "  ",
        "assistant",
        "tab\t",
        "\uFDD0",
        "é e\u0301"
    };

    @TempDir
    private Path folder;

    /**
     * One kind of template.
     *
     * @param name of the template's file
     * @param adapt changes its special tokens to those of the fixture's tokenizer
     * @param endOfTurn the token that ends an answer
     * @param written what the template makes of an answer
     */
    record Kind(String name, UnaryOperator<String> adapt, String endOfTurn, UnaryOperator<String> written) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Kind> kinds() {
        UnaryOperator<String> same = UnaryOperator.identity();
        return Stream.of(
                new Kind("chatml.jinja", same, "<|im_end|>", same),
                new Kind("chatml-generation.jinja", same, "<|im_end|>", same),
                new Kind(
                        "headers.jinja",
                        text -> text.replace("<|eot_id|>", "<|im_end|>"),
                        "<|im_end|>",
                        LossMaskTest::pythonTrim),
                new Kind("brackets.jinja", same, "<|endoftext|>", answer -> " " + answer));
    }

    private static String pythonTrim(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && Character.isWhitespace(text.charAt(start))) {
            start++;
        }
        while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void trainsExactlyTheAnswersAndTheirEndOfTurn(Kind kind) throws IOException {
        try (TextCodec codec = open(kind)) {
            int endOfTurn = endOfTurn(kind);
            Random random = new Random(11);
            for (int i = 0; i < CONVERSATIONS; i++) {
                List<Message> messages = conversation(random);

                EncodedExample row = codec.encode(example(messages), 0);

                List<int[]> runs = trainedRuns(row);
                List<String> answers = messages.stream()
                        .filter(message -> message.role() == Role.ASSISTANT)
                        .map(Message::content)
                        .toList();
                assertThat(runs).as(messages.toString()).hasSameSizeAs(answers);
                for (int turn = 0; turn < runs.size(); turn++) {
                    int[] run = runs.get(turn);
                    assertThat(run[run.length - 1]).isEqualTo(endOfTurn);
                    assertThat(codec.decode(Arrays.copyOf(run, run.length - 1)))
                            .as(messages.toString())
                            .isEqualTo(kind.written().apply(answers.get(turn)));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void givesThePromptAndTheAnswerThatMakeUpTheRow(Kind kind) throws IOException {
        try (TextCodec codec = open(kind)) {
            Random random = new Random(12);
            for (int i = 0; i < CONVERSATIONS; i++) {
                List<Message> messages = conversation(random);
                List<Message> prompt = messages.subList(0, messages.size() - 1);
                String answer = messages.get(messages.size() - 1).content();

                int[] joined = IntStream.concat(
                                Arrays.stream(codec.encodePrompt(prompt)),
                                Arrays.stream(codec.encodeAnswer(prompt, answer)))
                        .toArray();

                assertThat(joined)
                        .as(messages.toString())
                        .isEqualTo(codec.encode(example(messages), 0).tokenIds());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void makesNoSpecialTokenOfAContent(Kind kind) throws IOException {
        try (TextCodec codec = open(kind)) {
            Random random = new Random(13);
            for (int i = 0; i < CONVERSATIONS; i++) {
                List<Message> messages = conversation(random);
                List<Message> harmless = messages.stream()
                        .map(message -> new Message(message.role(), "x"))
                        .toList();

                int[] row = codec.encode(example(messages), 0).tokenIds();

                assertThat(specials(row))
                        .as(messages.toString())
                        .isEqualTo(specials(codec.encode(example(harmless), 0).tokenIds()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void keepsEveryTrainedTokenWhenItShortensThePrompt(Kind kind) throws IOException {
        try (TextCodec codec = open(kind)) {
            Random random = new Random(14);
            for (int i = 0; i < CONVERSATIONS; i++) {
                String question = "the quick brown fox ".repeat(20 + random.nextInt(20));
                List<Message> messages =
                        List.of(new Message(Role.USER, question), new Message(Role.ASSISTANT, text(random)));
                EncodedExample whole = codec.encode(example(messages), 0);
                int limit = whole.length() - 1 - random.nextInt(60);

                EncodedExample cut = codec.encode(example(messages), limit);

                assertThat(cut.length()).isLessThanOrEqualTo(limit).isGreaterThan(limit - 12);
                assertThat(cut.untruncatedTokens()).isEqualTo(whole.length());
                assertThat(cut.isTruncated()).isTrue();
                assertThat(trainedRuns(cut).get(0)).isEqualTo(trainedRuns(whole).get(0));
                assertThat(cut.tokenIds()[0]).isEqualTo(whole.tokenIds()[0]);
            }
        }
    }

    private TextCodec open(Kind kind) throws IOException {
        String template = Files.readString(ModelFixture.CHAT.resolve(kind.name()));
        return ModelFixture.in(folder)
                .template(kind.adapt().apply(template))
                .set("config.json", "max_position_embeddings", LONGEST)
                .open();
    }

    private static int endOfTurn(Kind kind) {
        return kind.endOfTurn().equals("<|endoftext|>") ? 0 : 2;
    }

    private static List<Message> conversation(Random random) {
        List<Message> messages = new ArrayList<>();
        if (random.nextBoolean()) {
            messages.add(new Message(Role.SYSTEM, text(random)));
        }
        for (int turn = 0; turn <= random.nextInt(3); turn++) {
            messages.add(new Message(Role.USER, text(random)));
            messages.add(new Message(Role.ASSISTANT, text(random)));
        }
        return messages;
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i <= random.nextInt(6); i++) {
            text.append(PARTS[random.nextInt(PARTS.length)]);
        }
        return text.toString();
    }

    private static Example example(List<Message> messages) {
        return new Example.Conversation(new RowRef("test", 1), messages, null);
    }

    private static List<int[]> trainedRuns(EncodedExample row) {
        List<int[]> runs = new ArrayList<>();
        BitSet trained = row.trained();
        int start = trained.nextSetBit(0);
        while (start >= 0) {
            int end = trained.nextClearBit(start);
            runs.add(Arrays.copyOfRange(row.tokenIds(), start, end));
            start = trained.nextSetBit(end);
        }
        return runs;
    }

    private static List<Integer> specials(int[] row) {
        return Arrays.stream(row).filter(id -> id < 4).boxed().toList();
    }
}
