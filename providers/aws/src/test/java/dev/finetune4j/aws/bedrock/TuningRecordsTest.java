package dev.finetune4j.aws.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.aws.bedrock.TunableModels.TunableModel;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.RowProblems;
import dev.finetune4j.json.Json;
import dev.finetune4j.testkit.GoldenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows become the records of a model, and those that cannot are told by their numbers. */
class TuningRecordsTest {
    private static final TunableModel NOVA = model(OfflineTuning.NOVA);
    private static final TunableModel CLAUDE = model("anthropic.claude-3-haiku-20240307-v1:0:200k");
    private static final TunableModel LLAMA = model("meta.llama3-1-8b-instruct-v1:0:128k");
    private static final TunableModel LLAMA_CHAT = model("meta.llama3-2-3b-instruct-v1:0:128k");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "amazon.nova-micro-v1:0:128k, records-converse.jsonl",
        "anthropic.claude-3-haiku-20240307-v1:0:200k, records-claude.jsonl",
        "meta.llama3-1-8b-instruct-v1:0:128k, records-prompt-completion.jsonl"
    })
    void writesTheRecordsOfAModel(String id, String golden) throws Exception {
        List<Example> rows = new ArrayList<>();
        rows.add(row(1, "S", "Sort tickets.", "U", "please refund me", "A", "billing"));
        rows.add(row(2, "U", "\"quoted\" \\ and\nlines \u2028 in Grün 🙂", "A", "\ttechnical"));
        if (model(id).format().takesTurns()) {
            rows.add(row(3, "U", "hello", "A", "hi", "U", "who?", "A", "me"));
        }
        IntStream.range(rows.size() + 1, 10).forEach(i -> rows.add(row(i, "U", "ticket " + i, "A", "billing")));

        assertThat(write(model(id), rows, true)).isEmpty();

        GoldenFiles.in("golden").assertMatches(golden, written());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "amazon.nova-micro-v1:0:128k",
                "anthropic.claude-3-haiku-20240307-v1:0:200k",
                "meta.llama3-1-8b-instruct-v1:0:128k",
                "meta.llama3-2-3b-instruct-v1:0:128k"
            })
    void keepsEveryTextOfEveryMessage(String id) throws Exception {
        TunableModel model = model(id);
        Random random = new Random(5);
        List<Example> rows = IntStream.range(1, 200)
                .mapToObj(i -> (Example) conversation(random, i, model.format().takesTurns() ? 3 : 1))
                .toList();

        assertThat(write(model, rows, true)).isEmpty();

        List<String> lines = written().lines().toList();
        for (int i = 0; i < rows.size(); i++) {
            Conversation row = (Conversation) rows.get(i);
            assertThat(read(model, lines.get(i), row.messages().get(0).role() == Role.SYSTEM))
                    .isEqualTo(row.messages());
        }
    }

    @Test
    void pointsAtTheRowAndTheMessage() throws Exception {
        assertTold(
                NOVA,
                row(3, "U", "Say it. User: no", "A", "b"),
                "rows row 3 contains User:, which " + NOVA.id() + " takes for a mark of its own",
                new Location.InRow("rows", 3, "messages[0].content", 8, 13),
                "write it in another way, such as \"User -\"");
        assertTold(
                NOVA,
                row(3, "U", " ", "A", "b"),
                "rows row 3 has an empty message",
                new Location.InRow("rows", 3, "messages[0].content"),
                "leave the row out, or fill the message");
        assertTold(
                NOVA,
                row(3, "U", "half \ud83d", "A", "b"),
                "rows row 3 has half of a character, which no file can hold",
                new Location.InRow("rows", 3, "messages[0].content"),
                "mend the text: a character beyond U+FFFF takes two halves");
        assertTold(
                LLAMA_CHAT,
                row(3, "S", "s", "U", "a", "U", "a", "A", "b"),
                "rows row 3 does not let user and assistant speak in turns",
                new Location.InRow("rows", 3, "messages[2].role"),
                "join messages of one speaker that follow each other");
        assertTold(
                CLAUDE,
                row(3, "A", "a", "U", "b", "A", "c"),
                "rows row 3 does not let user and assistant speak in turns",
                new Location.InRow("rows", 3, "messages[0].role"),
                "join messages of one speaker that follow each other");
        assertTold(
                LLAMA,
                row(3, "U", "a", "A", "b", "U", "c", "A", "d"),
                "rows row 3 has 2 questions, and " + LLAMA.id() + " takes one",
                new Location.InRow("rows", 3, "messages"),
                "places.bedrock.model: meta.llama3-2-3b-instruct-v1:0:128k");
        assertTold(
                NOVA,
                new Example.Passage(new RowRef("rows", 3), "a text"),
                "rows row 3 is a text without a question",
                new Location.InRow("rows", 3, "text"),
                "task.kind: question-answering");
        assertTold(
                NOVA,
                row(3, "U", "a".repeat(800_000), "A", "b"),
                "rows row 3 is too long for " + NOVA.id(),
                new Location.InRow("rows", 3, null),
                "split the row, or leave it out");
    }

    private void assertTold(TunableModel model, Example bad, String summary, Location place, String remedy)
            throws IOException {
        List<Example> rows = good(9);
        rows.set(2, bad);
        assertThat(write(model, rows, true)).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(BedrockProblems.ROW);
            assertThat(problem.isError()).isTrue();
            assertThat(problem.summary()).isEqualTo(summary);
            assertThat(problem.place()).contains(place);
            assertThat(problem.remedies().get(0)).isEqualTo(remedy);
        });
    }

    @Test
    void warnsOfARowThatMayBeTooLong() throws Exception {
        List<Example> rows = good(9);
        rows.set(2, row(3, "U", "a".repeat(500_000), "A", "b"));

        assertThat(write(NOVA, rows, true)).singleElement().satisfies(problem -> {
            assertThat(problem.isError()).isFalse();
            assertThat(problem.causes().get(0)).endsWith("characters; the model takes 128,000 tokens");
        });
    }

    @ParameterizedTest
    @CsvSource({"7, true, 8, 20000, add 1 rows or more", "20001, true, 8, 20000, data.split.train-rows: 20000"})
    void countsTheRows(int count, boolean isTraining, int least, int most, String remedy) throws Exception {
        assertThat(write(NOVA, good(count), isTraining)).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(BedrockProblems.ROW_COUNT);
            assertThat(problem.summary())
                    .isEqualTo("Bedrock trains on " + least + " to " + most + " rows, not " + count);
            assertThat(problem.remedies().get(0)).isEqualTo(remedy);
        });
    }

    @Test
    void takesFewerRowsToCompareWith() throws Exception {
        assertThat(write(LLAMA, good(1000), false)).isEmpty();
        assertThat(write(LLAMA, good(1001), false))
                .extracting(Problem::summary)
                .containsExactly("Bedrock compares with 1 to 1000 rows, not 1001");
    }

    @Test
    void tellsSomeOfManyBadRowsAndHowManyThereAre() throws Exception {
        List<Example> rows = IntStream.range(1, 101)
                .mapToObj(i -> (Example) row(i, "U", "User: a", "A", "b"))
                .toList();

        List<Problem> problems = write(NOVA, rows, true);

        assertThat(problems).hasSize(RowProblems.MOST_TOLD + 1);
        assertThat(problems.get(RowProblems.MOST_TOLD).summary()).isEqualTo("80 further rows are alike");
        assertThat(written()).as("no record of a bad row").isEmpty();
    }

    private List<Problem> write(TunableModel model, List<Example> rows, boolean isTraining) throws IOException {
        Path from = Files.writeString(
                folder.resolve("rows.jsonl"),
                // Json writes what no file can hold as an escape only where it is told to.
                rows.stream()
                        .map(row -> Json.line(row).replace("\ud83d\"", "\\ud83d\"") + "\n")
                        .collect(Collectors.joining()));
        return TuningRecords.write(model, from, folder.resolve("records.jsonl"), isTraining);
    }

    private String written() throws IOException {
        return Files.readString(folder.resolve("records.jsonl"));
    }

    private static List<Example> good(int count) {
        return IntStream.range(1, count + 1)
                .mapToObj(i -> (Example) row(i, "U", "ticket " + i, "A", "billing"))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /** The messages of a record, read by what the form's documentation says of it. */
    private static List<Message> read(TunableModel model, String line, boolean hasSystem) {
        JsonNode record = Json.read(line, JsonNode.class);
        List<Message> messages = new ArrayList<>();
        if (record.has("prompt")) {
            String[] parts = record.path("prompt").asText().split("\n\n", 2);
            if (hasSystem) {
                messages.add(new Message(Role.SYSTEM, parts[0]));
            }
            messages.add(new Message(
                    Role.USER, hasSystem ? parts[1] : record.path("prompt").asText()));
            messages.add(new Message(Role.ASSISTANT, record.path("completion").asText()));
            return messages;
        }
        boolean isConverse = model.format() == RecordFormat.CONVERSE;
        if (record.has("system")) {
            messages.add(new Message(Role.SYSTEM, text(record.path("system"), isConverse)));
        }
        for (JsonNode message : record.path("messages")) {
            Role role = Role.valueOf(message.path("role").asText().toUpperCase(Locale.ROOT));
            messages.add(new Message(role, text(message.path("content"), isConverse)));
        }
        return messages;
    }

    private static String text(JsonNode content, boolean isConverse) {
        return isConverse ? content.path(0).path("text").asText() : content.asText();
    }

    static Conversation conversation(Random random, int number, int mostTurns) {
        List<String> parts = new ArrayList<>();
        if (random.nextBoolean()) {
            parts.addAll(List.of("S", word(random)));
        }
        for (int turn = random.nextInt(mostTurns); turn >= 0; turn--) {
            parts.addAll(List.of("U", word(random), "A", word(random)));
        }
        return row(number, parts.toArray(String[]::new));
    }

    private static String word(Random random) {
        List<String> letters = List.of("a", "ß", "\"", "\\", "\t", "\u0001", "🙂", "{", "é", "\u2029");
        return "x"
                + IntStream.range(0, random.nextInt(12))
                        .mapToObj(i -> letters.get(random.nextInt(letters.size())))
                        .collect(Collectors.joining());
    }

    /** A row of messages, each after the letter of its speaker. */
    static Conversation row(int number, String... parts) {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < parts.length; i += 2) {
            String speaker = parts[i];
            Role role = Arrays.stream(Role.values())
                    .filter(candidate -> candidate.name().startsWith(speaker))
                    .findFirst()
                    .orElseThrow();
            messages.add(new Message(role, parts[i + 1]));
        }
        return new Conversation(new RowRef("rows", number), messages, null);
    }

    private static TunableModel model(String id) {
        return TunableModels.find(id).orElseThrow();
    }
}
