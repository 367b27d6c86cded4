package dev.finetune4j.cli;

import static dev.finetune4j.cli.CommandRun.oneLine;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.wire.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that Bedrock tuned is hosted by command, told with its price wherever somebody looks, and ended. */
@Tag("long")
class HostAtBedrockTest {
    @TempDir
    private Path folder;

    private Path job;
    private OfflineAws aws;
    private CommandCloud cloud;
    private String id;

    @BeforeEach
    void tuneAModel() throws IOException {
        cloud = CommandCloud.ofBedrock(folder);
        aws = cloud.aws();
        job = CommandCloud.bedrockJob(folder, 4715);
        CommandRun launched = command("launch", job.toString(), "--target", "bedrock", "--yes");
        assertThat(launched.exitCode()).as(launched.err()).isZero();
        id = cloud.run();
    }

    @AfterEach
    void closeTheCloud() {
        cloud.close();
    }

    @Test
    void isHostedOnceAndTellsWhatItCostsUntilItIsEnded() throws IOException {
        CommandRun unasked = command("host", id);
        assertThat(unasked.exitCode()).as(unasked.err()).isEqualTo(2);
        assertThat(unasked.err()).contains("say --yes to host at these terms");
        CommandRun dry = command("host", id, "--dry-run");
        assertThat(dry.out()).contains("bedrock:CreateCustomModelDeployment " + id, "\"clientRequestToken\"");
        assertThat(oneLine(dry.err() + dry.out())).contains(readme());
        assertThat(aws.calls("CreateCustomModelDeployment")).isEmpty();

        aws.faults().loseAnswer("CreateCustomModelDeployment", 1);
        CommandRun hosted = command("host", id, "--yes");

        assertThat(hosted.exitCode()).as(hosted.err()).isZero();
        assertThat(hosted.out())
                .contains(":custom-model-deployment/", "0 USD an hour", "end      finetune host " + id + " --remove")
                .doesNotContain(aws.secretAccessKey());
        assertThat(command("host", id).exitCode()).as("taken up without asking").isZero();
        assertThat(command("host", id, "--remove", "--dry-run", "--yes").exitCode())
                .as("a dry run removes nothing")
                .isEqualTo(2);
        assertThat(aws.calls("CreateCustomModelDeployment").stream()
                        .map(call -> call.request().path("clientRequestToken").asText())
                        .distinct())
                .as("asked for again by the same token, for which there is one deployment")
                .hasSize(1);
        assertThat(command("host", "--list").out())
                .contains("RUN", "AN HOUR", id, "on-demand", "active", "together 0 USD an hour");
        assertThat(command("show", id).out()).contains("hosted    on-demand, active, 0 USD an hour");
        assertThat(command("ps").err()).contains("hosted: 0 USD an hour; finetune host --list");
        JsonNode listed = json("host", "--list").at("/hosted/0/model");
        assertThat(listed.path("reference").asText()).contains(":custom-model-deployment/");
        assertThat(json("ps").at("/runs/0/hosted/model")).isEqualTo(listed);
        assertThat(json("show", id).at("/hosted/model")).isEqualTo(listed);
        assertThat(command("why", id).out()).contains("told bedrock to host its model on-demand");
        assertThat(oneLine(command("clean", id).err()))
                .contains("FT0903", "is hosted", "finetune host " + id + " --remove");

        assertThat(command("host", id, "--remove").exitCode()).isEqualTo(2);
        JsonNode ended =
                Json.read(command("host", id, "--remove", "--yes", "-o", "json").out(), JsonNode.class);
        assertThat(ended).hasSize(1);
        assertThat(command("host", "--list").out()).contains("nothing is hosted");
        assertThat(command("host", id, "--remove").out()).contains("nothing is hosted of " + id);
    }

