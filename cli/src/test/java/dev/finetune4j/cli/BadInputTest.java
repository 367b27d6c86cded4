package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged and hostile input at the command line: the exit code, the code of the problem, no trace of a stack. */
class BadInputTest {
    @TempDir
    Path folder;

    @Test
    void refusesJobFilesThatAreNoYamlOrTooMuchOfIt() throws IOException {
        refuses(job("name: x\nmodel: [a, b\ntask: {kind: chat\n"), "FT0103", ":3:5");
        refuses(job("a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + bomb()), "FT0102", "unfolds");
        refuses(job("name: " + "[".repeat(50_000)), "FT0102", "nested");
        refuses(job("# " + "x".repeat(2_000_000)), "FT0102", "2000002 bytes");
        refuses(folder.resolve("none.yaml"), "FT0101", "no such file");
        Files.write(folder.resolve("job.yaml"), "name: x\n".getBytes(StandardCharsets.UTF_16));
        refuses(folder.resolve("job.yaml"), "FT0103", "iconv -f UTF-16");
    }

    @Test
    void doesNotWaitForAPipeThatNobodyWrites() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        refuses(pipe, "FT0101", "it is a pipe or a device");
        refuses(jobOn("pipe", "./none"), "FT0230", "it is a pipe or a device");
    }

    @Test
    void refusesDataThatCannotBeRead() throws IOException {
        refuses(jobOn("none.jsonl", "./none"), "FT0230", "there is no such file");
        refuses(jobOn("row.jsonl", "./none"), "FT0230", rows() + " (it is there; did you mean it?)");
        Files.writeString(folder.resolve("bin.jsonl"), "");
        CommandRun gone = CommandRun.in(
                folder.resolve("home"),
                Map.of(),
                "check",
                jobOn("gone.jsonl", "./none").toString());
        assertThat(CommandRun.oneLine(gone.err()))
                .contains("there is no such file")
                .doesNotContain("did you mean");
        refuses(jobOn(data(""), "./none"), "FT0224", "it is empty");
        Files.writeString(folder.resolve("head.csv"), "text,label\n");
        refuses(jobOn("head.csv", "./none"), "FT0224", "head -n 3");
        refuses(jobOn(data("{\"text\":\"a\0\",\"label\":\"good\"}\n"), "./none"), "FT0222", "tr -d");
        Files.write(folder.resolve("rows.jsonl"), "{\"text\":\"caf\u00e9\"}\n".getBytes(StandardCharsets.ISO_8859_1));
        refuses(jobOn("rows.jsonl", "./none"), "FT0223", "0xE9");
    }

    @Test
    void refusesATargetThatIsNotHereBeforeAnythingIsFetched() throws IOException {
        Path job = jobOn("none.jsonl", "./none");
        Files.writeString(job, Files.readString(job) + "targets: [azure-openia]\n");

        refuses(job, "FT0113", "azure-openai");
    }

    @Test
    void refusesModelsThatAreNotThereOrPickles() throws IOException {
        refuses(jobOn(rows(), "smolm2-135m-instruct"), "FT0480", "smollm2-135m-instruct");
        refuses(jobOn(rows(), "./none"), "FT0494", "there is no model at ./none");
        Files.write(folder.resolve("weights.pt"), new byte[] {'P', 'K', 3, 4});
        refuses(jobOn(rows(), "./weights.pt"), "FT0493", "from_pretrained('.')");
        Files.createFile(folder.resolve("empty.gguf"));
        refuses(jobOn(rows(), "./empty.gguf"), "FT0401", "empty.gguf is no GGUF file");
    }

    @Test
    void refusesALyingSafetensorsHeaderBeforeAnythingIsLaunched() throws IOException {
        Path model = Files.createDirectories(folder.resolve("model"));
        Files.writeString(model.resolve("config.json"), "{}");
        Files.writeString(model.resolve("tokenizer.json"), "{}");
        Files.write(model.resolve("model.safetensors"), new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) 0x80, '{', '}'});

        refuses(jobOn(rows(), "./model"), "FT0404", "model.safetensors");

