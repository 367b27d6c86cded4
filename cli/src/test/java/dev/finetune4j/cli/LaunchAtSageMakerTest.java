package dev.finetune4j.cli;

import static dev.finetune4j.cli.CommandRun.oneLine;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.sagemaker.ProcessContainer;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.testkit.PeftImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands for a job at SageMaker, against an offline one whose containers are processes of this machine. */
@Tag("long")
class LaunchAtSageMakerTest {
    private static final String REGION = "eu-central-1";

    @TempDir
    private Path folder;

    private Path job;
    private OfflineAws aws;
    private CommandCloud cloud;

    @BeforeEach
    void openTheCloud() throws IOException {
        openTheCloud("/usr/bin:/bin");
    }

    /** Containers find {@code python3} on this path. */
    private void openTheCloud(String path) throws IOException {
        cloud = CommandCloud.ofSageMaker(
                folder,
                REGION,
                store -> new ProcessContainer(
                        folder.resolve("machines"), store, Map.of("PATH", path), Clock.systemUTC()));
        aws = cloud.aws();
        job = CommandCloud.sageMakerJob(folder, REGION, 4713);
    }

    @AfterEach
    void closeTheCloud() {
        cloud.close();
    }

    @Test
    void saysWhatItMayCostAndLaunchesNothingUntilSomebodyAgrees() {
        CommandRun run = command("launch", job.toString());

        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err())
                .contains(
                        "launch   sagemaker ml.g",
                        ", " + REGION,
                        "of a budget of 5 USD",
                        "USD left;",
                        "worst-case overshoot",
                        "say --yes")
                .doesNotContain(aws.secretAccessKey());
        assertThat(aws.calls("CreateTrainingJob")).isEmpty();
        assertThat(aws.calls("PutObject")).isEmpty();

