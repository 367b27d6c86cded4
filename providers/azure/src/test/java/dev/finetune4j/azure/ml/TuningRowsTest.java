package dev.finetune4j.azure.ml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.data.Example.Passage;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.RowProblems;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows become what each task of a fine-tuning job reads, and a row that has no such form is named. */
class TuningRowsTest {
    private static final RowRef ROW = new RowRef("rows.jsonl", 3);

    @TempDir
    private Path folder;

    private static Example asked(String question, String answer, @Nullable String label) {
        return new Conversation(
                ROW, List.of(new Message(Role.USER, question), new Message(Role.ASSISTANT, answer)), label);
    }

    private Path rows(Example... rows) throws IOException {
        return Files.writeString(
                folder.resolve("rows"),
                String.join("\n", Arrays.stream(rows).map(Json::line).toList()));
    }

    private List<Problem> write(TuningTask task, Example... rows) throws IOException {
        TuningOptions options = new TuningOptions("m", task, Map.of("source_lang", "en", "target_lang", "de"), null);
        return TuningRows.write(task, options, rows(rows), folder.resolve("lines"));
    }

    private String line(TuningTask task, Example row) throws IOException {
        assertThat(write(task, row)).isEmpty();
        return Files.readString(folder.resolve("lines")).strip();
    }

    @Test
    void haveTheColumnsOfTheirTask() throws IOException {
        Example row = asked("Where is the Louvre?", "Paris", "city");

        assertThat(line(TuningTask.CHAT_COMPLETION, row))
                .isEqualTo(
                        "{\"messages\":[{\"role\":\"user\",\"content\":\"Where is the Louvre?\"},{\"role\":\"assistant\",\"content\":\"Paris\"}]}");
        assertThat(line(TuningTask.TEXT_COMPLETION, row))
                .isEqualTo("{\"text\":\"Where is the Louvre?\",\"ground_truth\":\"Paris\"}");
        assertThat(line(TuningTask.TEXT_COMPLETION, new Passage(ROW, "words")))
                .isEqualTo("{\"text\":\"words\",\"ground_truth\":\"\"}");
        assertThat(line(TuningTask.TEXT_CLASSIFICATION, row))
                .isEqualTo("{\"text\":\"Where is the Louvre?\",\"label\":\"city\"}");
        assertThat(line(TuningTask.SUMMARIZATION, row))
                .isEqualTo("{\"document\":\"Where is the Louvre?\",\"summary\":\"Paris\"}");
        assertThat(line(TuningTask.TRANSLATION, row)).isEqualTo("{\"en\":\"Where is the Louvre?\",\"de\":\"Paris\"}");
    }

    @Test
    void tellWhereTheAnswerStands() throws IOException {
        assertThat(line(TuningTask.QUESTION_ANSWERING, asked("It is in Paris.\n\nWhere is it?", "Paris", null)))
                .isEqualTo("{\"question\":\"Where is it?\",\"context\":\"It is in Paris.\",\"answers\":"
                        + "{\"text\":[\"Paris\"],\"answer_start\":[9]}}");
    }

    @Test
    void areNamedWhereTheTaskHasNoFormForThem() throws IOException {
        Example plain = asked("Where is it?", "Paris", null);
        Example twice = new Conversation(
                ROW,
                List.of(
                        new Message(Role.USER, "a"),
                        new Message(Role.ASSISTANT, "b"),
                        new Message(Role.USER, "c"),
                        new Message(Role.ASSISTANT, "d")),
                null);

        assertThat(write(TuningTask.QUESTION_ANSWERING, plain, asked("In Rome.\n\nWhere?", "Paris", null)))
                .extracting(Problem::summary)
                .containsExactly(
                        "rows.jsonl row 3 has no text before its question, and the task is question-answering",
                        "rows.jsonl row 3 has an answer that does not stand in its text, and the task is question-answering");
        assertThat(write(TuningTask.TEXT_CLASSIFICATION, plain)).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("FT0937");
            assertThat(problem.remedies()).containsExactly("places.azure-ml.task: chat-completion");
        });
        assertThat(write(TuningTask.SUMMARIZATION, twice))
                .extracting(Problem::summary)
                .containsExactly("rows.jsonl row 3 has several answers, and the task is summarization");
        assertThat(write(TuningTask.CHAT_COMPLETION, new Passage(ROW, "words"), asked(" ", "x", null)))
                .extracting(Problem::summary)
                .containsExactly(
                        "rows.jsonl row 3 is a text without a question, and the task is chat-completion",
                        "rows.jsonl row 3 has an empty message");
    }

    @Test
    void escapeWhatSomeReadersTakeForTheEndOfALine() throws IOException {
        assertThat(line(TuningTask.TEXT_COMPLETION, new Passage(ROW, "next\u0085line \u2028 and \u2029")))
                .isEqualTo("{\"text\":\"next\\u0085line \\u2028 and \\u2029\",\"ground_truth\":\"\"}");
    }

    /** In whichever column it would stand. */
    @Test
    void areNamedWhereTheyHoldHalfOfACharacter() throws IOException {
        TuningOptions options = new TuningOptions("m", null, Map.of(), null);
        for (TuningTask task : List.of(TuningTask.CHAT_COMPLETION, TuningTask.TEXT_CLASSIFICATION)) {
            Path rows = rows(asked("fine \ud83d\ude42?", "HALF", "HALF"), asked("fine \ud83d\ude42?", "yes", "yes"));
            Files.writeString(rows, Files.readString(rows).replace("HALF", "\\ud83d"));

            assertThat(TuningRows.write(task, options, rows, folder.resolve("lines")))
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.code()).isEqualTo("FT0937");
                        assertThat(problem.summary())
                                .isEqualTo("rows.jsonl row 3 has half of a character, which no file can hold");
                    });
        }
    }

    @Test
    void tellTwentyAndHowManyMore() throws IOException {
        Example[] many = new Example[25];
        Arrays.fill(many, new Passage(ROW, "words"));

        List<Problem> problems = write(TuningTask.CHAT_COMPLETION, many);

        assertThat(problems).hasSize(RowProblems.MOST_TOLD + 1);
        assertThat(problems.get(RowProblems.MOST_TOLD).summary()).isEqualTo("5 further rows are alike");
    }

    @Test
    void sayWhatTheyAreMadeFor() throws IOException {
        assertThat(TuningRows.task(rows(asked("q", "a", "a"), asked("q", "b", "b"))))
                .isEqualTo(TuningTask.TEXT_CLASSIFICATION);
        assertThat(TuningRows.task(rows(asked("q", "a", "a"), asked("q", "b", null))))
                .isEqualTo(TuningTask.CHAT_COMPLETION);
        assertThat(TuningRows.task(rows(new Passage(ROW, "t")))).isEqualTo(TuningTask.TEXT_COMPLETION);
    }
}
