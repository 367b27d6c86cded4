package dev.finetune4j.offlinecloud.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.logs.LogBook;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes find what a container finds, and what they leave is stored as the service stores it. */
@Tag("long")
class ProcessContainerTest {
    private static final String BUCKET = "s3://my-bucket/";
    private static final Account ACCOUNT = Account.sample();

    @TempDir
    private Path folder;

    private OfflineS3 store;
    private ProcessContainer containers;
    private OfflineAws aws;

    @BeforeEach
    void open() throws IOException {
        open(OptMl.ofThisMachine());
    }

    private void open(OptMl optMl) throws IOException {
        store = new OfflineS3(folder.resolve("s3"), ACCOUNT.id(), ACCOUNT.region(), Clock.systemUTC())
                .createBucket("my-bucket");
        put("inputs/data/rows", "one\n");
        put("inputs/data/deep/rows", "two\n");
        containers = new ProcessContainer(
                folder.resolve("machines"), store, Map.of("PATH", "/usr/bin:/bin"), Clock.systemUTC(), optMl);
        aws = OfflineAws.start(ACCOUNT, Clock.systemUTC(), Pace.SWIFT, containers, store);
    }

    @AfterEach
    void close() {
        aws.close();
    }

    /** As on a machine whose /etc/hosts is a mount of somebody else's. */
    @Test
    void runsTheCommandThoughTheNamesOfTheMachinesAreRefused() throws Exception {
        Path machine = Files.createDirectory(folder.resolve("machine"));
        Files.writeString(OptMl.hostsBeside(machine), "127.0.0.1 algo-1\n");
        Path spare = Files.createDirectory(folder.resolve("spare"));
        Path script = folder.resolve("opt-ml.sh");
        try (InputStream text = Objects.requireNonNull(OptMl.class.getResourceAsStream("opt-ml.sh"))) {
            Files.copy(text, script);
        }
        String refusing = "mount() { case \"$*\" in *\" /etc/hosts\") return 1;; esac; }; mktemp() { echo " + spare
                + "; }; rmdir() { :; }; set -- " + machine + " '' '' echo begun; . " + script;
        Process process = new ProcessBuilder("/bin/sh", "-c", refusing)
                .redirectErrorStream(true)
                .start();

        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        assertThat(printed).contains("the machines of the job have no names here", "begun");
    }

    @Test
    void laysOutTheInputsAndStoresTheResults() throws Exception {
        ObjectNode body = running("""
                cd $SAGEMAKER_BASE_DIR
                cat input/data/data/rows input/data/data/deep/rows > model/rows
                cp input/config/hyperparameters.json model/
                echo figures > output/data/figures
                echo "$TRAINING_JOB_NAME says $WORD"
                """);
        body.withObject("/OutputDataConfig").put("CompressionType", "NONE");
        body.putObject("HyperParameters").put("epochs", "3");
        body.putObject("Environment").put("WORD", "hello");

        JsonNode job = end(body);

        assertThat(job.path("TrainingJobStatus").asText()).as("%s", job).isEqualTo("Completed");
        String outputs = BUCKET + "outputs/job-1/output/";
        assertThat(job.path("ModelArtifacts").path("S3ModelArtifacts").asText()).isEqualTo(outputs + "model/");
        assertThat(store.file(outputs + "model/rows")).hasContent("one\ntwo");
        assertThat(store.file(outputs + "model/hyperparameters.json")).hasContent("{\"epochs\":\"3\"}");
        assertThat(store.file(outputs + "data/figures")).hasContent("figures");
        assertThat(printed()).containsExactly("job-1 says hello");
    }

