package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cloud that is started by a command serves the other commands, and ends with its process. */
class OfflineCloudCommandTest {
    @TempDir
    private Path folder;

    @Test
    void servesTheOtherCommandsByTheVariablesThatItPrintsAndLeavesNothing() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        JavaProcess.command(List.of(), Main.class, List.of("offline-cloud", "start", "aws")))
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("FINETUNE_HOME", folder.resolve("cloud").toString());
        Process cloud = builder.start();
        try (BufferedReader printed =
                new BufferedReader(new InputStreamReader(cloud.getInputStream(), StandardCharsets.UTF_8))) {
            Map<String, String> variables = new HashMap<>();
            for (int i = 0; i < 4; i++) {
                String[] variable = Objects.requireNonNull(printed.readLine()).split("[ =]", 3);
                assertThat(variable[0]).isEqualTo("export");
                variables.put(variable[1], variable[2]);
            }
            assertThat(variables)
                    .containsOnlyKeys("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION");
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
        } finally {
            cloud.destroy();
        }
        cloud.waitFor();
        assertThat(folder.resolve("cloud/cache")).isEmptyDirectory();
    }
}
