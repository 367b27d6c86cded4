package dev.finetune4j.cli;

import static dev.finetune4j.cli.CommandRun.oneLine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.offlinecloud.OfflineAws;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that this machine trained is merged, sent to Bedrock and imported; its own place answers for the run as before. */
@Tag("long")
class HostElsewhereTest {
    @TempDir
    private Path folder;

    @Test
    void importsAModelOnceAndEndsIt() throws IOException {
        try (CommandCloud cloud = CommandCloud.ofBedrock(folder)) {
            OfflineAws aws = cloud.aws();
            Path job = CommandCloud.bedrockJob(folder, 4716);
            String whole = Files.readString(job) + "    region: us-east-1\n";
            int places = whole.indexOf("places:");
            Files.writeString(job, whole.substring(0, places).replace("[local, bedrock]", "[local]"));
            CommandRun trained = cloud.command("run", job.toString());
            assertThat(trained.exitCode()).as(trained.err()).isIn(0, 9);
            String id = cloud.run();
            assertThat(oneLine(cloud.command("host", id).err()))
                    .contains("FT0510", "local cannot host a tuned model", "finetune host " + id + " --target bedrock");
            assertThat(cloud.command("host", id, "--target", "bedrock").err())
                    .contains("FT0880", "places.bedrock.role");
            // Nobody need have planned an import when the run was launched.
            Files.writeString(cloud.home().resolve("profile.yaml"), whole.substring(places));

            refusesWhatCannotBe(cloud, id);
            CommandRun dry = cloud.command("host", id, "--target", "bedrock", "--dry-run");
            assertThat(dry.out()).contains("s3:PutObject", "bedrock:CreateModelImportJob " + id);
            assertThat(oneLine(dry.err())).contains("4.71 USD an hour", "one custom model unit", "--model-id ARN");
            assertThat(aws.calls("PutObject")).isEmpty();
            assertThat(aws.calls("CreateModelImportJob")).isEmpty();

            CommandRun hosted = cloud.command("host", id, "--target", "bedrock", "--yes");
            assertThat(hosted.exitCode()).as(hosted.err()).isZero();
            assertThat(hosted.out()).contains(":imported-model/", "4.71 USD an hour", "with a client of bedrock");
            assertThat(cloud.command("host", id, "--target", "bedrock").exitCode())
                    .isZero();
            assertThat(aws.calls("CreateModelImportJob")).as("taken up").hasSize(1);
            assertThat(cloud.command("host", "--list").out()).contains(id, "bedrock", "import", "active");
            assertThat(cloud.command("clean", id).err()).contains("FT0530", "hosted at bedrock");

            CommandRun ended = cloud.command("host", id, "--remove", "--yes");
            assertThat(ended.out()).as(ended.err()).contains("ended arn:aws:bedrock:");
            assertThat(cloud.command("host", "--list").out()).contains("nothing is hosted");
            assertThat(cloud.command("clean", id).exitCode()).isZero();
        }
    }

    private static void refusesWhatCannotBe(CommandCloud cloud, String id) {
        assertThat(cloud.command("host", id, "--target", "bedrock", "--way", "on-demand")
                        .err())
                .contains("FT0527", "there is import");
        assertThat(cloud.command("host", id, "--target", "bedrock", "--units", "2", "--yes")
                        .err())
                .contains("FT0527", "with 1 unit at most, not 2");
        CommandRun unasked = cloud.command("host", id, "--target", "bedrock");
        assertThat(unasked.exitCode()).as(unasked.err()).isEqualTo(2);
        assertThat(unasked.err()).contains("say --yes to host at these terms");
    }
}