    @Test
    void tellsAContainerOfItsJobItsMachineAndItsChannels() throws Exception {
        ObjectNode body = running("""
                echo "$TRAINING_JOB_ARN $AWS_REGION"
                cat $SAGEMAKER_BASE_DIR/input/config/resourceconfig.json; echo
                cat $SAGEMAKER_BASE_DIR/input/config/inputdataconfig.json; echo
                """);
        ((ObjectNode) body.path("InputDataConfig").get(0))
                .put("InputMode", "FastFile")
                .put("ContentType", "text/csv");

        assertThat(end(body).path("TrainingJobStatus").asText()).isEqualTo("Completed");
        assertThat(printed())
                .containsExactly(
                        "arn:aws:sagemaker:eu-central-1:123456789012:training-job/job-1 eu-central-1",
                        "{\"current_host\":\"algo-1\",\"current_instance_type\":\"ml.g5.xlarge\","
                                + "\"current_group_name\":\"homogeneousCluster\",\"network_interface_name\":\"lo\","
                                + "\"hosts\":[\"algo-1\"],\"instance_groups\":[{\"instance_group_name\":"
                                + "\"homogeneousCluster\",\"instance_type\":\"ml.g5.xlarge\",\"hosts\":[\"algo-1\"]}]}",
                        "{\"data\":{\"TrainingInputMode\":\"FastFile\",\"S3DistributionType\":\"FullyReplicated\","
                                + "\"RecordWrapperType\":\"None\",\"ContentType\":\"text/csv\"},"
                                + "\"code\":{\"TrainingInputMode\":\"File\",\"S3DistributionType\":\"FullyReplicated\","
                                + "\"RecordWrapperType\":\"None\"}}");
    }

    @Test
    void laysOutTheFilesThatTheServiceHasForItself() throws Exception {
        ObjectNode body = running("""
                cd $SAGEMAKER_BASE_DIR/input/config
                cat init-config.json upstreamoutputdataconfig.json
                echo
                cat trainingjobconfig.json
                """);

        end(body);

        assertThat(printed().get(0))
                .isEqualTo("{\"inputMode\":\"FILE\",\"hostConfig\":{\"clusterSize\":1,\"hostNumber\":1}}"
                        + "{\"S3OutputPath\":\"s3://my-bucket/outputs\"}");
        ObjectNode told = (ObjectNode) Json.read(printed().get(1), JsonNode.class);
        assertThat(told.path("TrainingJobName")).isEqualTo(body.path("TrainingJobName"));
        assertThat(told.properties()).hasSameSizeAs(body.properties());
    }

    @Test
    void feedsAContainerThatReadsStreams() throws Exception {
        ObjectNode body = running("""
                cd $SAGEMAKER_BASE_DIR/input/data
                cat data_0
                cat data_1 > /dev/null
                cat data_2
                """);
        ((ObjectNode) body.path("InputDataConfig").get(0)).put("InputMode", "Pipe");

        assertThat(end(body).path("TrainingJobStatus").asText()).isEqualTo("Completed");
        assertThat(printed()).containsExactly("two", "one", "two", "one");
    }

    @Test
    void beginsInAnEmptyHomeOfItsOwn() throws Exception {
        end(running("pwd; echo $HOME; ls -A; echo left > behind"));

        String home = folder.resolve("machines/job-1/machine-1-home").toString();
        assertThat(printed()).containsExactly(home, home);
        assertThat(Path.of(home, "behind")).hasContent("left");
    }

    @Test
    void packsResultsUnlessItIsToldNotTo() throws Exception {
        JsonNode job = end(running("echo x > $SAGEMAKER_BASE_DIR/model/weights"));

        Path archive =
                store.file(job.path("ModelArtifacts").path("S3ModelArtifacts").asText());
        Process tar = new ProcessBuilder("tar", "-xzOf", archive.toString(), "./weights").start();
        assertThat(tar.inputReader().readLine()).isEqualTo("x");
    }

    @Test
    void tellsWhatAFailedContainerLeftAndStoresNoModel() throws Exception {
        JsonNode job = end(running("""
                        echo x > $SAGEMAKER_BASE_DIR/model/weights
                        printf 'the loss is not a number' > $SAGEMAKER_BASE_DIR/output/failure
                        exit 8
                        """));

        assertThat(job.path("TrainingJobStatus").asText()).isEqualTo("Failed");
        assertThat(job.path("FailureReason").asText())
                .isEqualTo("AlgorithmError: the loss is not a number, exit code: 8");
        assertThat(store.keys(BUCKET + "outputs/job-1")).isEmpty();
    }

