package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.plan.PlanRequest;
import dev.finetune4j.engine.price.OfferFilter;
import dev.finetune4j.engine.price.OfferFilter.Spot;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.Objective;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs one after another at an offline SageMaker, launched and followed by {@link FineTuner} on a clock on which hours take no time, under
 * circumstances that are drawn. The same random source gives the same runs.
 */
final class BudgetedRuns implements AutoCloseable {
    private static final String REGION = "eu-central-1";
    private static final List<String> CALLS =
            List.of("CreateTrainingJob", "DescribeTrainingJob", "StopTrainingJob", "PutObject", "FilterLogEvents");

    private static final List<String> STATUSES_WITH_ERRORS =
            List.of("Starting", "Downloading", "Training", "Uploading");

    /** There is nothing to resume, the service did not answer in all tries, or a job that is resumed has no time left. */
    private static final List<String> KNOWN_REFUSALS = List.of("FT0509", "FT0843", "FT0849");

    /** In which something may happen to a machine. */
    private static final Duration STEP = Duration.ofMinutes(1);

    /** More jobs than a run ever has here. */
    private static final int NEWEST = 20;

    /** When a service ends every job, and nobody keeps a machine any more. */
    private static final Duration LONGEST_LIFE = Duration.ofDays(31);

    private final Path folder;
    private final Random random;
    private final VirtualClock clock = new VirtualClock();
    private final CommandCloud cloud;
    private final Path home;
    private Container container = PlannedContainer.succeedingAfter(Duration.ZERO);
    private double reclaimsAMinute;
    private double soldOutAMinute;
    private int reclaims;
    private int errorsAJob;
    private String newest = "";
    private @Nullable Instant death;

    /** Opens a cloud and a home. */
    BudgetedRuns(Path folder, Random random) throws IOException {
        this.folder = folder;
        this.random = random;
        home = folder.resolve("user");
        Pace pace = new Pace(minutes(1, 10), minutes(1, 8), seconds(5, 180), minutes(5, 90));
        cloud = new CommandCloud(
                folder,
                REGION,
                clock,
                (account, store) -> OfflineAws.start(
                        account,
                        clock,
                        pace,
                        (job, at, ranBefore, log) -> container.start(job, at, ranBefore, log),
                        store));
    }

    /**
     * What a run cost.
     *
     * @param billed by the service, at the prices of the terms
     * @param worst what the terms said at most
     * @param jobs that the service made for it
     * @param reclaims how often a machine was taken back
     * @param restarts how often it was begun anew after an exit code
     * @param errors how often the service itself failed one of them
     * @param isWatchedToItsEnd whether somebody followed it to its end
     */
    record Bill(
            Money billed, Money worst, int jobs, int reclaims, int restarts, int errors, boolean isWatchedToItsEnd) {
        boolean isNearWorst() {
            return isAbove(0.8);
        }

        boolean isAboveHalf() {
            return isAbove(0.5);
        }

        private boolean isAbove(double share) {
            return billed.amount().doubleValue() > share * worst.amount().doubleValue();
        }
    }

    /** Whoever watched is there no more. */
    private static final class Died extends Error {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Launches a run, and returns when nothing of it is billed any more.
     *
     * @param number tells its job from those before
     */
    Bill next(int number) throws IOException, InterruptedException {
        try (FineTuner tuner = tuner()) {
            Offered offered = offered(tuner, number);
            draw();
            String run = "";
            boolean isWatched = false;
            try {
                RunHandle<RunOutcome> handle = tuner.launch(offered.plan());
                run = handle.id().value();
                isWatched = follow(handle);
                while (!isWatched && random.nextBoolean()) {
                    isWatched = follow(later(tuner).attach(run));
                }
                while (isWatched && random.nextInt(3) == 0) {
                    isWatched = follow(later(tuner).resume(run));
                }
            } catch (FineTuneException e) {
                assertKnown(e); // what it left is judged all the same
            }
            death = null;
            letEnd();
            return bill(run, offered.terms(), isWatched);
        }
    }

    private record Offered(Plan plan, LaunchTerms terms) {}

