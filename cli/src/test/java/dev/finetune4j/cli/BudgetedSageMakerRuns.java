package dev.finetune4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** Runs at an offline SageMaker, of which each bills what it tells. */
final class BudgetedSageMakerRuns extends BudgetedRuns {
    private static final String REGION = "eu-central-1";
    private static final List<String> MACHINES = List.of("ml.g4dn.xlarge", "ml.g5.xlarge");
    private static final List<String> CALLS =
            List.of("CreateTrainingJob", "DescribeTrainingJob", "StopTrainingJob", "PutObject", "FilterLogEvents");

    private static final List<String> STATUSES_WITH_ERRORS =
            List.of("Starting", "Downloading", "Training", "Uploading");

    /** There is nothing to resume, the service did not answer in all tries, or a job that is resumed has no time left. */
    private static final List<String> KNOWN_REFUSALS = List.of("FT0509", "FT0843", "FT0849");

    /** More jobs than a run ever has here. */
    private static final int NEWEST = 20;

    private final CommandCloud cloud;
    private int errorsAJob;
    private String newest = "";

    /** Opens a cloud and a home. */
    BudgetedSageMakerRuns(Path folder, Random random) throws IOException {
        super(folder, random);
        Pace pace = new Pace(minutes(1, 10), minutes(1, 8), seconds(5, 180), minutes(5, 90));
        cloud = new CommandCloud(
                folder, REGION, clock, (account, store) -> OfflineAws.start(account, clock, pace, container(), store));
    }

    @Override
    Map<String, String> environment() {
        return cloud.environment();
    }

    @Override
    String places(boolean isSpot) {
        return """
                targets: [sagemaker]
                places:
                  sagemaker:
                    role: "%s"
                    store: "s3://my-bucket/jobs"
                    region: %s
                """.formatted(CommandCloud.ROLE, REGION)
                + (isSpot ? "    spot: true\n" : "")
                + (isSpot && random.nextInt(4) == 0 ? "    max-wait: " + (3 + random.nextInt(40)) + "h\n" : "")
                + (!isSpot && random.nextInt(3) == 0 ? "    keep-alive: " + (1 + random.nextInt(40)) + "m\n" : "");
    }

    @Override
    List<String> accelerators() {
        return List.of("A10G", "T4");
    }

    @Override
    List<String> knownRefusals() {
        return KNOWN_REFUSALS;
    }

    @Override
    void drawErrors() {
        errorsAJob = List.of(0, 0, 1, 3).get(random.nextInt(4));
    }

    @Override
    void drawPlace() {
        cloud.aws().sageMaker().spotShare(0.3 + 0.7 * random.nextDouble());
        loseSome(cloud.aws().faults(), CALLS);
    }

    @Override
    void reclaim() {
        running().filter(BudgetedSageMakerRuns::isReclaimable).forEach(job -> {
            cloud.aws().sageMaker().reclaim(job.path("TrainingJobName").asText());
            reclaims++;
        });
    }

    @Override
    List<String> machines() {
        return MACHINES;
    }

    @Override
    void sellOut(String machine) {
        cloud.aws().sageMaker().sellOut(machine);
    }

    @Override
    void restock(String machine) {
        cloud.aws().sageMaker().restock(machine);
    }

    @Override
    void fail() {
        if (errorsAJob > 0) {
            breakNewest();
        }
    }

    /** Says once of each job when the service itself fails it. */
    private void breakNewest() {
        String name = names(1).findFirst().orElse("");
        if (name.equals(newest)) {
            return;
        }
        newest = name;
        for (int i = 0; i < errorsAJob; i++) {
            String status = STATUSES_WITH_ERRORS.get(random.nextInt(STATUSES_WITH_ERRORS.size()));
            Duration after = status.equals("Training") ? minutes(1, 120) : seconds(0, 480);
            cloud.aws().sageMaker().failInternally(name, status, after);
        }
    }

    private static boolean isReclaimable(JsonNode job) {
        String status = job.path("SecondaryStatus").asText();
        return job.path("EnableManagedSpotTraining").asBoolean()
                && (status.equals("Downloading") || status.equals("Training"));
    }

    @Override
    boolean isBilled() {
        return running().findAny().isPresent()
                || jobs().anyMatch(
                                job -> job.at("/WarmPoolStatus/Status").asText().equals("Available"));
    }

    @Override
    List<BilledTime> billed(String run) {
        return jobs().filter(job -> job.path("TrainingJobName").asText().startsWith(run))
                .map(job -> new BilledTime(
                        job.at("/ResourceConfig/InstanceType").asText(),
                        Duration.ofSeconds(job.path("BillableTimeInSeconds").asLong()
                                + job.at("/WarmPoolStatus/ResourceRetainedBillableTimeInSeconds")
                                        .asLong()),
                        errors(job)))
                .toList();
    }

    /** Each either lets it begin again or ends it. */
    private static int errors(JsonNode job) {
        int retries =
                Collections.frequency(job.path("SecondaryStatusTransitions").findValuesAsText("Status"), "Restarting");
        return job.path("FailureReason").asText().startsWith("InternalServerError") ? retries + 1 : retries;
    }

    private Stream<JsonNode> running() {
        return jobs().filter(BudgetedSageMakerRuns::isRunning);
    }

    private static boolean isRunning(JsonNode job) {
        String status = job.path("TrainingJobStatus").asText();
        return status.equals("InProgress") || status.equals("Stopping");
    }

    /** The newest jobs, among which are those of the newest run. */
    private Stream<JsonNode> jobs() {
        return names(NEWEST)
                .<JsonNode>map(name -> answer(
                        "DescribeTrainingJob", Json.records().createObjectNode().put("TrainingJobName", name)));
    }

    private Stream<String> names(int most) {
        ObjectNode request =
                Json.records().createObjectNode().put("SortOrder", "Descending").put("MaxResults", most);
        return answer("ListTrainingJobs", request)
                .path("TrainingJobSummaries")
                .findValuesAsText("TrainingJobName")
                .stream();
    }

    private ObjectNode answer(String operation, ObjectNode request) {
        try {
            return cloud.aws().sageMaker().answer(operation, request);
        } catch (ServiceError e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        cloud.close();
    }
}