    @Test
    void tellsThatWhatAManifestNamesIsNotThere() throws Exception {
        ObjectNode body = running("true");
        ((ObjectNode) body.path("InputDataConfig").get(0).path("DataSource").path("S3DataSource"))
                .put("S3DataType", "ManifestFile")
                .put("S3Uri", BUCKET + "elsewhere");

        JsonNode job = end(body);

        assertThat(job.path("FailureReason").asText())
                .isEqualTo("ClientError: Data download failed: The specified key does not exist.: elsewhere");
        assertThat(job.path("SecondaryStatusTransitions").findValuesAsText("Status"))
                .as("nothing ran, nothing was stored")
                .containsExactly("Starting", "Downloading", "Failed");
        assertThat(store.keys(BUCKET + "outputs/")).isEmpty();
    }

    @Test
    void storesResultsAtAnAddressOfS3ItselfForAnImageOfAPrivateRegistry() throws Exception {
        ObjectNode body = running("echo x > $SAGEMAKER_BASE_DIR/model/weights");
        ObjectNode algorithm =
                body.withObject("/AlgorithmSpecification").put("TrainingImage", "registry.example.com/a:1");
        algorithm.putObject("TrainingImageConfig").put("TrainingRepositoryAccessMode", "Vpc");
        ObjectNode network = body.putObject("VpcConfig");
        network.putArray("SecurityGroupIds").add("sg-1");
        network.putArray("Subnets").add("subnet-1");
        body.withObject("/OutputDataConfig")
                .put("S3OutputPath", "https://s3.eu-central-1.amazonaws.com/my-bucket/outputs");

        JsonNode job = end(body);

        assertThat(job.path("TrainingJobStatus").asText()).as("%s", job).isEqualTo("Completed");
        assertThat(job.path("ModelArtifacts").path("S3ModelArtifacts").asText())
                .isEqualTo(BUCKET + "outputs/job-1/output/model.tar.gz");
        assertThat(store.keys(BUCKET + "outputs/job-1")).containsExactly("outputs/job-1/output/model.tar.gz");
    }

    @Test
    void storesNothingInABucketOfAnotherRegion() throws Exception {
        store.createBucket("abroad", "us-east-1", ACCOUNT.id());
        ObjectNode body = running("echo x > $SAGEMAKER_BASE_DIR/model/weights");
        body.withObject("/OutputDataConfig").put("S3OutputPath", "s3://abroad/outputs");

        JsonNode job = end(body);

        assertThat(job.path("TrainingJobStatus").asText()).isEqualTo("Failed");
        assertThat(job.path("FailureReason").asText())
                .isEqualTo(
                        "ClientError: Artifact upload failed:Unable to upload file to s3://abroad/outputs/job-1/output/model.tar.gz"
                                + " (BucketRegionError: bucket must be in the same region as the job)");
        assertThat(store.keys("s3://abroad/")).isEmpty();
    }

    @Test
    void keepsTheLastFigureOfEachMetric() throws Exception {
        ObjectNode body = running("echo 'loss=0.5; lr=1.25e-1'; echo 'loss=nan;'; echo 'loss=0.75; loss=0.25;'");
        body.withObject("/AlgorithmSpecification").set("MetricDefinitions", Json.read("""
                [{"Name": "train:loss", "Regex": "loss=(.*?);"},
                 {"Name": "rate", "Regex": "lr=([0-9.e-]+)"},
                 {"Name": "never", "Regex": "eval=(.*)"}]""", JsonNode.class));

        JsonNode figures = end(body).path("FinalMetricDataList");

        assertThat(figures.findValuesAsText("MetricName")).containsExactly("train:loss", "rate");
        assertThat(figures.findValuesAsText("Value")).containsExactly("0.25", "0.125");
        assertThat(found("LessThan", "0.5")).isEqualTo(1);
        assertThat(found("Equals", "0.25")).isEqualTo(1);
        assertThat(found("GreaterThan", "0.5")).isZero();
    }

    private int found(String operator, String value) throws Exception {
        ObjectNode search = Json.records().createObjectNode().put("Resource", "TrainingJob");
        search.putObject("SearchExpression")
                .putArray("Filters")
                .addObject()
                .put("Name", "Metrics.train:loss")
                .put("Operator", operator)
                .put("Value", value);
        return ask("Search", search).path("Results").size();
    }