        assertThat(folder.resolve("home/runs")).doesNotExist();
    }

    @Test
    void refusesWeightsThatLackTensorsBeforeAnythingIsLaunched() throws IOException {
        Path model = Files.createDirectories(folder.resolve("model"));
        Files.writeString(model.resolve("config.json"), """
                {"architectures": ["LlamaForCausalLM"], "hidden_size": 8, "num_attention_heads": 2, "num_hidden_layers": 1,
                 "intermediate_size": 16, "vocab_size": 600}""");
        Files.writeString(model.resolve("tokenizer.json"), "{}");
        byte[] header = "{\"lm_head.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]}}"
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + header.length + 4).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(
                model.resolve("model.safetensors"),
                file.putLong(header.length).put(header).array());

        refuses(jobOn(rows(), "./model"), "FT0410", "11 tensors are missing");
        refuses(jobOn(rows(), "./model"), "FT0471", "lm_head.weight is [1, 1], not [600, 8]");

        assertThat(folder.resolve("home/runs")).doesNotExist();
    }

    @Test
    void namesARunThatIsNotThere() {
        CommandRun show = CommandRun.in(folder, Map.of(), "show", "nope");

        assertThat(show.err()).contains("FT0504").doesNotContain("\tat ");
        assertThat(show.out()).isEmpty();
        for (String command : new String[] {"stop", "host"}) {
            assertThat(CommandRun.in(folder, Map.of(), command, "nope").err())
                    .as("nothing is said to be done with it")
                    .startsWith("error FT0504");
        }
    }

    @Test
    void refusesOptionsOfTheDrawOutOfTheirBoundsBeforeAnythingIsDone() {
        for (String[] option : new String[][] {
            {"--temperature", "99", "from 0 to 10, was 99"},
            {"--temperature", "-1", "from 0 to 10, was -1"},
            {"--temperature", "NaN", "from 0 to 10, was NaN"},
            {"--top-p", "2", "from 0 to 1, was 2"},
            {"--max-new-tokens", "0", "from 1 to 32768, was 0"},
            {"--max-new-tokens", "99999999", "from 1 to 32768, was 99999999"}
        }) {
            refusesOption(
                    option, CommandRun.in(folder, Map.of(), "generate", "nope", "--prompt", "x", option[0], option[1]));
            refusesOption(option, CommandRun.in(folder, Map.of(), "chat", "nope", option[0], option[1]));
        }
    }

    @Test
    void namesWhatToLeaveOutOfAnExportThatContradictsItself() {
        CommandRun export = CommandRun.in(folder, Map.of(), "export", "nope", "--to", "x.gguf", "--format", "hf");

        assertThat(export.exitCode()).as(export.err()).isEqualTo(2);
        assertThat(CommandRun.oneLine(export.err()))
                .contains("FT0002", "--to x.gguf names a file; leave out --format, or name a folder");
    }

    private static void refusesOption(String[] option, CommandRun run) {
        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains("FT0002").doesNotContain("FT0001", "FT0504");
        assertThat(CommandRun.oneLine(run.err())).contains(option[0] + " must be " + option[2]);
        assertThat(run.out()).isEmpty();
    }

    private void refuses(Path job, String code, String words) {
        CommandRun check = CommandRun.in(folder.resolve("home"), Map.of(), "check", job.toString());

        assertThat(check.exitCode()).as(check.err()).isEqualTo(3);
        assertThat(check.err()).contains(code).doesNotContain("\tat ", "SLF4J");
        assertThat(check.err().replaceAll("\\s+", " ")).contains(words);
        assertThat(check.out()).isEmpty();
    }

    private Path jobOn(String data, String model) throws IOException {
        return job("""
                name: hostile
                model: %s
                task:
                  kind: classification
                  prompt: "{{text}}"
                  answer: "{{label}}"
                  labels: [good, bad]
                data:
                  file: %s
                """.formatted(model, data));
    }

    private Path job(String text) throws IOException {
        return Files.writeString(folder.resolve("job.yaml"), text);
    }

    private String data(String text) throws IOException {
        Files.writeString(folder.resolve("rows.jsonl"), text);
        return "rows.jsonl";
    }

    private String rows() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            rows.append("{\"text\":\"row number ")
                    .append(i)
                    .append("\",\"label\":\"")
                    .append(i % 2 == 0 ? "good" : "bad")
                    .append("\"}\n");
        }
        return data(rows.toString());
    }

    /** Each line holds the one before nine times. */
    private static String bomb() {
        StringBuilder lines = new StringBuilder();
        for (char name = 'b'; name < 'j'; name++) {
            String before = "*" + (char) (name - 1);
            lines.append("%c: &%c [%s]\n".formatted(name, name, (before + ", ").repeat(8) + before));
        }
        return lines.toString();
    }
}
