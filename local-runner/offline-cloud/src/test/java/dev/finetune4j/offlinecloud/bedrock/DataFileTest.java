package dev.finetune4j.offlinecloud.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.offlinecloud.bedrock.BaseModels.BaseModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Data are taken and refused as the service does once a job runs. */
class DataFileTest {
    private static final BaseModel NOVA = model("us-east-1", "amazon.nova-micro-v1:0:128k");
    private static final BaseModel NOVA_LITE = model("us-east-1", "amazon.nova-lite-v1:0:300k");
    private static final BaseModel CLAUDE = model("us-west-2", "anthropic.claude-3-haiku-20240307-v1:0:200k");
    private static final BaseModel LLAMA = model("us-west-2", "meta.llama3-1-8b-instruct-v1:0:128k");

    @TempDir
    private Path folder;

    private static BaseModel model(String region, String id) {
        return BaseModels.find(region, id, true).orElseThrow();
    }

    @Test
    void readsTheAnswersOfEveryForm() throws Exception {
        assertThat(new DataFile(NOVA, "t.jsonl", true).answers(file(repeated(TuningBody.converse("a", "b"), 8))))
                .hasSize(8)
                .containsOnly("b\n");
        assertThat(new DataFile(LLAMA, "t.jsonl", true).answers(file("{\"prompt\": \"a\", \"completion\": \"b\"}\n")))
                .containsExactly("b");
        assertThat(new DataFile(CLAUDE, "t.jsonl", true)
                        .answers(file("{\"system\": \"s\", \"messages\": [{\"role\": \"user\", \"content\": \"a\"},"
                                + " {\"role\": \"assistant\", \"content\": \"b\"}]}\n")))
                .containsExactly("b\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no JSON",
                "[]",
                "{\"messages\": []}",
                "{'schemaVersion': 'bedrock-conversation-2023', 'messages': [{'role': 'user', 'content': [{'text': 'a'}]},"
                        + " {'role': 'assistant', 'content': [{'text': 'b'}]}]}",
                "{'schemaVersion': 'bedrock-conversation-2024', 'messages': [{'role': 'user', 'content': 'a'}, {'role': 'assistant',"
                        + " 'content': 'b'}]}",
                "{'schemaVersion': 'bedrock-conversation-2024', 'messages': [{'role': 'assistant', 'content': [{'text': 'a'}]},"
                        + " {'role': 'user', 'content': [{'text': 'b'}]}]}",
                "{'schemaVersion': 'bedrock-conversation-2024', 'messages': [{'role': 'user', 'content': [{'text': ' '}]},"
                        + " {'role': 'assistant', 'content': [{'text': 'b'}]}]}",
                "{'schemaVersion': 'bedrock-conversation-2024', 'messages': [{'role': 'user', 'content': [{'image': {}}]},"
                        + " {'role': 'assistant', 'content': [{'text': 'b'}]}]}",
                "{'schemaVersion': 'bedrock-conversation-2024', 'system': [{'text': 'a'}, {'text': 'b'}], 'messages': [{'role': 'user',"
                        + " 'content': [{'text': 'a'}]}, {'role': 'assistant', 'content': [{'text': 'b'}]}]}"
            })
    void refusesARecordOfAnotherForm(String record) {
        assertThatThrownBy(() -> new DataFile(NOVA, "in/t.jsonl", true)
                        .answers(file(repeated(TuningBody.converse("a", "b"), 8) + record.replace('\'', '"') + "\n")))
                .isInstanceOf(DataRefusal.class)
                .hasMessageStartingWith("Input data at in/t.jsonl must follow '{\"schemaVersion\":");
    }

    @Test
    void showsTheFormOfPromptsAsTheServiceDoes() {
        assertThatThrownBy(() -> new DataFile(LLAMA, "in/t.jsonl", true).answers(file("{\"prompt\": \"a\"}\n")))
                .hasMessage(
                        "Input data at in/t.jsonl must follow '{\"prompt\": \"<input text>\", \"completion\": \"<output text>\"}'"
                                + " format");
    }

    @Test
    void takesPicturesWhereTheModelSeesThem() throws Exception {
        String record =
                "{\"schemaVersion\": \"bedrock-conversation-2024\", \"messages\": [{\"role\": \"user\", \"content\":"
                        + " [{\"image\": {\"format\": \"png\"}}, {\"text\": \"a\"}]}, {\"role\": \"assistant\", \"content\": [{\"text\": \"b\"}]}]}";

        assertThat(new DataFile(NOVA_LITE, "t.jsonl", true).answers(file(repeated(record, 8))))
                .hasSize(8);
    }

    @ParameterizedTest
    @CsvSource({"7, 8, 20000", "20001, 8, 20000"})
    void refusesTooFewAndTooManyRecords(int count, int least, int most) {
        assertThatThrownBy(() -> new DataFile(NOVA, "t.jsonl", true)
                        .answers(file(repeated(TuningBody.converse("a", "b"), count))))
                .hasMessage("The number of records in t.jsonl must be between " + least + " and " + most
                        + ", but there are " + count);
    }

    @Test
    void refusesMarksAndLongRecordsAndOtherFiles() {
        assertThatThrownBy(() -> new DataFile(NOVA, "t.jsonl", true)
                        .answers(file(repeated(TuningBody.converse("User: a", "b"), 8))))
                .hasMessage("Input data at t.jsonl contains the reserved keyword User:");
        assertThatThrownBy(() -> new DataFile(NOVA, "t.jsonl", true)
                        .answers(file(TuningBody.converse("a".repeat(600_000), "b") + "\n")))
                .hasMessageMatching("Maximum input token count 150\\d{3} exceeds limit of 128000 for train data");
        assertThatThrownBy(() -> new DataFile(NOVA, "t.json", true).answers(file("")))
                .hasMessageContaining(".jsonl");
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("data"), text);
    }

    private static String repeated(String line, int times) {
        return String.join("\n", Collections.nCopies(times, line)) + "\n";
    }
}
