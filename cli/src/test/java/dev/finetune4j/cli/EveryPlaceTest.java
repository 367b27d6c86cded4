package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.openai.OpenAiPace;
import dev.finetune4j.offlinecloud.sagemaker.ProcessContainer;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunEvent.StepCompleted;
import dev.finetune4j.testkit.PeftImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One job file on this machine and at every place of both clouds: its reports have the same sections in the same words, what one of them lacks
 * it says, and where the same trainer runs its losses are the same to the last digit. Needs what the vendors' images bring, 2 GB of it.
 */
@Tag("slow")
class EveryPlaceTest {
    private static final String REGION = "us-east-1";
    private static final List<String> CLOUDS = List.of("sagemaker", "jumpstart", "bedrock", "azure-ml", "azure-openai");

    /** The service tells whole seconds: what takes less takes no time. */
    private static final OpenAiPace TOLD = new OpenAiPace(
            Duration.ofMillis(100),
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofMillis(100),
            Duration.ofMillis(50));

    @TempDir
    private Path folder;

    private Path job;
    private CommandCloud cloud;
    private CommandAzure azure;

    @BeforeEach
    void openTheClouds() throws Exception {
        String path = PeftImage.install().bin() + ":/usr/bin:/bin";
        cloud = CommandCloud.ofHub(
                folder,
                REGION,
                (machines, store) -> new ProcessContainer(machines, store, Map.of("PATH", path), Clock.systemUTC()));
        azure = CommandAzure.training(folder, path);
        azure.azure().openAi().pace(TOLD);
        job = TicketsJob.write(Files.createTempDirectory(folder, "job"), 4719);
        Files.writeString(
                job,
                Files.readString(job)
                        .replace("split: {test: 0.25}", "split: {test: 0.25, validation: 0.1}")
                        .replace(
                                "evaluation: {few-shot: 0}",
                                "evaluation: {few-shot: 0, gate: {metric: macro-f1, better-than-base: false, at-least: 0.01}}"));
        Files.writeString(
                job,
                """
                budget: {max-cost: 5 USD}
                places:
                  sagemaker: {role: "%s", store: "s3://my-bucket/jobs", region: %s}
                """.formatted(CommandCloud.ROLE, REGION)
                        + CommandCloud.jumpStart(REGION)
                        + CommandCloud.bedrock()
                        + "    region: " + REGION + "\n" // as nobody plans an import
                        + azure.machineLearning()
                        + azure.openAi(),
                StandardOpenOption.APPEND);
    }

    @AfterEach
    void closeTheClouds() {
        azure.close();
        cloud.close();
    }

    @Test
    void reportsOfOneJobLookAlikeWhereverItRan() throws IOException {
        Map<String, String> runs = new LinkedHashMap<>();
        runs.put("local", launched("local"));
        for (String place : CLOUDS) {
            runs.put(place, launched(place));
        }

        List<String> compare = new ArrayList<>(List.of("compare"));
        compare.addAll(runs.values());
        CommandRun compared = command(compare.toArray(String[]::new));

        Map<String, String> reports = new LinkedHashMap<>();
        for (Map.Entry<String, String> run : runs.entrySet()) {
            String text = command("report", run.getValue()).out();
            reports.put(run.getKey(), text);
            String html = Files.readString(folder.resolve("home/runs/" + run.getValue() + "/report.html"));
            assertThat(text).as(run.getKey()).contains("| Time |", "Smoothed loss", "Best validation loss");
            assertThat(html)
                    .as(run.getKey())
                    .contains("Loss by optimizer step", "How training went", "Where the time went")
                    .doesNotContain("NaN");
        }
        List<String> ours = sections(reports.getOrDefault("local", ""));
        assertThat(ours).contains("Does it pay?", "Training", "Foreseen and actual", "Where it came from");
        assertThat(sections(reports.getOrDefault("sagemaker", ""))).isEqualTo(ours);
        assertThat(sections(reports.getOrDefault("jumpstart", ""))).isEqualTo(ours);
        assertThat(sections(reports.getOrDefault("azure-ml", ""))).isEqualTo(ours);
        List<String> uncompared = new ArrayList<>(List.of("What to do"));
        uncompared.addAll(ours);
        uncompared.removeAll(List.of("Does it pay?", "Label by label", "Rows that tuning changed"));
        for (String place : List.of("bedrock", "azure-openai")) {
            assertThat(sections(reports.getOrDefault(place, ""))).as(place).isEqualTo(uncompared);
            assertThat(reports.get(place)).as(place).contains("were not compared", "finetune host ");
        }
        for (String place : List.of("local", "sagemaker", "jumpstart", "azure-ml")) {
            assertThat(reports.get(place)).as(place).contains("Gate passed", "Label by label");
        }
        for (String place : CLOUDS) {
            assertThat(reports.get(place)).as(place).contains("| Spend |");
        }
        for (String place : List.of("sagemaker", "jumpstart", "azure-ml")) {
            assertThat(reports.get(place)).as(place).contains("It cost ", " of the budget of 5 USD");
        }
        assertThat(reports.get("bedrock")).contains("not told by the place", "It cost at most ");

        assertThat(compared.exitCode()).as(compared.err()).isZero();
        assertThat(compared.out()).contains("macro-F1", "best validation loss", "total time", "cost");

        List<StepCompleted> steps = steps(Objects.requireNonNull(runs.get("sagemaker")));
        assertThat(steps).isNotEmpty();
        assertThat(steps(Objects.requireNonNull(runs.get("azure-ml"))))
                .as("seed and trainer are the same")
                .usingRecursiveFieldByFieldElementComparatorOnFields("step", "loss", "learningRate", "gradientNorm")
                .isEqualTo(steps);
    }

    private List<StepCompleted> steps(String run) throws IOException {
        try (Stream<String> lines = Files.lines(folder.resolve("home/runs/" + run + "/events.jsonl"))) {
            return lines.map(line -> Json.read(line, RunEvent.class))
                    .filter(StepCompleted.class::isInstance)
                    .map(StepCompleted.class::cast)
                    .toList();
        }
    }

    /** It is merged here, and hosted where nobody trained it. */
    @Test
    void whatSageMakerTrainedIsHostedAtBedrock() {
        String run = launched("sagemaker");

        CommandRun hosted = command("host", run, "--target", "bedrock", "--yes");

        assertThat(hosted.exitCode()).as(hosted.err()).isZero();
        assertThat(hosted.out()).contains(":imported-model/", "4.71 USD an hour");
        assertThat(cloud.aws().calls("CreateModelImportJob")).hasSize(1);
        CommandRun ended = command("host", run, "--remove", "--yes");
        assertThat(ended.out()).as(ended.err()).contains("ended arn:aws:bedrock:");
    }

    private String launched(String place) {
        CommandRun run = command("launch", job.toString(), "--target", place, "--yes");
        assertThat(run.exitCode()).as(place + "\n" + run.err()).isZero();
        return cloud.run();
    }

    /** A command that finds both clouds. */
    private CommandRun command(String... arguments) {
        Map<String, String> environment = new HashMap<>(cloud.environment());
        environment.putAll(azure.environment());
        return CommandRun.in(cloud.home(), environment, arguments);
    }

    private static List<String> sections(String report) {
        return Pattern.compile("(?m)^## (.*)$")
                .matcher(report)
                .results()
                .map(heading -> heading.group(1))
                .toList();
    }
}
