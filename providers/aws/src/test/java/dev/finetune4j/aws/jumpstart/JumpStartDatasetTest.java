package dev.finetune4j.aws.jumpstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows lie as the scripts read them, and a row that a script would choke on is told by its number. */
class JumpStartDatasetTest {
    @TempDir
    private Path folder;

    @Test
    void makesInstructionsOfLabels() throws IOException {
        Path rows = rows(conversation(1, "billing", "S", "be brief", "U", "refund?", "A", "billing"));

        assertThat(layout(rows, Map.of())).isEqualTo(DatasetLayout.INSTRUCTION);
        assertThat(write(DatasetLayout.INSTRUCTION, rows)).isEmpty();

        assertThat(folder.resolve("out/train.jsonl"))
                .content()
                .isEqualTo("{\"instruction\":\"be brief\\n\\nrefund?\",\"context\":\"\",\"response\":\"billing\"}\n");
        assertThat(folder.resolve("out/template.json"))
                .content()
                .isEqualTo("{\"prompt\": \"{instruction}\", \"completion\": \"{response}\"}\n");
    }

    @Test
    void makesDialogsOfConversations() throws IOException {
        Path rows = rows(conversation(1, null, "S", "be brief", "U", "hello", "A", "hi", "U", "bye", "A", "so long"));

        assertThat(layout(rows, Map.of())).isEqualTo(DatasetLayout.DIALOG);
        assertThat(write(DatasetLayout.DIALOG, rows)).isEmpty();

        assertThat(folder.resolve("out/train.jsonl"))
                .content()
                .isEqualTo(
                        "{\"dialog\":[{\"role\":\"system\",\"content\":\"be brief\"},"
                                + "{\"role\":\"user\",\"content\":\"hello\"},{\"role\":\"assistant\",\"content\":\"hi\"},"
                                + "{\"role\":\"user\",\"content\":\"bye\"},{\"role\":\"assistant\",\"content\":\"so long\"}]}\n");
        assertThat(folder.resolve("out/template.json")).doesNotExist();
    }

    @Test
    void leavesTextAsItIs() throws IOException {
        Path rows = rows(
                new Example.Passage(new RowRef("rows", 1), "To be\nor not"),
                new Example.Passage(new RowRef("rows", 2), "to be"));

        assertThat(layout(rows, Map.of())).isEqualTo(DatasetLayout.TEXT);
        assertThat(write(DatasetLayout.TEXT, rows)).isEmpty();

        assertThat(folder.resolve("out/train.txt")).content().isEqualTo("To be\nor not\n\nto be\n\n");
    }

    @Test
    void goesByWhatThePersonSays() throws IOException {
        Path rows = rows(conversation(1, "billing", "U", "refund?", "A", "billing"));

        assertThat(layout(rows, Map.of("chat_dataset", "True"))).isEqualTo(DatasetLayout.DIALOG);
    }

    @Test
    void tellsOfEachRowThatAScriptWouldChokeOn() throws IOException {
        Path rows = rows(
                new Example.Passage(new RowRef("rows", 1), "text"),
                conversation(2, null, "U", "a", "U", "b", "A", "c"),
                conversation(3, null, "U", " ", "A", "c"),
                conversation(4, null, "U", "a", "A", "b", "U", "c", "A", "d"));

        List<Problem> problems = write(DatasetLayout.INSTRUCTION, rows);

        assertThat(problems).hasSize(4).allMatch(Problem::isError);
        assertThat(problems.toString())
                .contains(
                        "FT0921",
                        "is a text without a question",
                        "does not let user and assistant speak in turns",
                        "has an empty message",
                        "has 2 questions, and an instruction is one");
    }

    @Test
    void tellsAtMostTwentyRowsOneByOne() throws IOException {
        Example[] bad = new Example[25];
        for (int i = 0; i < bad.length; i++) {
            bad[i] = new Example.Passage(new RowRef("rows", i + 1L), "text");
        }

        List<Problem> problems = write(DatasetLayout.DIALOG, rows(bad));

        assertThat(problems).hasSize(21);
        assertThat(problems.get(20).summary()).isEqualTo("5 further rows are alike");
    }

    private DatasetLayout layout(Path rows, Map<String, String> said) throws IOException {
        return JumpStartDataset.layout(rows, HubDocuments.tiny().parameters("ml.g5.xlarge"), said);
    }

    private List<Problem> write(DatasetLayout layout, Path rows) throws IOException {
        return JumpStartDataset.write(layout, rows, folder.resolve("out"), "train");
    }

    private Path rows(Example... examples) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Example example : examples) {
            lines.add(Json.line(example));
        }
        return Files.write(folder.resolve("rows.jsonl"), lines);
    }

    /** Roles by their first letters, each with its text. */
    private static Example conversation(long row, @Nullable String label, String... said) {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < said.length; i += 2) {
            Role role = said[i].equals("S") ? Role.SYSTEM : said[i].equals("U") ? Role.USER : Role.ASSISTANT;
            messages.add(new Message(role, said[i + 1]));
        }
        return new Example.Conversation(new RowRef("rows", row), messages, label);
    }
}