    /** The terms of a job whose budget lasts long enough. */
    private Offered offered(FineTuner tuner, int number) throws IOException {
        while (true) {
            try {
                JobFile job = tuner.read(write(number));
                Plan plan = tuner.plan(job, request(job));
                if (plan.choice().isPresent()) {
                    return new Offered(plan, tuner.terms(plan));
                }
                clock.advance(Duration.ofMinutes(
                        30)); // what was sold out is asked for again, if the budget was not too small
            } catch (FineTuneException e) {
                assertThat(e.problems().get(0).code()).as(e.getMessage()).isEqualTo("FT0521");
            }
        }
    }

    /** After some time in which nobody watches. */
    private FineTuner later(FineTuner tuner) {
        death = null;
        pass(minutes(1, 300));
        death = random.nextBoolean() ? clock.instant().plus(minutes(1, 300)) : null;
        return tuner;
    }

    /** Whether it was followed to its end. */
    private static boolean follow(RunHandle<RunOutcome> handle) throws InterruptedException {
        try {
            handle.await();
            return true;
        } catch (CompletionException e) {
            if (e.getCause() instanceof Died) {
                return false;
            }
            throw e;
        } catch (FineTuneException e) {
            assertKnown(e);
            return false; // gave up
        }
    }

    private static void assertKnown(FineTuneException refusal) {
        assertThat(KNOWN_REFUSALS)
                .as(refusal.getMessage())
                .contains(refusal.problems().get(0).code());
    }

    private FineTuner tuner() {
        return FineTuner.builder()
                .home(home)
                .environment(cloud.environment())
                .clock(clock)
                .sleeper(this::pass)
                .build();
    }

    private Path write(int number) throws IOException {
        boolean isSpot = random.nextInt(3) > 0;
        Path file = TicketsJob.writeUncompared(Files.createTempDirectory(folder, "job"), number + 1);
        return Files.writeString(
                file,
                Files.readString(file)
                        + """
                budget: {max-cost: %s USD}
                recovery: {exit-codes: [75, 137], max-restarts: %s}
                targets: [sagemaker]
                places:
                  sagemaker:
                    role: "%s"
                    store: "s3://my-bucket/jobs"
                    region: %s
                """.formatted(
                                0.4 + random.nextInt(12) / 10.0, 1 + random.nextInt(3), CommandCloud.ROLE, REGION)
                        + (isSpot ? "    spot: true\n" : "")
                        + (isSpot && random.nextInt(4) == 0 ? "    max-wait: " + (3 + random.nextInt(40)) + "h\n" : "")
                        + (!isSpot && random.nextInt(3) == 0
                                ? "    keep-alive: " + (1 + random.nextInt(40)) + "m\n"
                                : ""));
    }

    private static PlanRequest request(JobFile job) {
        OfferFilter offers = new OfferFilter(job.job().targets(), List.of(), List.of("A10G", "T4"), Spot.NEVER, null);
        return new PlanRequest(offers, Objective.BALANCED, null, null, false, null);
    }

    private void draw() {
        Duration work = random.nextInt(3) == 0 ? minutes(1, 40) : minutes(40, 300);
        int exitCode = random.nextInt(3) == 0 ? List.of(1, 75, 137).get(random.nextInt(3)) : 0;
        container = new PlannedContainer(work, exitCode, "", random.nextInt(4) > 0, seconds(0, 300));
        reclaimsAMinute = List.of(0.0, 0.0, 0.01, 0.1, 0.5).get(random.nextInt(5));
        soldOutAMinute = List.of(0.0, 0.0, 0.02).get(random.nextInt(3));
        reclaims = 0;
        errorsAJob = List.of(0, 0, 1, 3).get(random.nextInt(4));
        death = random.nextInt(3) > 0 ? clock.instant().plus(minutes(1, 90)) : null;
        cloud.aws().sageMaker().spotShare(0.3 + 0.7 * random.nextDouble());
        for (String call : CALLS) {
            int lost = random.nextInt(3);
            if (random.nextBoolean()) {
                cloud.aws().faults().loseAnswer(call, lost);
            } else {
                cloud.aws().faults().loseRequest(call, lost);
            }
        }
    }