    @Test
    void stopsAContainerWithTimeToSave() throws Exception {
        create(running("""
                        trap 'echo saved > $SAGEMAKER_BASE_DIR/model/weights; exit 130' TERM
                        echo ready
                        while true; do sleep 0.05; done
                        """));
        await(job -> printed().contains("ready"));

        ask("StopTrainingJob", named());
        JsonNode job = await(now -> now.path("TrainingJobStatus").asText().equals("Stopped"));

        assertThat(job.path("SecondaryStatus").asText()).isEqualTo("Stopped");
        assertThat(store.file(BUCKET + "outputs/job-1/output/model.tar.gz")).exists();
    }

    @Test
    void givesTheCheckpointsToTheNextMachine() throws Exception {
        ObjectNode body = running("""
                        cd $SAGEMAKER_BASE_DIR/checkpoints
                        if [ -e step ]; then cp step ../model/; exit 0; fi
                        trap 'echo 12 > step; echo x > ../model/half; exit 143' TERM
                        echo ready
                        while true; do sleep 0.05; done
                        """);
        body.put("EnableManagedSpotTraining", true);
        body.withObject("/StoppingCondition").put("MaxWaitTimeInSeconds", 72_000);
        body.withObject("/OutputDataConfig").put("CompressionType", "NONE");
        create(body);
        await(job -> printed().contains("ready"));

        aws.sageMaker().reclaim("job-1");
        JsonNode job = await(now -> now.path("TrainingJobStatus").asText().equals("Completed"));

        assertThat(job.path("SecondaryStatusTransitions").findValuesAsText("Status"))
                .contains("Interrupted");
        assertThat(store.file(BUCKET + "checkpoints/job-1/step")).hasContent("12");
        assertThat(store.file(BUCKET + "outputs/job-1/output/model/step")).hasContent("12");
        assertThat(store.keys(BUCKET + "outputs/job-1/output/model/half"))
                .as("what lay on the machine that was taken back")
                .isEmpty();
        assertThat(containers.folder("job-1", 2)).exists();
    }

    @Test
    void runsAContainerOnEachMachineAndStoresAllResultsAsOne() throws Exception {
        ObjectNode body = running("""
                cd $SAGEMAKER_BASE_DIR
                host=$(sed 's/.*"current_host":"\\([^"]*\\)".*/\\1/' input/config/resourceconfig.json)
                find input/data -name rows -exec cat {} + > model/$host
                echo $host > output/data/figures-of-$host
                echo "$host has $(cat input/config/resourceconfig.json)"
                """);
        grouped(body, "train", "ml.g5.xlarge", 2);
        grouped(body, "watch", "ml.g5.2xlarge", 1);
        ObjectNode source = (ObjectNode) body.at("/InputDataConfig/0/DataSource/S3DataSource");
        source.put("S3DataDistributionType", "ShardedByS3Key");
        source.putArray("InstanceGroupNames").add("train");
        body.withObject("/OutputDataConfig").put("CompressionType", "NONE");

        JsonNode job = end(body);

        assertThat(job.path("TrainingJobStatus").asText()).as("%s", job).isEqualTo("Completed");
        String outputs = BUCKET + "outputs/job-1/output/";
        assertThat(store.file(outputs + "model/algo-1")).hasContent("two");
        assertThat(store.file(outputs + "model/algo-2")).hasContent("one");
        assertThat(store.file(outputs + "model/algo-3")).isEmptyFile();
        assertThat(store.keys(outputs + "data/")).hasSize(3);
        assertThat(aws.logs()
                        .streams("/aws/sagemaker/TrainingJobs")
                        .orElseThrow()
                        .keySet())
                .extracting(stream -> stream.replaceAll("-\\d+$", ""))
                .containsExactlyInAnyOrder("job-1/algo-1", "job-1/algo-2", "job-1/algo-3");
        assertThat(printed())
                .contains("algo-2 has {\"current_host\":\"algo-2\",\"current_instance_type\":\"ml.g5.xlarge\","
                        + "\"current_group_name\":\"train\",\"network_interface_name\":\"lo\","
                        + "\"hosts\":[\"algo-1\",\"algo-2\",\"algo-3\"],\"instance_groups\":["
                        + "{\"instance_group_name\":\"train\",\"instance_type\":\"ml.g5.xlarge\",\"hosts\":[\"algo-1\","
                        + "\"algo-2\"]},{\"instance_group_name\":\"watch\",\"instance_type\":\"ml.g5.2xlarge\","
                        + "\"hosts\":[\"algo-3\"]}]}");
    }

