package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.testkit.GoldenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that need no run. */
class CommandsTest {
    private static final GoldenFiles GOLDEN = GoldenFiles.in("golden/commands");

    @TempDir
    Path folder;

    @Test
    void initWritesAJobFileThatCheckReads() throws IOException {
        for (String task : new String[] {
            "classification",
            "sentiment",
            "question-answering",
            "generation",
            "summarization",
            "translation",
            "chat",
            "preference"
        }) {
            Path job = folder.resolve(task + ".yaml");

            CommandRun init = CommandRun.of("init", task, "--to", job.toString());
            CommandRun resolved = CommandRun.of("check", job.toString(), "--resolved");

            assertThat(init.exitCode()).as(init.err()).isZero();
            assertThat(Files.readString(job)).contains("$schema").contains("kind: " + task);
            assertThat(resolved.exitCode()).as(resolved.err()).isZero();
            assertThat(resolved.out()).contains("epochs:").contains("# default");
        }
    }

    @Test
    void initNeverOverwrites() throws IOException {
        Path job = Files.writeString(folder.resolve("job.yaml"), "mine");

        CommandRun init = CommandRun.of("init", "chat", "--to", job.toString());

        assertThat(init.exitCode()).isEqualTo(2);
        assertThat(init.err()).contains("FT0004").contains("job.yaml exists already");
        assertThat(job).hasContent("mine");
    }

    @Test
    void initSaysWhereItCannotWrite() {
        CommandRun init = CommandRun.of(
                "init", "chat", "--to", folder.resolve("no/such/job.yaml").toString());

        assertThat(init.exitCode()).isEqualTo(2);
        assertThat(init.err()).contains("FT0005");
    }

    @Test
    void initNamesTheTasksItKnows() {
        CommandRun init = CommandRun.of("init", "poetry");

        assertThat(init.exitCode()).isEqualTo(2);
        assertThat(CommandRun.oneLine(init.err())).contains("classification", "preference, was poetry");
    }

    @Test
    void modelsListsTheCatalogue() {
        GOLDEN.assertMatches("models.txt", CommandRun.of("models").out());
        GOLDEN.assertMatches(
                "models-one.txt",
                CommandRun.of("models", "smollm2-135m-instruct").out());
    }

    @Test
    void schemaIsTheSchemaOfTheJobFile() throws IOException {
        CommandRun schema = CommandRun.of("schema");

        JsonNode tree = Json.records().readTree(schema.out());
        assertThat(tree.at("/properties/training").isMissingNode()).isFalse();
    }

    @Test
    void psSaysHowToStartWhereThereIsNoRun() {
        CommandRun ps = CommandRun.in(folder, Map.of(), "ps");

        assertThat(ps.exitCode()).isZero();
        assertThat(ps.out()).contains("finetune run JOB");
    }

    @Test
    void psNamesARunWhoseJournalIsDamaged() throws IOException {
        Path run = Files.createDirectories(folder.resolve("runs/tickets-0123abcd-1"));
        Files.writeString(run.resolve("journal.jsonl"), "{\"crc\":\n{\"crc\":\n");

        CommandRun ps = CommandRun.in(folder, Map.of(), "ps");

        assertThat(ps.exitCode()).isZero();
        assertThat(ps.out()).doesNotContain("no runs yet");
        assertThat(ps.err()).contains("tickets-0123abcd-1 cannot be read; finetune show tickets-0123abcd-1");
        JsonNode told = Json.records()
                .readTree(CommandRun.in(folder, Map.of(), "ps", "-o", "json").out());
        assertThat(told.at("/total").asInt()).isZero();
        assertThat(told.at("/unreadable")).extracting(JsonNode::asText).containsExactly("tickets-0123abcd-1");
    }

    @Test
    void aRunThatHasNotBegunOrHasNoReportIsToldAsSuch() throws IOException {
        Files.createDirectories(folder.resolve("runs/tickets-0123abcd-1"));
        Files.createFile(folder.resolve("runs/tickets-0123abcd-1/journal.jsonl"));

        CommandRun report = CommandRun.in(folder, Map.of(), "report", "tickets");

        for (String command : List.of("show", "resume", "watch", "stop")) {
            CommandRun told = CommandRun.in(folder, Map.of(), command, "tickets");
            assertThat(told.exitCode()).as(command).isEqualTo(3);
            assertThat(told.err()).as(command).contains("FT0007").contains("finetune clean tickets-0123abcd-1");
        }
        assertThat(report.exitCode()).isEqualTo(2);
        assertThat(report.err()).contains("FT0006").contains("finetune show tickets-0123abcd-1");
    }

    @Test
    void doctorSaysWhatItFound() {
        CommandRun doctor = CommandRun.in(folder, Map.of("PATH", "", "HF_ENDPOINT", "http://localhost:1"), "doctor");

        assertThat(doctor.exitCode()).isZero();
        assertThat(doctor.out())
                .contains("java")
                .contains("targets    ok       azure-ml, azure-openai, bedrock, jumpstart, local, sagemaker")
                .containsPattern("hub +warn")
                .contains("hub: export HF_ENDPOINT=")
                .contains("install Python 3 with pip");
        assertThat(doctor.out().lines().filter(line -> line.startsWith("hub: ")))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void doctorFailsWhereTheHomeCannotBeWritten() throws IOException {
        Path file = Files.createFile(folder.resolve("a-file"));

        CommandRun doctor =
                CommandRun.in(file.resolve("home"), Map.of("PATH", "", "HF_ENDPOINT", "http://localhost:1"), "doctor");

        assertThat(doctor.exitCode()).isEqualTo(3);
        assertThat(doctor.out()).containsPattern("home +fail").contains("FINETUNE_HOME");
    }
}