    /** The hosted model is talked with as one on this machine is, and compared with its base model for an agreed price. */
    @Test
    void answersAndIsComparedOnceItIsHosted() throws IOException {
        CommandRun early = command("generate", id, "--prompt", "x");
        assertThat(early.err()).contains("FT0510", "finetune host " + id);
        assertThat(command("host", id, "--yes").exitCode()).isZero();

        CommandRun generated =
                command("generate", id, "--prompt", firstTicket(), "--max-new-tokens", "40", "-o", "json");
        assertThat(generated.exitCode()).as(generated.err()).isZero();
        JsonNode answers = Json.read(generated.out(), JsonNode.class).path("answers");
        assertThat(answers.findValuesAsText("variant")).containsExactly("base-zero-shot", "tuned");
        assertThat(answers.get(1).path("text").asText())
                .isNotEqualTo(answers.get(0).path("text").asText());
        assertThat(cloud.saying(firstTicket() + "\n", "chat", id).out())
                .contains(answers.get(1).path("text").asText());

        CommandRun unasked = command("eval", id);
        assertThat(unasked.exitCode()).as(unasked.err()).isEqualTo(2);
        assertThat(oneLine(unasked.err()))
                .contains("questions to arn:aws:bedrock:", "read,", "cost not known here", "say --yes to ask");
        long asked = aws.calls("Converse").size();
        CommandRun evaluated = command("eval", id, "--yes", "-o", "json");
        assertThat(evaluated.exitCode()).as(evaluated.err()).isIn(0, 9);
        JsonNode report = Json.read(evaluated.out(), JsonNode.class);
        assertThat(report.path("mainMetric").asText()).isEqualTo("macro-f1");
        assertThat(value(report, "tuned")).isGreaterThan(value(report, "base-zero-shot"));
        assertThat(aws.calls("Converse"))
                .hasSize((int) (asked + 2 * report.path("rows").asLong()));
        assertThat(command("report", id).out()).contains("macro-F1 1.00").doesNotContain("were not compared");
        assertThat(command("ps").out()).contains("macro-F1 ");

        CommandRun again = command("eval", id);
        assertThat(again.exitCode()).as("what was answered is not asked again").isIn(0, 9);
        assertThat(aws.calls("Converse"))
                .hasSize((int) (asked + 2 * report.path("rows").asLong()));
    }

    private static double value(JsonNode report, String variant) {
        for (JsonNode one : report.path("variants")) {
            if (one.path("variant").asText().equals(variant)) {
                return one.path("metrics").path("macro-f1").path("value").asDouble();
            }
        }
        throw new AssertionError(variant + " is not in " + report);
    }

    private String firstTicket() throws IOException {
        String row = Files.readAllLines(job.resolveSibling("tickets.jsonl")).get(0);
        return Json.read(row, JsonNode.class).path("text").asText();
    }

    @Test
    void refusesWhatItCannotHost() {
        assertThat(command("host", "nobody").err()).contains("FT0504");
        assertThat(oneLine(command("host", id, "--way", "by-balloon").err()))
                .contains("FT0527", "there is on-demand, provisioned, provisioned-1-month, provisioned-6-months");
        assertThat(command("host").exitCode()).isEqualTo(2);
        assertThat(command("host", id, "--units", "0").exitCode()).isEqualTo(2);
        assertThat(oneLine(command("host", id, "--way", "provisioned", "--units", "2", "--yes", "--unknown-price")
                        .err()))
                .contains("an hour costs what is not known here", "FT0908");
        assertThat(oneLine(command("host", id, "--way", "provisioned", "--yes").err()))
                .contains("FT0002", "finetune host " + id + " --way provisioned --yes --unknown-price");
        aws.bedrock().modelUnits(0);
        CommandRun quota = command("host", id, "--way", "provisioned", "--yes", "--unknown-price");
        assertThat(quota.exitCode()).as(quota.err()).isEqualTo(5);
        assertThat(quota.err()).contains("FT0896");
        assertThat(command("host", "--list").out()).contains("nothing is hosted");
    }

