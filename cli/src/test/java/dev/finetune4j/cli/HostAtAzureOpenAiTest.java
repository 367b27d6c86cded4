package dev.finetune4j.cli;

import static dev.finetune4j.cli.CommandRun.oneLine;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.OfflineAzure;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.wire.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that Azure OpenAI tuned is hosted by command, told with its price wherever somebody looks, compared, and ended. */
@Tag("long")
class HostAtAzureOpenAiTest {
    private static final String PUT = "Deployments_CreateOrUpdate";

    @TempDir
    private Path folder;

    private Path job;
    private CommandAzure cloud;
    private OfflineAzure azure;
    private String id;

    @BeforeEach
    void tuneAModel() throws IOException {
        cloud = CommandAzure.swift(folder, store -> PlannedContainer.succeedingAfter(Duration.ofHours(1)));
        azure = cloud.azure();
        job = cloud.job(folder, 4715, "azure-openai");
        CommandRun launched = command("launch", job.toString(), "--yes");
        assertThat(launched.exitCode()).as(launched.err()).isZero();
        id = cloud.run();
        assertThat(oneLine(launched.err() + launched.out() + command("why", id).out()))
                .contains("finetune host " + id);
    }

    @AfterEach
    void closeTheCloud() {
        cloud.close();
    }

    @Test
    void isHostedOnceAndTellsWhatItCostsUntilItIsEnded() {
        CommandRun unasked = command("host", id, "--way", "global");
        assertThat(unasked.exitCode()).as(unasked.err()).isEqualTo(2);
        assertThat(oneLine(unasked.err()))
                .contains("1.7 USD an hour, 1241 USD a month if it is left on")
                .contains("ended by the place after 15 days without a question")
                .contains("--way developer: 0 USD an hour")
                .contains("say --yes to host at these terms");
        CommandRun dry = command("host", id, "--dry-run");
        assertThat(oneLine(dry.err())).contains("24 h after it was made, asked or not");
        assertThat(dry.out()).contains("PUT deployments " + id, "\"DeveloperTier\"", id + "-base");
        assertThat(azure.calls().of(PUT)).isEmpty();

        azure.faults().loseAnswer(PUT, 1);
        CommandRun hosted = command("host", id, "--way", "global", "--yes");

        assertThat(hosted.exitCode()).as(hosted.err()).isZero();
        assertThat(hosted.out())
                .contains("/deployments/" + id, "1.7 USD an hour", "end      finetune host " + id + " --remove")
                .doesNotContain(Objects.requireNonNull(azure.variables().get("AZURE_CLIENT_SECRET")));
        assertThat(command("host", id, "--way", "global").exitCode())
                .as("taken up without asking")
                .isZero();
        assertThat(oneLine(command("host", id, "--way", "developer", "--yes").err()))
                .contains("FT0528", "finetune host " + id + " --remove");
        assertThat(azure.calls().of(PUT))
                .filteredOn(Call::hadEffect)
                .as("the tuned and the base model")
                .hasSize(2);
        assertThat(command("host", "--list").out()).contains(id, "global", "active", "together 1.7 USD an hour");
        assertThat(command("show", id).out()).contains("hosted    global, active, 1.7 USD an hour");
        assertThat(command("ps").err()).contains("hosted: 1.7 USD an hour; finetune host --list");
        assertThat(oneLine(command("clean", id).err())).contains("is hosted", "finetune host " + id + " --remove");

        assertThat(command("host", id, "--remove").exitCode()).isEqualTo(2);
        CommandRun ended = command("host", id, "--remove", "--yes", "-o", "json");
        assertThat(Json.read(ended.out(), JsonNode.class)).hasSize(1);
        assertThat(command("host", "--list").out()).contains("nothing is hosted");
        assertThat(azure.calls().of("Deployments_Delete"))
                .filteredOn(Call::hadEffect)
                .hasSize(2);
    }