        CommandRun looked = command("doctor", "aws", job.toString());
        assertThat(oneLine(looked.out()))
                .as(looked.err())
                .containsPattern("quota +ok +\"ml\\.g\\S+ for training job usage\" in " + REGION + " is 100");
    }

    @Test
    void saysThatTheClockOfTheMachineIsWrong() {
        aws.faults().skewClock(Duration.ofMinutes(10));

        CommandRun run = command("launch", job.toString(), "--yes");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(4);
        assertThat(run.err())
                .contains("Signature expired: ", "sudo timedatectl set-ntp true")
                .doesNotContain(aws.secretAccessKey());
        assertThat(aws.calls("CreateTrainingJob")).noneMatch(Call::hadEffect);
    }

    @Test
    void namesTheJobFileInWhatCanBePasted() {
        aws.iam()
                .restrictRole(
                        CommandCloud.ROLE,
                        "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}]}");
        aws.iam()
                .restrictUser("{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"},"
                        + "{\"Effect\":\"Deny\",\"Action\":\"s3:PutObject\",\"Resource\":\"*\"}]}");

        CommandRun looked = command("doctor", "aws", job.toString());
        CommandRun launched = command("launch", job.toString(), "--yes");

        assertThat(looked.exitCode()).as(looked.out()).isEqualTo(3);
        assertThat(looked.out()).contains("role access: finetune policy " + job + " --for job");
        assertThat(launched.exitCode()).as(launched.err()).isEqualTo(4);
        assertThat(launched.err()).contains("finetune policy " + job + " --for caller");
    }

    @Test
    void saysWhatThePlaceHasAgainstTheTermsBeforeAnybodyAgrees() throws IOException {
        Files.writeString(job, Files.readString(job).replace("region: ", "spot: true, max-wait: 2m, region: "));

        CommandRun run = command("launch", job.toString(), "--yes");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
        assertThat(oneLine(run.err()))
                .contains("FT0832", "but wait and run for 2m", "try places.sagemaker.max-wait: ")
                .doesNotContain("of a budget of 5 USD");
        assertThat(command("ps").out()).contains("no runs yet");
        assertThat(aws.calls("PutObject")).isEmpty();
    }

    @Test
    void asksForSpotWhereTheJobFileDoes() throws IOException {
        Files.writeString(job, Files.readString(job).replace("region: ", "spot: true, region: "));

        CommandRun run = command("launch", job.toString(), "--dry-run");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).containsPattern("launch +sagemaker ml\\.\\S+ spot");
        assertThat(run.out())
                .contains("\"EnableManagedSpotTraining\" : true", "\"MaxWaitTimeInSeconds\"", "\"CheckpointConfig\"");
    }

    @Test
    void saysHowFarItMayGoBeyondTheBudgetWhereTheJobFileLetsIt() throws IOException {
        Files.writeString(job, Files.readString(job).replace("region: ", "spot: true, max-wait: 3d, region: "));

        CommandRun run = command("launch", job.toString(), "--dry-run");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(oneLine(run.err()))
                .containsPattern(
                        "of a budget of 5 USD \\(worst-case overshoot: [0-9.]+ USD, if its machine is taken back");
        assertThat(run.out()).contains("\"MaxWaitTimeInSeconds\" : 259200");
    }

    @Test
    void runsForAsLongAsThePlaceLetsItWhereTheBudgetPaysForMore() throws IOException {
        Files.writeString(job, Files.readString(job).replace("5 USD", "90000 USD"));

        CommandRun run = command("launch", job.toString(), "--dry-run");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(oneLine(run.err()))
                .containsPattern("ended after 672 h, the longest that sagemaker lets a job run; at most [0-9.]+ USD"
                        + " with winding down, of a budget of 90000 USD");
        assertThat(run.out()).contains("\"MaxRuntimeInSeconds\" : 2419200");
    }

    @Test
    void tellsItsTermsToProgramsInJson() {
        CommandRun run = command("launch", job.toString(), "--dry-run", "-o", "json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err().lines())
                .allSatisfy(line -> assertThat(
                                Json.read(line, JsonNode.class).path("kind").asText())
                        .isNotEmpty())
                .anySatisfy(
                        line -> assertThat(line).contains("\"kind\":\"terms\"", "\"worstCost\"", "\"alternatives\""))
                .anySatisfy(line -> assertThat(line)
                        .contains("\"kind\":\"phase\"", "\"doing\":\"making ready what would be sent\""));
    }

    @Test
    void saysWhichMachineIsNotOneToTrainOn() throws IOException {
        String text = Files.readString(job);
        Files.writeString(job, text.replace("region: ", "machine: ml.c5.4xlarge, region: "));
        CommandRun without = command("launch", job.toString(), "--dry-run");
        Files.writeString(job, text.replace("region: ", "machine: ml.g55.xlarge, region: "));
        CommandRun unknown = command("launch", job.toString(), "--dry-run");
        CommandRun planned = command("plan", job.toString(), "--target", "sagemaker");
        Files.writeString(
                job,
                text.replace("region: eu-central-1", "region: us-gov-west-1").replace("arn:aws:", "arn:aws-us-gov:"));
        CommandRun elsewhere = command("launch", job.toString(), "--dry-run");

        assertThat(elsewhere.err()).contains("FT0770", "in us-gov-west-1 is not known here", "job.yaml:");
        assertThat(without.exitCode()).as(without.err()).isEqualTo(3);
        assertThat(without.err()).contains("FT0770", "ml.c5.4xlarge has no GPU", "job.yaml:");
        assertThat(unknown.err()).contains("FT0831", "trains on no ml.g55.xlarge", "job.yaml:");
        assertThat(planned.err()).contains("FT0770", "no machine ml.g55.xlarge is let there");
    }

    @Test
    void tellsAllThatIsWrongAtOnceAndOfASlipOnce() throws IOException {
        Files.writeString(
                job,
                Files.readString(job)
                        .replace(
                                "role: \"" + CommandCloud.ROLE + "\", store: \"s3://my-bucket/jobs\"",
                                "roles: me, isolated: maybe"));

        CommandRun run = command("launch", job.toString(), "--yes");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err())
                .contains(
                        "SageMaker has no setting roles",
                        "rename roles to role",
                        "SageMaker needs to be told its store",
                        "SageMaker's isolated must be true or false, was maybe",
                        "job.yaml:")
                .doesNotContain("needs to be told its role");
    }

    @Test
    void launchesOnceAndTellsWhatTheImageLacks() {
        CommandRun run = command("launch", job.toString(), "--yes");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(8);
        assertThat(run.err()).contains("FT0853", "torch").doesNotContain(aws.secretAccessKey());
        assertThat(command("ps").out()).contains("failed", "sagemaker");
        assertThat(aws.s3().keys("s3://my-bucket/jobs/inputs"))
                .as("how its machine is set up, as it was planned")
                .filteredOn(key -> key.endsWith("/setup.json"))
                .hasSize(1);

        CommandRun again = command("launch", job.toString(), "--yes");
        assertThat(again.exitCode()).as(again.err()).isEqualTo(8);
        assertThat(again.err()).contains("has ended already");
        assertThat(aws.calls("CreateTrainingJob")).hasSize(1);

        CommandRun fetched = command("fetch", cloud.run());
        assertThat(fetched.exitCode()).as(fetched.err()).isZero();
        assertThat(fetched.out()).contains("runs/" + cloud.run() + "/left: nothing is kept of it");
    }

    @Test
    void goesToTheNextMachineAndTellsWhyAndWhatIsLeftOfIt() {
        CommandRun dry = command("launch", job.toString(), "--dry-run");
        assertThat(dry.exitCode()).as(dry.err()).isZero();
        assertThat(dry.out())
                .contains(
                        "s3:PutObject s3://my-bucket/jobs/inputs/",
                        "sagemaker:CreateTrainingJob",
                        "\"MaxRuntimeInSeconds\"");
        assertThat(dry.out() + dry.err()).doesNotContain(aws.secretAccessKey());
        assertThat(aws.calls("PutObject")).isEmpty();
        Matcher first = Pattern.compile("launch +sagemaker (ml\\.\\S+),").matcher(dry.err());
        assertThat(first.find()).as(dry.err()).isTrue();
        aws.sageMaker().sellOut(first.group(1));

        CommandRun run = command("launch", job.toString(), "--yes");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(8);
        assertThat(aws.calls("CreateTrainingJob")).hasSize(2);
        CommandRun why = command("why", cloud.run());
        assertThat(why.out())
                .contains(
                        "agreed to sagemaker " + first.group(1),
                        "moved to sagemaker ml.",
                        "FT0851: no " + first.group(1) + " was free");
        assertThat(command("show", cloud.run()).out()).containsPattern("machine +ml\\.\\S+, " + REGION);
        assertThat(command("logs", cloud.run()).out())
                .doesNotContain("finetune4j-event")
                .contains("torch");
        CommandRun kept = command("gc", job.toString());
        assertThat(kept.out())
                .contains(
                        "inputs/",
                        "orders/" + cloud.run(),
                        "--older-than: it is younger",
                        "all of it is needed, young, or nowhere else");
        CommandRun removed = command("gc", job.toString(), "--older-than", "0s", "--yes");
        assertThat(removed.out()).as(removed.err()).contains("removed ");
        assertThat(command("gc", job.toString()).out()).contains("nothing is kept there");
    }

    @Test
    void keepsWhatNobodyHasFetched() throws IOException {
        Path weights = Files.writeString(folder.resolve("weights"), "of another machine's run");
        aws.s3().upload(weights, "s3://my-bucket/jobs/outputs/letters-0a1b2c3d-1/weights");

        CommandRun kept = command("gc", job.toString(), "--older-than", "0s", "--yes");
        CommandRun free = command("gc", job.toString(), "--older-than", "0s", "--yes", "--unfetched");

        assertThat(kept.out()).as(kept.err()).containsPattern("outputs/letters-0a1b2c3d-1 .* not fetched here");
        assertThat(free.out()).as(free.err()).contains("removed 1 of 1");
        assertThat(aws.s3().keys("s3://my-bucket/jobs/outputs")).isEmpty();
    }

    @Test
    void stopsAJobOfAnotherMachineOnlyWhereThatIsSaid() throws Exception {
        aws.sageMaker().sellOut("ml.g5.xlarge"); // so that it waits
        aws.sageMaker().answer("CreateTrainingJob", (ObjectNode)
                Json.records().readTree("""
                {"TrainingJobName": "theirs-0a1b2c3d-1", "RoleArn": "%s",
                 "AlgorithmSpecification": {"TrainingInputMode": "File",
                   "TrainingImage": "763104351884.dkr.ecr.%s.amazonaws.com/pytorch-training:2.7.1-cpu-py312"},
                 "HyperParameters": {"%s": "d1"},
                 "OutputDataConfig": {"S3OutputPath": "s3://my-bucket/another-store/outputs"},
                 "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30},
                 "EnableManagedSpotTraining": true,
                 "StoppingCondition": {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200},
                 "Tags": [{"Key": "finetune4j-run", "Value": "theirs-0a1b2c3d-1"}]}
                """.formatted(CommandCloud.ROLE, REGION, ContainerOrder.DIGEST_SETTING)));

        CommandRun told = command("gc", job.toString(), "--older-than", "0s", "--yes");
        CommandRun young = command("gc", job.toString(), "--running", "--yes");

        assertThat(oneLine(told.out()))
                .as(told.err())
                .containsPattern("running job theirs-0a1b2c3d-1 .*whoever launched it; --running stops it with --yes"
                        + " \\(spot ml.g5.xlarge, [0-9.]+ USD an hour\\)");
        assertThat(oneLine(young.out())).as(young.err()).contains("--older-than: it is younger (spot ml.g5.xlarge");
        assertThat(aws.calls("StopTrainingJob")).isEmpty();

        CommandRun would = command("gc", job.toString(), "--older-than", "0s", "--running");
        CommandRun stopped = command("gc", job.toString(), "--older-than", "0s", "--running", "--yes");

        assertThat(oneLine(would.out())).as(would.err()).contains("--yes stops 1 job that runs");
        assertThat(oneLine(stopped.out())).as(stopped.err()).contains("told 1 job that runs to stop; checkpoints stay");
        assertThat(aws.calls("StopTrainingJob")).hasSize(1);
        assertThat(command("gc", job.toString()).out()).contains("nothing is kept there");
    }

    /** Needs what Amazon's image brings, 2 GB of it: torch, transformers and PEFT in the bench's versions. */
    @Test
    @Tag("slow")
    void trainsByTheTorchOfTheImageToAComparisonAndAReport() throws Exception {
        closeTheCloud();
        openTheCloud(PeftImage.install().bin() + ":/usr/bin:/bin");

        CommandRun run = command("launch", job.toString(), "--yes");

        assertThat(run.exitCode()).as(run.err()).isIn(0, 9);
        assertThat(run.out()).contains("base zero-shot", "tuned");
        assertThat(run.err()).contains("step ", "validation loss");
        String id = cloud.run();
        assertThat(folder.resolve("home/runs/" + id + "/report.html")).isNotEmptyFile();
        assertThat(command("generate", id, "--prompt", "please refund my", "--max-new-tokens", "3")
                        .exitCode())
                .isZero();
        assertThat(aws.calls("CreateTrainingJob")).hasSize(1);
    }

    /** By the same engine, though the machine has no GPU here. */
    @ParameterizedTest
    @ValueSource(strings = {"full", "lora", "head"})
    @Tag("slow")
    void trainsAnEncoderToAComparisonAndAReport(String method) throws Exception {
        closeTheCloud();
        openTheCloud(PeftImage.install().bin() + ":/usr/bin:/bin");
        List<String> words = Pattern.compile("[a-z]+")
                .matcher(Files.readString(job.resolveSibling("tickets.jsonl")))
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();
        TinyBert.write(folder.resolve("encoder"), words);
        Files.writeString(
                job,
                Files.readString(job)
                        .replace(
                                "model: " + TicketsJob.MODEL,
                                "model: " + folder.resolve("encoder") + "\nmethod: " + method));

        CommandRun run = command("launch", job.toString(), "--yes");

        assertThat(run.exitCode()).as(run.out() + run.err()).isIn(0, 9);
        assertThat(run.out()).contains("label shares", "tuned");
        assertThat(run.err()).contains("step ", "validation loss");
        String id = cloud.run();
        assertThat(folder.resolve("home/runs/" + id + "/report.html")).isNotEmptyFile();
        CommandRun told = command("generate", id, "--prompt", "please refund my");
        assertThat(told.exitCode()).as(told.err()).isZero();
        assertThat(aws.calls("CreateTrainingJob")).hasSize(1);
    }

    @Test
    void isNotRunWithoutAgreement() {
        CommandRun run = command("run", job.toString());

        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains("FT0522: sagemaker bills for running time", "finetune launch");
        assertThat(aws.calls("CreateTrainingJob")).isEmpty();
    }

    private CommandRun command(String... arguments) {
        return cloud.command(arguments);
    }
}
