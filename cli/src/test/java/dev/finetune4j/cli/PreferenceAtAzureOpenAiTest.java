package dev.finetune4j.cli;

import static dev.finetune4j.cli.CommandRun.oneLine;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.wire.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job that learns which of two answers is better, by command: its rows are checked, and it goes to Azure OpenAI and nowhere else. */
@Tag("long")
class PreferenceAtAzureOpenAiTest {
    private static final int PAIRS = 150;

    @TempDir
    private Path folder;

    private CommandAzure cloud;

    @BeforeEach
    void openTheCloud() throws IOException {
        cloud = CommandAzure.swift(folder, store -> PlannedContainer.succeedingAfter(Duration.ofHours(1)));
    }

    @AfterEach
    void closeTheCloud() {
        cloud.close();
    }

    @Test
    void isLaunchedAsDirectPreferenceOptimizationAndReported() throws IOException {
        Path job = job("azure-openai", pairs());

        assertThat(oneLine(cloud.command("check", job.toString()).err()))
                .contains("FT0525", "finetune host RUN; finetune chat RUN")
                .doesNotContain("--target local");
        CommandRun planned = cloud.command("plan", job.toString(), "-o", "json");
        assertThat(planned.exitCode()).as(planned.err()).isZero();
        JsonNode plan = Json.read(planned.out(), JsonNode.class);
        assertThat(plan.path("options").findValuesAsText("target")).containsOnly("azure-openai");
        assertThat(plan.path("rejections").findValuesAsText("target")).contains("local", "sagemaker", "azure-ml");

        assertThat(oneLine(cloud.command("launch", job.toString(), "--dry-run").out()))
                .contains(
                        "\"type\" : \"dpo\"",
                        "\"dpo\" : { \"hyperparameters\" : {",
                        "\"beta\" : 0.2",
                        "\"n_epochs\" : 2")
                .doesNotContain("supervised");

        CommandRun launched = cloud.command("launch", job.toString(), "--yes");

        assertThat(launched.exitCode()).as(launched.err()).isZero();
        assertThat(cloud.azure().calls().of("FineTuning_Create"))
                .filteredOn(Call::hadEffect)
                .as("the service fails a job whose method is not that of its rows")
                .hasSize(1);
        String run = cloud.run();
        assertThat(cloud.command("show", run).out()).contains("succeeded");
        assertThat(oneLine(launched.err()))
                .contains("whether pairs of preferences were learned no metric of finetune4j");
        CommandRun reported = cloud.command("report", run);
        assertThat(reported.exitCode()).as(reported.err()).isZero();
        assertThat(oneLine(reported.out()))
                .contains("210 steps are done", "Best validation loss", "Smoothed loss | 0.693");
    }

    @Test
    void answersOnceItIsHosted() throws IOException {
        String question = "Ticket 7919: my printer number 1 does not print";
        CommandRun launched =
                cloud.command("launch", job("azure-openai", pairs()).toString(), "--yes");
        assertThat(launched.exitCode()).as(launched.err()).isZero();
        String run = cloud.run();
        CommandRun hosted = cloud.command("host", run, "--yes");
        assertThat(hosted.exitCode()).as(hosted.err()).isZero();

        CommandRun generated = cloud.command("generate", run, "--prompt", question, "-o", "json");

        assertThat(generated.exitCode()).as(generated.err()).isZero();
        JsonNode answers = Json.read(generated.out(), JsonNode.class).path("answers");
        assertThat(answers.findValuesAsText("variant")).containsExactly("base-zero-shot", "tuned");
        CommandRun said = cloud.saying(question + "\n", "chat", run);
        assertThat(said.exitCode()).as(said.err()).isZero();
        assertThat(said.out()).contains(answers.get(1).path("text").asText());
        CommandRun compared = cloud.command("eval", run, "--yes");
        assertThat(compared.exitCode()).as(compared.out()).isNotZero();
        assertThat(compared.err()).contains("FT0510");
    }

    @Test
    void countsTheRowsToCompareWithBeforeAnythingIsSent() throws IOException {
        String job = job("azure-openai", pairs().subList(0, 90)).toString();

        CommandRun checked = cloud.command("check", job);
        CommandRun launched = cloud.command("launch", job, "--yes");

        for (CommandRun run : List.of(checked, launched)) {
            assertThat(run.exitCode()).as(run.out()).isEqualTo(3);
            assertThat(oneLine(run.out() + run.err()))
                    .contains("FT0976", "compares with 10 rows or more, or none, not 9", "data.split.validation: 0");
        }
        assertThat(cloud.azure().calls().of("Files_Create")).isEmpty();
    }