    @Test
    void packsTheResultsOfAllMachinesAndLetsThemKnowEachOther() throws Exception {
        ObjectNode body = running("""
                cp /etc/hosts $SAGEMAKER_BASE_DIR/model/known-to-$$
                """);
        body.withObject("/ResourceConfig").put("InstanceCount", 2);

        JsonNode job = end(body);

        Path archive =
                store.file(job.path("ModelArtifacts").path("S3ModelArtifacts").asText());
        Process tar = new ProcessBuilder("tar", "-xzOf", archive.toString(), "--wildcards", "./known-to-*").start();
        List<String> known = tar.inputReader().lines().toList();
        assertThat(known.stream().filter("127.0.0.2 algo-2"::equals))
                .as("%s", known)
                .hasSize(OptMl.ofThisMachine() == OptMl.ELSEWHERE ? 0 : 2);
    }

    @Test
    void endsAllContainersWhenOneFails() throws Exception {
        ObjectNode body = running("""
                cd $SAGEMAKER_BASE_DIR
                echo x > model/weights
                if grep -q '"current_host":"algo-1"' input/config/resourceconfig.json; then exec sleep 1000; fi
                printf 'no rows' > output/failure
                exit 3
                """);
        body.withObject("/ResourceConfig").put("InstanceCount", 2);

        JsonNode job = end(body);

        assertThat(job.path("FailureReason").asText()).isEqualTo("AlgorithmError: no rows, exit code: 3");
        assertThat(store.keys(BUCKET + "outputs/job-1")).isEmpty();
    }

    @Test
    void stopsAllContainers() throws Exception {
        ObjectNode body = running("""
                cd $SAGEMAKER_BASE_DIR
                trap 'echo saved > model/weights-$$; exit 0' TERM
                echo ready
                while true; do sleep 0.05; done
                """);
        body.withObject("/ResourceConfig").put("InstanceCount", 2);
        body.withObject("/OutputDataConfig").put("CompressionType", "NONE");
        create(body);
        await(job -> printed().equals(List.of("ready", "ready")));

        ask("StopTrainingJob", named());
        await(now -> now.path("TrainingJobStatus").asText().equals("Stopped"));

        assertThat(store.keys(BUCKET + "outputs/job-1/output/model/weights-")).hasSize(2);
    }

    private static void grouped(ObjectNode body, String name, String machine, int count) {
        ObjectNode machines = body.withObject("/ResourceConfig");
        machines.remove(List.of("InstanceType", "InstanceCount"));
        machines.withArray("/InstanceGroups")
                .addObject()
                .put("InstanceGroupName", name)
                .put("InstanceType", machine)
                .put("InstanceCount", count);
    }

    @Test
    void showsEachContainerItsOwnFolderAtOptMl() throws Exception {
        JsonNode job = end(running("cat /opt/ml/input/data/data/rows > /opt/ml/model/rows"));

        assertThat(job.path("TrainingJobStatus").asText())
                .as("a script that nobody rewrites: %s %s", job, printed())
                .isEqualTo(OptMl.ofThisMachine() == OptMl.ELSEWHERE ? "Failed" : "Completed");
    }

    @Test
    void callsTheFolderByItsNameWhereTheMachineAllowsNoOtherPlace() throws Exception {
        aws.close();
        open(OptMl.ELSEWHERE);
        ObjectNode body = running("cd $WORK; cp input/config/hyperparameters.json model/");
        body.withObject("/AlgorithmSpecification")
                .putArray("ContainerArguments")
                .add("exec /bin/sh /opt/ml/input/data/code/start");
        body.withObject("/OutputDataConfig").put("CompressionType", "NONE");
        body.putObject("HyperParameters")
                .put("to", "/opt/ml/model")
                .put("other", "/opt/ml-data")
                .put("address", "s3://my-bucket/opt/ml/rows");
        body.putObject("Environment").put("WORK", "/opt/ml");

        JsonNode job = end(body);

        String own = containers.folder("job-1", 1).toString();
        assertThat(job.path("TrainingJobStatus").asText())
                .as("%s %s", job, printed())
                .isEqualTo("Completed");
        assertThat(store.file(BUCKET + "outputs/job-1/output/model/hyperparameters.json"))
                .hasContent("{\"to\":\"" + own
                        + "/model\",\"other\":\"/opt/ml-data\",\"address\":\"s3://my-bucket/opt/ml/rows\"}");
    }

