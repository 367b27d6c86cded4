package dev.finetune4j.cli;

import static dev.finetune4j.cli.CommandRun.oneLine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.bedrock.TuningPace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands for a job at Bedrock, against an offline one that reads the rows and learns from them. */
class LaunchAtBedrockTest {
    @TempDir
    private Path folder;

    private Path job;
    private OfflineAws aws;
    private CommandCloud cloud;

    @BeforeEach
    void openTheCloud() throws IOException {
        cloud = CommandCloud.ofBedrock(folder);
        aws = cloud.aws();
        job = CommandCloud.bedrockJob(folder, 4714);
    }

    @AfterEach
    void closeTheCloud() {
        cloud.close();
    }

    @Test
    void saysWhatItMayCostAndLaunchesNothingUntilSomebodyAgrees() {
        CommandRun run = command("launch", job.toString(), "--target", "bedrock");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(oneLine(run.err()))
                .contains(
                        "launch bedrock amazon.nova-micro-v1:0:128k, us-east-1, regional",
                        "at 1 USD a million tokens (2026-08-10)",
                        "since no count gives more than",
                        "a token is at least a byte of UTF-8",
                        "of a budget of 5 USD",
                        "after 1.95 USD a month: kept by bedrock, asked or not",
                        "FT0525: bedrock only trains: base and tuned model are not compared, and no gate is judged",
                        "say --yes")
                .doesNotContain(aws.secretAccessKey());
        assertNothingWasLaunched();
    }

    @Test
    void wantsABudgetOfMoneyThatPaysForEveryToken() throws IOException {
        budget("{max-time: 9h}");
        Files.writeString(job, Files.readString(job).replace("targets: [local, bedrock]", "targets: [bedrock]"));
        CommandRun checked = command("check", job.toString());
        CommandRun none = command("launch", job.toString(), "--target", "bedrock", "--yes");
        budget("{max-cost: 0.01 USD}");
        CommandRun little = command("launch", job.toString(), "--target", "bedrock", "--yes");

        assertThat(oneLine(checked.out() + checked.err()))
                .contains(
                        "FT0520: bedrock bills tokens, and the job has no budget of money: a launch will be refused",
                        "budget: {max-time: 9h, max-cost: 5 USD}",
                        "\"finetune plan " + job + "\" foresees how much it takes");
        assertThat(none.exitCode()).as(none.err()).isEqualTo(6);
        assertThat(none.err()).contains("FT0520", "budget.max-cost: 0.");
        assertThat(little.exitCode()).as(little.err()).isEqualTo(6);
        assertThat(little.err()).contains("FT0521", "may cost up to 0.", "budget.max-cost: 0.");
        assertNothingWasLaunched();
    }

    @Test
    void saysWhatTheModelDoesNotTakeBeforeAnythingIsSent() throws IOException {
        Files.writeString(job, Files.readString(job).replace("epochs: 4", "epochs: 6"));
        CommandRun epochs = command("launch", job.toString(), "--target", "bedrock", "--yes");
        Files.writeString(
                job,
                Files.readString(job)
                        .replace("epochs: 6", "epochs: 4")
                        .replace("    model: amazon.nova-micro-v1:0:128k\n", ""));
        CommandRun unnamed = command("launch", job.toString(), "--target", "bedrock", "--yes");

        assertThat(epochs.exitCode()).as(epochs.err()).isEqualTo(5);
        assertThat(oneLine(epochs.err()))
                .contains(
                        "bedrock does not tune tickets as it is",
                        "amazon.nova-micro-v1:0:128k: takes no more than 5 epochs, the job has 6");
        assertThat(unnamed.exitCode()).as(unnamed.err()).isEqualTo(5);
        assertThat(oneLine(unnamed.err())).contains("places.bedrock.model: amazon.nova-micro-v1:0:128k");
        assertNothingWasLaunched();
    }

    /** Unless another place has nothing against its own: then it is the plan that tells of both. */
    @Test
    void saysWhatThePlaceHasAgainstSettingsOfWhichThePlanKnowsNothing() throws IOException {
        String shortened = Files.readString(job).replace("amazon.nova-micro-v1:0:128k", "amazon.nova-micro-v1:0");
        Files.writeString(job, shortened);
        CommandRun alone = command("launch", job.toString(), "--target", "bedrock", "--yes");
        Files.writeString(job, shortened.replace("places:\n", """
                        places:
                          sagemaker:
                            role: "%s"
                            store: "s3://my-bucket/jobs"
                            region: us-east-1
                            machine: ml.c5.4xlarge
                        """.formatted(CommandCloud.ROLE)));
        CommandRun both = command("launch", job.toString(), "--target", "bedrock", "--target", "sagemaker", "--yes");

        assertThat(alone.exitCode()).as(alone.err()).isEqualTo(3);
        assertThat(oneLine(alone.err()))
                .contains("FT0882", "places.bedrock.model: amazon.nova-micro-v1:0:128k")
                .doesNotContain("FT0760");
        assertThat(both.err()).contains("FT07").doesNotContain("FT0882");
        assertNothingWasLaunched();
    }

