package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cloud that is started by a command serves the other commands, and ends with its process. */
class OfflineCloudCommandTest {
    private static final Path MODEL = Path.of("../local-runner/junit/src/test/resources/tickets/model");

    @TempDir
    private Path folder;

    @Test
    void servesTheOtherCommandsByTheVariablesThatItPrintsAndLeavesNothing() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(JavaProcess.command(
                        List.of(), Main.class, List.of("offline-cloud", "start", "aws", "--model", MODEL.toString())))
                .redirectError(folder.resolve("told").toFile());
        builder.environment().put("FINETUNE_HOME", folder.resolve("cloud").toString());
        Process cloud = builder.start();
        try (BufferedReader printed =
                new BufferedReader(new InputStreamReader(cloud.getInputStream(), StandardCharsets.UTF_8))) {
            Map<String, String> variables = new HashMap<>();
            for (int i = 0; i < 7; i++) {
                String[] variable = Objects.requireNonNull(printed.readLine()).split("[ =]", 3);
                assertThat(variable[0]).isEqualTo("export");
                variables.put(variable[1], variable[2]);
            }
            assertThat(variables)
                    .containsOnlyKeys(
                            "AWS_ENDPOINT_URL",
                            "AWS_ACCESS_KEY_ID",
                            "AWS_SECRET_ACCESS_KEY",
                            "AWS_REGION",
                            "AWS_DEFAULT_REGION",
                            "SAGEMAKER_USER_CONFIG_OVERRIDE",
                            "OFFLINE_CLOUD_CONTROL");
            assertThat(Path.of(variables.get("SAGEMAKER_USER_CONFIG_OVERRIDE")))
                    .as("the SageMaker SDK's settings")
                    .content()
                    .contains("TelemetryOptOut: true", "DefaultS3Bucket: my-bucket");
            Path job = Files.writeString(folder.resolve("job.yaml"), """
                    name: tickets
                    model: smollm2-135m-instruct
                    task: {kind: classification, prompt: "{{text}}", answer: "{{team}}"}
                    data: {file: tickets.jsonl}
                    targets: [sagemaker]
                    places:
                      sagemaker: {role: "arn:aws:iam::123456789012:role/finetune4j-training", store: "s3://my-bucket/jobs"}
                    """);
            variables.put("PATH", System.getenv("PATH"));

            CommandRun kept = CommandRun.in(folder.resolve("home"), variables, "gc", job.toString());
            CommandRun seen = CommandRun.in(folder.resolve("home"), variables, "doctor", "aws", job.toString());

            assertThat(kept.out()).as(kept.err()).contains("nothing is kept there");
            assertThat(seen.out())
                    .as(seen.err())
                    .contains("123456789012", "s3://my-bucket/jobs can be read from eu-central-1");

            CommandRun tuned = CommandRun.in(
                    folder.resolve("home"),
                    variables,
                    "launch",
                    jobAt("jumpstart", 4717).toString(),
                    "--yes");
            assertThat(tuned.exitCode()).as(tuned.err()).isZero();
            assertThat(tuned.err()).contains("loss ");

            CommandRun ofBedrock = CommandRun.in(
                    folder.resolve("home"),
                    variables,
                    "launch",
                    jobAt("bedrock", 4718).toString(),
                    "--yes");
            assertThat(ofBedrock.exitCode()).as(ofBedrock.err()).isZero();
            assertThat(ofBedrock.err()).contains("loss ");
        } finally {
            cloud.destroy();
        }
        cloud.waitFor();
        assertThat(folder.resolve("cloud/cache")).isEmptyDirectory();
    }

    /** At the place that the command told, as it is. */
    private Path jobAt(String target, long seed) throws IOException {
        String place = Files.readAllLines(folder.resolve("told")).stream()
                .filter(line -> line.startsWith("  " + target + ": {"))
                .findFirst()
                .orElseThrow();
        Path job = TicketsJob.write(Files.createDirectories(folder.resolve(target)), seed);
        Files.writeString(
                job,
                Files.readString(job)
                        .replace("epochs: 4", "epochs: 1")
                        .replace("few-shot: 0", "few-shot: 0, gate: {better-than-base: false, at-least: 0.01}"));
        String settings = target.equals("jumpstart")
                ? ", logging-steps: 1, per-device-train-batch-size: 8, lora-r: 8, gradient-accumulation-steps: 1}"
                : "}";
        return Files.writeString(
                job,
                "budget: {max-cost: 5 USD}\ntargets: [" + target + "]\nplaces:\n" + place.replaceFirst("}$", settings)
                        + "\n",
                StandardOpenOption.APPEND);
    }

    @Test
    @Tag("long")
    void azureIsFoundByAnyProgramThatHasItsVariables() throws Exception {
        Path shared = Files.createDirectories(Path.of("../target/azurite")).toRealPath();
        Files.createSymbolicLink(
                Files.createDirectories(folder.resolve("cloud/cache")).resolve("azurite"), shared);
        ProcessBuilder builder = new ProcessBuilder(JavaProcess.command(
                        List.of(), Main.class, List.of("offline-cloud", "start", "azure", "-o", "json")))
                .redirectError(folder.resolve("told").toFile());
        builder.environment().put("FINETUNE_HOME", folder.resolve("cloud").toString());
        Process cloud = builder.start();
        try (BufferedReader printed =
                new BufferedReader(new InputStreamReader(cloud.getInputStream(), StandardCharsets.UTF_8))) {
            StringBuilder variables = new StringBuilder();
            while (!variables.toString().endsWith("}")) {
                variables.append(Objects.requireNonNull(printed.readLine()));
            }
            ProcessBuilder python = new ProcessBuilder("python3", "-c", """
                    import json, os, sys, urllib.request
                    os.environ.update(json.loads(sys.argv[1]))
                    with urllib.request.urlopen(os.environ["ARM_CLOUD_METADATA_URL"]) as answer:
                        print([cloud["name"] for cloud in json.load(answer)])
                    """, variables.toString());
            Process asked = python.redirectErrorStream(true).start();

            assertThat(new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("['OfflineCloud', 'AzureCloud']\n");
            assertThat(folder.resolve("told"))
                    .content()
                    .containsPattern(
                            "azure-ml: \\{subscription: .*, store: \"https://127.0.0.1:\\d+/devstoreaccount1/jobs\"}")
                    .containsPattern(
                            "azure-openai: \\{endpoint: \"https://127.0.0.1:\\d+/my-openai\", subscription: .*, region: swedencentral, scope: global, model: gpt-4.1-nano}");
        } finally {
            cloud.destroy();
        }
        cloud.waitFor();
        assertThat(folder.resolve("cloud/cache").toFile().list()).containsExactly("azurite");
    }

    @Test
    void saysWhatAzureNeeds() throws IOException {
        Files.writeString(Files.createDirectories(folder.resolve("home/cache")).resolve("azurite"), "no folder");

        CommandRun run = CommandRun.in(folder.resolve("home"), Map.of(), "offline-cloud", "start", "azure");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains("npm installs Azurite", "FT0011", "apt-get install nodejs npm", folder.toString());
        assertThat(folder.resolve("home/cache").toFile().list()).containsExactly("azurite");
        assertThat(CommandRun.in(folder.resolve("home"), Map.of(), "offline-cloud", "start", "gcp")
                        .err())
                .contains("there are \"start aws\" and \"start azure\" only");
    }

    @Test
    void saysWhatIsNoModelForTheHub() {
        CommandRun run = CommandRun.in(
                folder.resolve("home"), Map.of(), "offline-cloud", "start", "aws", "--model", folder.toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--model is no folder with a config.json:", folder.toString());
        assertThat(CommandRun.in(
                                folder.resolve("home"),
                                Map.of(),
                                "offline-cloud",
                                "start",
                                "azure",
                                "--model",
                                MODEL.toString())
                        .err())
                .contains("azure takes no --model");
    }
}
