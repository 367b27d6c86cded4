package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Talks with the tiny model of the JUnit extension's tests, through a pipe. */
class ChatCommandTest {
    @TempDir
    Path folder;

    @Test
    void answersEachLineOfAPipe() throws IOException {
        CommandRun run = command("", "run", TicketsJob.write(folder, 17).toString());
        assertThat(run.exitCode()).as(run.err()).isZero();

        CommandRun logs = command("", "logs", "tickets");
        assertThat(logs.out() + logs.err())
                .as("also of no line something is said")
                .isNotBlank();

        CommandRun text = command(
                "Which team?\n\n/reset\nWhich team?\n/quit\nunheard\n", "chat", "tickets", "--max-new-tokens", "4");

        assertThat(text.exitCode()).as(text.err()).isZero();
        List<String> answers = text.out().lines().toList();
        assertThat(answers).hasSize(2);
        assertThat(answers.get(1)).as("begun anew").isEqualTo(answers.get(0)).isNotBlank();
        assertThat(text.err()).contains("begun anew");

        CommandRun json = command(
                "Which team?\n" + "word ".repeat(4000) + "\nWhich team?\n",
                "chat",
                "tickets",
                "--beside-base",
                "--max-new-tokens",
                "4",
                "-o",
                "json");

        assertThat(json.exitCode()).as("one line was refused").isEqualTo(3);
        List<String> turns = json.out().lines().toList();
        assertThat(turns).hasSize(3);
        JsonNode first = Json.records().readTree(turns.get(0));
        assertThat(first.at("/turn").asInt()).isEqualTo(1);
        assertThat(first.at("/replies/0/answer/text").asText().strip()).isEqualTo(answers.get(0));
        assertThat(first.at("/replies/1/answer/variant").asText()).isEqualTo("base-zero-shot");
        assertThat(Json.records()
                        .readTree(turns.get(1))
                        .at("/problems/0/kind/code")
                        .asText())
                .isEqualTo("FT0628");
        assertThat(Json.records().readTree(turns.get(2)).at("/replies")).hasSize(2);

        CommandRun commands = command("/reset\n/system Be brief.\n", "chat", "tickets", "-o", "json");

        assertThat(commands.exitCode()).as(commands.err()).isZero();
        assertThat(commands.out()).isEmpty();
        assertThat(notes(commands)).containsExactly("begun anew", "begun anew with that system message");

        CommandRun mistyped = command("/rest\n/foo\nWhich team?\n", "chat", "tickets", "--max-new-tokens", "4");

        assertThat(mistyped.exitCode()).as("two lines were not answered").isEqualTo(3);
        assertThat(mistyped.err())
                .contains("there is no command /rest; there are /reset, /system TEXT, /quit")
                .contains("there is no command /foo; there are /reset, /system TEXT, /quit");
        assertThat(mistyped.out().lines()).as("they are no turns").containsExactly(answers.get(0));
    }

    /** Fails where a line of stderr is no object. */
    private static List<String> notes(CommandRun run) throws IOException {
        List<String> notes = new ArrayList<>();
        for (String line : run.err().lines().toList()) {
            JsonNode object = Json.records().readTree(line);
            if (object.at("/kind").asText().equals("note")) {
                notes.add(object.at("/message").asText());
            }
        }
        return notes;
    }

    private CommandRun command(String said, String... words) {
        return CommandRun.saying(said, folder.resolve("home"), Map.of("PATH", System.getenv("PATH")), words);
    }
}