    /** The hosted model is talked with as one on this machine is, and compared with its base model for an agreed price. */
    @Test
    void answersAndIsComparedOnceItIsHosted() throws IOException {
        assertThat(command("generate", id, "--prompt", "x").err()).contains("FT0510", "finetune host " + id);
        assertThat(command("host", id, "--yes").exitCode()).isZero();

        CommandRun generated =
                command("generate", id, "--prompt", firstTicket(), "--max-new-tokens", "40", "-o", "json");
        assertThat(generated.exitCode()).as(generated.err()).isZero();
        JsonNode answers = Json.read(generated.out(), JsonNode.class).path("answers");
        assertThat(answers.findValuesAsText("variant")).containsExactly("base-zero-shot", "tuned");
        assertThat(cloud.saying(firstTicket() + "\n", "chat", id).out())
                .contains(answers.get(1).path("text").asText());

        CommandRun unasked = command("eval", id);
        assertThat(unasked.exitCode()).as(unasked.err()).isEqualTo(2);
        assertThat(oneLine(unasked.err())).contains("questions to /subscriptions/", "say --yes to ask");
        int asked = azure.calls().of("ChatCompletions_Create").size();
        CommandRun evaluated = command("eval", id, "--yes", "-o", "json");
        assertThat(evaluated.exitCode()).as(evaluated.err()).isIn(0, 9);
        JsonNode report = Json.read(evaluated.out(), JsonNode.class);
        assertThat(value(report, "tuned")).isGreaterThan(value(report, "base-zero-shot"));
        assertThat(azure.calls().of("ChatCompletions_Create"))
                .hasSize(asked + 2 * report.path("rows").asInt());
        assertThat(command("report", id).out()).contains("macro-F1 1.00").doesNotContain("were not compared");
    }

    private static double value(JsonNode report, String variant) {
        return Stream.iterate(0, i -> i < report.path("variants").size(), i -> i + 1)
                .map(report.path("variants")::get)
                .filter(one -> one.path("variant").asText().equals(variant))
                .mapToDouble(one -> one.at("/metrics/macro-f1/value").asDouble())
                .findFirst()
                .orElseThrow();
    }

    private String firstTicket() throws IOException {
        String row = Files.readAllLines(job.resolveSibling("tickets.jsonl")).get(0);
        return Json.read(row, JsonNode.class).path("text").asText();
    }

    /** Training works and deploying does not: another permission, which its error names. */
    @Test
    void refusesWhatItCannotHostAndTellsWhy() {
        assertThat(oneLine(command("host", id, "--way", "by-balloon").err()))
                .contains("FT0527", "there is developer, global, regional");
        azure.faults().denyAccess(PUT, 1);
        CommandRun denied = command("host", id, "--yes");
        assertThat(denied.exitCode()).as(denied.err()).isEqualTo(4);
        assertThat(oneLine(denied.err())).contains("FT0993", "--for host");
        assertThat(command("policy", job.toString(), "--for", "host").out())
                .contains("Microsoft.CognitiveServices/accounts/deployments/write");
        assertThat(command("host", "--list").out()).doesNotContain("active");
    }

    /** Somebody's run that this machine does not know costs something by the hour: it is seen, and ended only on purpose. */
    @Test
    void garbageIsFoundAndEndedOnlyWhereThatIsSaid() {
        assertThat(command("host", id, "--way", "global", "--yes").exitCode()).isZero();
        List<String> all = List.of("gc", job.toString(), "--older-than", "0s", "--yes", "-o", "json");
        assertThat(kept(command(with(all, "--hosted")))).contains("finetune host " + id + " --remove");

        Path elsewhere = folder.resolve("another-machine");
        CommandRun shown = CommandRun.in(elsewhere, cloud.environment(), with(all));
        assertThat(kept(shown)).isEqualTo("nobody here; --hosted ends it with --yes");
        CommandRun ended = CommandRun.in(elsewhere, cloud.environment(), with(all, "--hosted"));
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(kept(ended)).isEmpty();
        assertThat(azure.openAi().hostingBill()).isPositive();
        assertThat(command("host", "--list").out()).contains("nothing is hosted");
    }

    private static String kept(CommandRun gc) {
        for (JsonNode entry : Json.read(gc.out(), JsonNode.class)) {
            if (entry.path("hosted").isObject()) {
                return entry.path("kept").asText();
            }
        }
        throw new AssertionError("nothing hosted is told: " + gc.out() + gc.err());
    }

    private static String[] with(List<String> words, String... more) {
        return Stream.concat(words.stream(), Stream.of(more)).toArray(String[]::new);
    }

    private CommandRun command(String... arguments) {
        return cloud.command(arguments);
    }
}
