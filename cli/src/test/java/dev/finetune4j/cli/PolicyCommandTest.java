package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What must be allowed is printed for people, for programs, and as files. */
class PolicyCommandTest {
    private static final String ROLE = "arn:aws:iam::123456789012:role/finetune4j-training";

    @TempDir
    private Path folder;

    private Path job;

    @BeforeEach
    void writeJob() throws IOException {
        job = Files.writeString(folder.resolve("job.yaml"), """
                name: tickets
                model: smollm2-135m-instruct
                task: {kind: classification, prompt: "{{text}}", answer: "{{team}}"}
                data: {file: tickets.jsonl}
                targets: [sagemaker, local]
                places:
                  sagemaker: {role: "%s", store: "s3://my-bucket/jobs", region: eu-central-1}
                """.formatted(ROLE));
    }

    @Test
    void tellsWhatIsAllowedToWhomAndWhatFor() {
        CommandRun run = command("policy", job.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains(
                        "whoever launches the job\n{",
                        "the job, which runs as " + ROLE + "\n{",
                        "training-job/tickets-*",
                        "  HandOverRole: the job runs as this role",
                        "  EnterRegistries: the way to any image; IAM knows no resource for it");
    }

    @Test
    void namesThePlacesThatTheJobIsNotAskedOf() throws IOException {
        Files.writeString(job, Files.readString(job).replace("targets: [sagemaker, local]", "targets: [local]"));

        CommandRun run = command("policy", job.toString());

        assertThat(run.out()).contains("nothing");
        assertThat(run.err()).contains("of sagemaker: finetune policy " + job + " --target sagemaker");
    }

    @Test
    void printsOneAsAFile() {
        JsonNode caller =
                Json.read(command("policy", job.toString(), "--for", "caller").out(), JsonNode.class);
        JsonNode ofJob =
                Json.read(command("policy", job.toString(), "--for", "job").out(), JsonNode.class);

        assertThat(caller.at("/Statement/0/Action").toString()).contains("sagemaker:CreateTrainingJob");
        assertThat(ofJob.at("/Version").asText()).isEqualTo("2012-10-17");
        assertThat(ofJob.toString()).doesNotContain("sagemaker:CreateTrainingJob");
    }

    @Test
    void tellsOfBedrockToo() throws IOException {
        assertThat(command("policy", job.toString(), "--target", "bedrock").err())
                .contains("FT0880", "Bedrock needs to be told its role");
        Files.writeString(
                job,
                "  bedrock: {role: \"" + ROLE + "\", store: \"s3://my-bucket/jobs\", region: us-east-1}\n",
                StandardOpenOption.APPEND);
        assertThat(command("policy", job.toString(), "--target", "bedrock").err())
                .contains("FT0882");
        Files.writeString(
                job,
                Files.readString(job)
                        .replace("region: us-east-1}", "region: us-east-1, model: \"amazon.nova-micro-v1:0:128k\"}"));

        CommandRun run = command("policy", job.toString(), "--target", "bedrock");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains(
                        "\"bedrock:CreateModelCustomizationJob\"",
                        "::foundation-model/amazon.nova-micro-v1:0:128k",
                        "  LookAtModel: the tuned model",
                        "the job, which runs as " + ROLE + "\n{");
    }

    @Test
    void givesProgramsTheDocuments() {
        JsonNode all = Json.read(command("policy", job.toString(), "-o", "json").out(), JsonNode.class);

        assertThat(all.at("/policies")).hasSize(2);
        assertThat(all.at("/policies/0/holder").asText()).isEqualTo("caller");
        assertThat(all.at("/policies/1/identity").asText()).isEqualTo(ROLE);
        assertThat(all.at("/policies/1/document/Statement")).hasSize(8);
        assertThat(all.at("/policies/1/reasons/PullImage").asText()).isNotEmpty();
    }

    @Test
    void asksForNothingOnThisMachine() {
        assertThat(command("policy", job.toString(), "--target", "local").out())
                .isEqualTo("nothing has to be allowed\n");
    }

    @Test
    void tellsWhatTheJobFileLacks() throws IOException {
        Files.writeString(job, Files.readString(job).replace("role: \"" + ROLE + "\", ", ""));

        CommandRun run = command("policy", job.toString());

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err())
                .contains("FT0831", "SageMaker needs to be told its role", "job.yaml  places.sagemaker.role");
        assertThat(command("policy", job.toString(), "--target", "nowhere").err())
                .contains("FT0113");
    }

    private CommandRun command(String... arguments) {
        return CommandRun.in(folder.resolve("home"), Map.of(), arguments);
    }
}