    /** Somebody's run that this machine does not know costs something by the hour: it is seen, and ended only on purpose. */
    @Test
    void garbageIsFoundAndEndedOnlyWhereThatIsSaid() throws IOException {
        assertThat(command("host", id, "--yes").exitCode()).isZero();
        Files.writeString(job, "    region: us-east-1\n", StandardOpenOption.APPEND); // as nobody plans what gc does
        List<String> all = List.of("gc", job.toString(), "--older-than", "0s", "--yes", "-o", "json");
        aws.faults().breakDown("ListCustomModelDeployments", 4);
        CommandRun unreached = command(with(all, "--hosted"));
        assertThat(unreached.out()).contains("what hosts models", "not told: FT0894");
        assertThat(kept(unreached)).isEqualTo("its run, if it is there? \"finetune host " + id + " --remove\" ends it");
        CommandRun known = command(with(all, "--hosted"));
        assertThat(known.exitCode()).as(known.err()).isZero();
        assertThat(kept(known)).contains("finetune host " + id + " --remove");
        assertThat(command("host", "--list").out()).contains(id);

        Path elsewhere = folder.resolve("another-machine");
        CommandRun shown = CommandRun.in(elsewhere, cloud.environment(), with(all));
        assertThat(shown.exitCode()).as(shown.err()).isZero();
        assertThat(kept(shown)).isEqualTo("nobody here; --hosted ends it with --yes");
        assertThat(command("host", "--list").out()).contains(id);
        CommandRun ended = CommandRun.in(elsewhere, cloud.environment(), with(all, "--hosted"));
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(kept(ended)).isEmpty();
        assertThat(aws.calls("DeleteCustomModelDeployment"))
                .filteredOn(Call::hadEffect)
                .hasSize(1);
        assertThat(command("host", "--list").out()).contains("nothing is hosted");
    }

    /** What a place does not let go is told at the end, with what it is; the rest goes. */
    @Test
    void garbageThatIsRefusedKeepsNothingElseFromGoing() throws IOException {
        assertThat(command("host", id, "--yes").exitCode()).isZero();
        Files.writeString(job, "    region: us-east-1\n", StandardOpenOption.APPEND);
        Path elsewhere = folder.resolve("another-machine");
        String[] all = {"gc", job.toString(), "--older-than", "0s", "--yes", "--hosted", "-o", "json"};
        aws.faults().denyAccess("DeleteObjects", 2).breakDown("DeleteCustomModelDeployment", 4);

        CommandRun both = CommandRun.in(elsewhere, cloud.environment(), all);
        CommandRun one = CommandRun.in(elsewhere, cloud.environment(), all);
        CommandRun none = CommandRun.in(elsewhere, cloud.environment(), all);

        assertThat(both.exitCode()).as("the worst of the two: %s", both.err()).isEqualTo(5);
        assertThat(both.err()).contains("FT0864", "FT0894");
        assertThat(kept(both)).isEqualTo("not removed: FT0894");
        assertThat(one.exitCode()).as(one.err()).isEqualTo(4);
        assertThat(one.out()).contains("not removed: FT0864");
        assertThat(kept(one)).isEmpty();
        assertThat(aws.calls("DeleteCustomModelDeployment"))
                .filteredOn(Call::hadEffect)
                .hasSize(1);
        assertThat(none.exitCode()).as(none.err()).isZero();
    }

    private static String[] with(List<String> words, String... more) {
        return Stream.concat(words.stream(), Stream.of(more)).toArray(String[]::new);
    }

    /** What gc keeps the one hosted model for, which it tells with its price. */
    private static String kept(CommandRun gc) {
        for (JsonNode entry : Json.read(gc.out(), JsonNode.class)) {
            JsonNode hosted = entry.path("hosted");
            if (hosted.isObject()) {
                assertThat(hosted.at("/way/perHour/amount").isMissingNode())
                        .as(entry.toString())
                        .isFalse();
                return entry.path("kept").asText();
            }
        }
        throw new AssertionError("nothing hosted is told: " + gc.out());
    }

    /** What README shows of it, for this run. */
    private String readme() throws IOException {
        String shown = "$ ./finetune host tickets-3f9c2a71-1 --dry-run\n";
        String readme = Files.readString(Path.of("../README.md"));
        int start = readme.indexOf(shown) + shown.length();
        return oneLine(readme.substring(start, readme.indexOf("...\n", start)))
                .strip()
                .replace("tickets-3f9c2a71-1", id);
    }

    private JsonNode json(String... words) {
        return Json.read(command(with(List.of(words), "-o", "json")).out(), JsonNode.class);
    }

    private CommandRun command(String... arguments) {
        return cloud.command(arguments);
    }
}