    /** Time passes, and machines are taken back or sold out. */
    private void pass(Duration time) {
        Instant end = clock.instant().plus(time);
        while (clock.instant().isBefore(end)) {
            if (death != null && !clock.instant().isBefore(death)) {
                throw new Died();
            }
            Duration left = Duration.between(clock.instant(), end);
            Duration step = left.compareTo(STEP) < 0 ? left : STEP;
            clock.advance(step);
            happen(step.toMillis() / (double) STEP.toMillis());
        }
    }

    private void happen(double minutes) {
        if (errorsAJob > 0) {
            breakNewest();
        }
        if (random.nextDouble() < reclaimsAMinute * minutes) {
            running().filter(BudgetedRuns::isReclaimable).forEach(job -> {
                cloud.aws().sageMaker().reclaim(job.path("TrainingJobName").asText());
                reclaims++;
            });
        }
        if (random.nextDouble() < soldOutAMinute * minutes) {
            String machine = List.of("ml.g4dn.xlarge", "ml.g5.xlarge").get(random.nextInt(2));
            if (random.nextBoolean()) {
                cloud.aws().sageMaker().sellOut(machine);
            } else {
                cloud.aws().sageMaker().restock(machine);
            }
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

    /** Nobody looks any more. */
    private void letEnd() {
        Instant latest = clock.instant().plus(LONGEST_LIFE);
        while (isBilled()) {
            assertThat(clock.instant()).isBefore(latest);
            pass(STEP);
        }
        List.of("ml.g4dn.xlarge", "ml.g5.xlarge")
                .forEach(machine -> cloud.aws().sageMaker().restock(machine));
    }

    private boolean isBilled() {
        return running().findAny().isPresent()
                || jobs().anyMatch(
                                job -> job.at("/WarmPoolStatus/Status").asText().equals("Available"));
    }

    private Bill bill(String run, LaunchTerms terms, boolean isWatched) {
        List<LaunchTerms> all = new ArrayList<>(terms.alternatives());
        all.add(terms);
        Money billed = Money.parse("0 USD");
        List<JsonNode> jobs = jobs(run).toList();
        for (JsonNode job : jobs) {
            String machine = job.at("/ResourceConfig/InstanceType").asText();
            Money perHour = all.stream()
                    .filter(one -> one.name().equals(machine))
                    .map(LaunchTerms::perHour)
                    .findFirst()
                    .orElseThrow();
            Duration time = Duration.ofSeconds(job.path("BillableTimeInSeconds").asLong()
                    + job.at("/WarmPoolStatus/ResourceRetainedBillableTimeInSeconds")
                            .asLong());
            billed = billed.plus(Objects.requireNonNull(perHour).forHours(time));
        }
        Money worst = all.stream()
                .map(one -> Objects.requireNonNull(one.worstCost()))
                .max(Comparator.comparing(Money::amount))
                .orElseThrow();
        int errors = jobs.stream().mapToInt(BudgetedRuns::errors).sum();
        return new Bill(billed, worst, jobs.size(), reclaims, restarts(run), errors, isWatched);
    }

    private int restarts(String run) {
        return run.isEmpty()
                ? 0
                : (int) new RunStore(home)
                        .folder(new RunId(run))
                        .read()
                        .entries()
                        .filter(entry -> entry instanceof JournalEntry.Moved moved && moved.isRestart())
                        .count();
    }

    /** Each either lets it begin again or ends it. */
    private static int errors(JsonNode job) {
        int retries =
                Collections.frequency(job.path("SecondaryStatusTransitions").findValuesAsText("Status"), "Restarting");
        return job.path("FailureReason").asText().startsWith("InternalServerError") ? retries + 1 : retries;
    }

    private Stream<JsonNode> running() {
        return jobs().filter(BudgetedRuns::isRunning);
    }

    private static boolean isRunning(JsonNode job) {
        String status = job.path("TrainingJobStatus").asText();
        return status.equals("InProgress") || status.equals("Stopping");
    }

    private Stream<JsonNode> jobs(String run) {
        return run.isEmpty()
                ? Stream.empty()
                : jobs().filter(job -> job.path("TrainingJobName").asText().startsWith(run));
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

    private Duration minutes(int least, int most) {
        return seconds(60 * least, 60 * most);
    }

    private Duration seconds(int least, int most) {
        return Duration.ofSeconds(least + random.nextInt(most - least));
    }

    @Override
    public void close() {
        cloud.close();
    }
}