    @Test
    void findsProgramsOnItsOwnPath() throws Exception {
        aws.close();
        open(OptMl.ELSEWHERE);
        Path tools = Files.createDirectory(folder.resolve("tools"));
        Files.writeString(tools.resolve("greet"), "#!/bin/sh\necho hello \"$1\"\n")
                .toFile()
                .setExecutable(true);
        ObjectNode body = JobBody.onDemand("job-1");
        ObjectNode algorithm = body.withObject("/AlgorithmSpecification");
        algorithm.putArray("ContainerEntrypoint").add("greet");
        algorithm.putArray("ContainerArguments").add("a  b");
        body.putObject("Environment").put("PATH", tools + ":/usr/bin:/bin");

        JsonNode job = end(body);

        assertThat(job.path("TrainingJobStatus").asText())
                .as("%s %s", job, printed())
                .isEqualTo("Completed");
        assertThat(printed()).containsExactly("hello a  b");
    }

    @Test
    void failsWithoutACommandAndWithoutAScript() throws Exception {
        ObjectNode body = JobBody.onDemand("job-1");
        body.putObject("HyperParameters").put("epochs", "3");

        assertThat(end(body).path("FailureReason").asText())
                .isEqualTo("ClientError: the offline cloud has no images: name a ContainerEntrypoint");
    }

    @Test
    void leavesNoProcessBehind() throws Exception {
        create(running("echo $$; exec sleep 1000"));
        await(job -> !printed().isEmpty());
        long pid = Long.parseLong(printed().get(0));

        aws.close();

        ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    /** What the job's containers printed, one after the other. */
    private List<String> printed() {
        return aws.logs().streams("/aws/sagemaker/TrainingJobs").stream()
                .flatMap(streams -> streams.values().stream())
                .flatMap(List::stream)
                .map(LogBook.Line::text)
                .toList();
    }

    private void put(String key, String text) throws IOException {
        Path file = Files.writeString(folder.resolve("staged"), text);
        store.upload(file, BUCKET + key);
    }

    /** A job that runs a script, which comes to it as a channel. */
    private ObjectNode running(String script) throws IOException {
        put("inputs/code/start", script);
        ObjectNode body = JobBody.onDemand("job-1");
        ObjectNode algorithm = body.withObject("/AlgorithmSpecification");
        algorithm.putArray("ContainerEntrypoint").add("/bin/sh").add("-c");
        algorithm.putArray("ContainerArguments").add("exec /bin/sh $SAGEMAKER_BASE_DIR/input/data/code/start");
        body.withArray("/InputDataConfig")
                .addObject()
                .put("ChannelName", "code")
                .putObject("DataSource")
                .putObject("S3DataSource")
                .put("S3DataType", "S3Prefix")
                .put("S3Uri", BUCKET + "inputs/code/");
        return body;
    }

    private void create(ObjectNode body) throws Exception {
        ask("CreateTrainingJob", body);
    }

    private JsonNode ask(String operation, ObjectNode request) throws Exception {
        assertThat(aws.sageMaker().model().violations(operation, request)).isEmpty();
        return aws.sageMaker().answer(operation, request);
    }

    private JsonNode end(ObjectNode body) throws Exception {
        create(body);
        return await(job -> !job.path("TrainingJobStatus").asText().equals("InProgress"));
    }

    private JsonNode await(Predicate<JsonNode> condition) throws Exception {
        for (int i = 0; i < 1000; i++) {
            JsonNode job = ask("DescribeTrainingJob", named());
            if (condition.test(job)) {
                return job;
            }
            Thread.sleep(20);
        }
        throw new AssertionError("waited too long: " + ask("DescribeTrainingJob", named()));
    }

    private static ObjectNode named() {
        return Json.records().createObjectNode().put("TrainingJobName", "job-1");
    }
}