    @Test
    @Tag("long")
    void saysWhatThePlaceHasAgainstTheJobBeforeAnybodyAgrees() throws IOException {
        String good = Files.readString(job);
        Files.writeString(job, good.replace("learningRate: 1e-5", "learningRate: 5"));
        CommandRun rate = command("launch", job.toString(), "--target", "bedrock", "--yes");
        aws.s3().createBucket("away", "eu-central-1", "123456789012");
        Files.writeString(job, good.replace("s3://my-bucket", "s3://away"));
        CommandRun away = command("launch", job.toString(), "--target", "bedrock", "--yes");

        assertThat(rate.exitCode()).as(rate.err()).isEqualTo(3);
        assertThat(rate.err()).contains("FT0883").doesNotContain("a million tokens");
        assertThat(away.exitCode()).as(away.err()).isEqualTo(3);
        assertThat(away.err())
                .contains("FT0862", "aws s3 mb s3://away-us-east-1 --region us-east-1")
                .doesNotContain("a million tokens", "region: eu-central-1");
        assertThat(command("ps").out()).contains("no runs yet");
        assertNothingWasLaunched();
    }

    @Test
    void tunesOnceAndSaysWhatWasNotCompared() throws IOException {
        CommandRun run = command("launch", job.toString(), "--target", "bedrock", "--yes");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("loss ");
        String id = cloud.run();
        assertThat(oneLine(run.err()))
                .contains("FT0906", "base and tuned model of " + id + " were not compared", "finetune host " + id)
                .doesNotContain(aws.secretAccessKey());
        assertThat(run.out()).contains("model-reference.json", "report.html");
        assertThat(command("ps").out()).contains(id, "succeeded", "bedrock");
        assertThat(command("show", id).out())
                .contains("succeeded", "bedrock", "at most ", " of 5 USD", "model-reference.json")
                .containsPattern(";\\s+bedrock tunes amazon.nova-micro-v1:0:128k\n");
        assertThat(command("report", id).out())
                .contains("The run ended without a comparison", "were not compared", "finetune host " + id);
        assertThat(command(
                                "eval",
                                id,
                                "--data",
                                job.resolveSibling("tickets.jsonl").toString())
                        .err())
                .contains("FT0510", "bedrock cannot answer rows or prompts with a tuned model");
        String exported = folder.resolve("exported").toString();
        assertThat(oneLine(command("export", id, "--to", exported).err()))
                .contains(
                        "FT0510: the weights of the tuned model of " + id + " cannot be fetched",
                        "bedrock keeps them, and gives them to nobody",
                        "finetune host " + id,
                        "finetune launch " + job + " --target local");
        assertThat(command("watch", id).exitCode()).isZero();
        assertThat(command("logs", id, "-f").out())
                .contains("Bedrock took the job", "Bedrock tunes the model", " training loss ", "Z succeeded");

        CommandRun twice = command("launch", job.toString(), "--target", "bedrock");
        assertThat(twice.exitCode()).as(twice.err()).isZero();
        assertThat(twice.err()).contains("has ended already").doesNotContain("a million tokens");
        assertThat(aws.calls("CreateModelCustomizationJob")).hasSize(1);
    }

    @Test
    void letsGoOfALaunchedJobAndStopsIt() throws IOException {
        Duration anHour = Duration.ofHours(1);
        aws.bedrock().pace(new TuningPace(anHour, anHour, Duration.ofMillis(50), anHour));

        CommandRun first = command("launch", job.toString(), "--target", "bedrock", "--yes", "--detach");

        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(aws.calls("CreateModelCustomizationJob")).hasSize(1);
        CommandRun stopped = command("stop", cloud.run());
        assertThat(stopped.err()).contains("was stopped");
        CommandRun again = command("launch", job.toString(), "--target", "bedrock", "--yes", "--detach", "--again");
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(aws.calls("CreateModelCustomizationJob")).hasSize(2);
        assertThat(again.out().strip()).isNotEqualTo(first.out().strip());
    }

    @Test
    void fetchesWhatEndedUnwatchedAndComparesTwoRuns() {
        String first = detached();
        cloud.await(first, "uploading"); // it has ended there, and nobody knows it here

        CommandRun fetched = command("fetch", first);

        assertThat(fetched.exitCode()).as(fetched.err()).isZero();
        assertThat(fetched.out()).contains("runs/" + first + "/output: ").doesNotContain("nothing is kept");
        assertThat(command("ps").out()).contains("succeeded");
        String second = detached("--again");
        cloud.await(second, "uploading");
        assertThat(command("fetch", second).exitCode()).isZero();
        CommandRun compared = command("compare", first, second);
        assertThat(compared.exitCode()).as(compared.err()).isZero();
        assertThat(compared.out()).contains(first, second);
        assertThat(aws.calls("CreateModelCustomizationJob")).hasSize(2);
    }

    private String detached(String... more) {
        CommandRun run = command(Stream.concat(
                        Stream.of("launch", job.toString(), "--target", "bedrock", "--yes", "--detach"),
                        Stream.of(more))
                .toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.out().strip();
    }

    /** What Bedrock makes of a job is another model than what this machine does, so that one does not stand for the other. */
    @Test
    void isAnotherJobThanTheSameOnThisMachine() {
        assertThat(command("run", job.toString()).exitCode()).isIn(0, 9);

        CommandRun run = command("launch", job.toString(), "--target", "bedrock", "--yes", "--detach");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(aws.calls("CreateModelCustomizationJob")).hasSize(1);
    }

    private void assertNothingWasLaunched() {
        assertThat(aws.calls("CreateModelCustomizationJob")).isEmpty();
        assertThat(aws.calls("PutObject")).isEmpty();
    }

    private void budget(String budget) throws IOException {
        Files.writeString(job, Files.readString(job).replaceFirst("budget: .*", "budget: " + budget));
    }

    private CommandRun command(String... arguments) {
        return cloud.command(arguments);
    }
}