    /** Ten rows, each broken in another way, are told by their numbers and at the field that is to blame. */
    @Test
    void saysOfEachBrokenRowWhatIsWrong() throws IOException {
        String question = "\"input\": {\"messages\": [{\"role\": \"user\", \"content\": \"Which port?\"}]}";
        List<String> broken = List.of(
                "{" + question + ", " + output("non_preferred_output", "no") + "}",
                "{" + question + ", " + output("preferred_output", "yes") + "}",
                "{" + question + ", " + output("preferred_output", "yes") + ", " + output("non_preferred_output", "yes")
                        + "}",
                "{\"input\": {\"messages\": [{\"role\": \"user\", \"content\": \"Which?\"}, {\"role\": \"assistant\","
                        + " \"content\": \"443\"}]}, " + both() + "}",
                "{" + question + ", \"preferred_output\": [{\"role\": \"assistant\", \"content\": \"a\"},"
                        + " {\"role\": \"assistant\", \"content\": \"b\"}], " + output("non_preferred_output", "no")
                        + "}",
                "{" + both() + "}",
                "{\"input\": {\"messages\": []}, " + both() + "}",
                "{" + question + ", " + output("preferred_output", " ") + ", " + output("non_preferred_output", "no")
                        + "}",
                "{" + question + ", \"preferred_output\": [{\"role\": \"user\", \"content\": \"a\"}], "
                        + output("non_preferred_output", "no") + "}",
                "{\"input\": {\"messages\": [{\"role\": \"user\", \"content\": \"Which?\"}], \"tools\": [{\"type\":"
                        + " \"function\"}]}, " + both() + "}");

        CommandRun checked = cloud.command(
                "check",
                job("azure-openai", List.of(String.join("\n", broken), String.join("\n", pairs())))
                        .toString());

        assertThat(checked.exitCode()).as(checked.out()).isNotZero();
        assertThat(oneLine(checked.out() + checked.err()))
                .contains(
                        "pairs.jsonl row 1: preferred_output must be a list of one message",
                        "pairs.jsonl row 2: non_preferred_output must be a list of one message",
                        "pairs.jsonl row 3: non_preferred_output is the same text as preferred_output",
                        "pairs.jsonl row 4: the last of input.messages must be the user's",
                        "pairs.jsonl row 5: preferred_output must be one message",
                        "pairs.jsonl row 6: input.messages must be a list of messages",
                        "pairs.jsonl row 7: input.messages must be a list of messages",
                        "pairs.jsonl row 8: preferred_output is empty",
                        "pairs.jsonl row 9: preferred_output must be the assistant's",
                        "pairs.jsonl row 10: input.tools are not supported")
                .doesNotContain("row 11");
    }

    /** What is not to be said is sent, too, so that its secrets are looked for. */
    @Test
    void looksForSecretsInBothAnswers() throws IOException {
        String leak = "{\"input\": {\"messages\": [{\"role\": \"user\", \"content\": \"Which key?\"}]}, "
                + output("preferred_output", "I cannot say.") + ", "
                + output("non_preferred_output", "It is AKIA" + "Q3EGRXNPLLA7WXYZ, of course.") + "}";

        CommandRun checked = cloud.command(
                "check",
                job("azure-openai", List.of(leak, String.join("\n", pairs()))).toString());

        assertThat(oneLine(checked.out() + checked.err())).contains("non_preferred_output[0].content");
    }

    @ParameterizedTest
    @ValueSource(strings = {"local", "sagemaker", "jumpstart", "bedrock", "azure-ml"})
    void isRefusedWhereAnswersAreLearnedAlone(String place) throws IOException {
        Path job = job(place, pairs());

        CommandRun checked = cloud.command("check", job.toString());

        assertThat(checked.exitCode()).as(checked.out()).isNotZero();
        assertThat(oneLine(checked.out() + checked.err()))
                .contains(
                        "FT0535", place + " does not learn which of two answers is better", "targets: [azure-openai]");
        CommandRun planned = cloud.command("plan", job.toString(), "--target", place);
        assertThat(planned.exitCode()).as(planned.out()).isNotZero();
        assertThat(oneLine(planned.err())).contains("is not learned at " + place, "targets: [azure-openai]");
    }

    @Test
    void aTaskOfAnotherKindHasNoPairs() throws IOException {
        Path job = job("azure-openai", pairs());
        String text = Files.readString(job);
        Files.writeString(job, text.replace("kind: preference", "kind: chat"));
        assertThat(oneLine(cloud.command("check", job.toString()).err()))
                .contains("FT0232", "are pairs of answers", "task.kind: preference");

        Files.writeString(job, text.replace("pairs.jsonl", "chats.jsonl"));
        Files.writeString(
                job.resolveSibling("chats.jsonl"),
                "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\"}]}\n");
        assertThat(oneLine(cloud.command("check", job.toString()).err()))
                .contains("FT0232", "have no pairs of answers", "non_preferred_output");
    }

    private Path job(String target, List<String> rows) throws IOException {
        Path at = Files.createTempDirectory(folder, "job");
        Files.write(at.resolve("pairs.jsonl"), rows);
        return Files.writeString(
                at.resolve("job.yaml"),
                "name: polite\nmodel: " + TicketsJob.MODEL + "\ntask: {kind: preference}\n"
                        + "data: {file: pairs.jsonl}\ntraining: {epochs: 2}\nbudget: {max-cost: 5 USD}\ntargets: ["
                        + target + "]\nplaces:\n" + cloud.machineLearning() + cloud.openAi() + "    beta: 0.2\n");
    }

    private static List<String> pairs() {
        return IntStream.range(0, PAIRS)
                .mapToObj(i -> "{\"input\": {\"messages\": [{\"role\": \"user\", \"content\": \"Ticket " + i * 7919
                        + ": my printer number " + i + " does not print\"}]}, "
                        + output("preferred_output", "Thank you for telling us of printer " + i + "; we look at it.")
                        + ", " + output("non_preferred_output", "Not our problem, see page " + i * 31 + ".") + "}")
                .toList();
    }

    private static String both() {
        return output("preferred_output", "yes") + ", " + output("non_preferred_output", "no");
    }

    private static String output(String field, String text) {
        return "\"" + field + "\": [{\"role\": \"assistant\", \"content\": \"" + text + "\"}]";
    }
}
