package dev.finetune4j.azure.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.azure.core.exception.HttpResponseException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.azure.internal.Answered;
import dev.finetune4j.azure.internal.ArmResources;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.wire.Faults;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.MachineVerdict;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs at an offline workspace: launched once whatever is lost, and told of in words that help when something goes wrong. */
@Tag("long")
class AzureMlJobsTest {
    private static final String MACHINE = "Standard_NC24ads_A100_v4";
    private static final String FAMILY = "standardNCADSA100v4Family";

    @SuppressWarnings("NullAway.Init") // before all tests
    private static Azurite blobs;

    @TempDir
    private Path home;

    @SuppressWarnings("NullAway.Init") // before each test
    private OfflineWorkspace place;

    @SuppressWarnings("NullAway.Init") // before each test
    private Provider provider;

    @BeforeAll
    static void startBlobStorage() throws IOException {
        blobs = OfflineWorkspace.blobs();
    }

    @AfterAll
    static void endBlobStorage() {
        blobs.close();
    }

    @BeforeEach
    void open() throws IOException {
        place = new OfflineWorkspace(home, blobs);
        provider = place.open();
    }

    @AfterEach
    void close() {
        provider.close();
        place.close();
    }

    @Test
    void launchesOnceThoughTheAnswerIsLost() {
        place.azure.faults().loseAnswer("Jobs_CreateOrUpdate", 1);

        assertThat(provider.submit(place.job("lost", 1).build()).state()).isEqualTo(RunState.QUEUED);

        assertThat(place.azure.calls().of("Jobs_CreateOrUpdate"))
                .as("looked for, and not sent again")
                .hasSize(1);
        assertThat(provider.unfinished()).hasSize(1);
    }

    /** Its answer is lost, and it shows late: whatever the next call is refused for, the job is there. */
    @Test
    void findsWhatAnEarlierCallLaunchedThoughTheNextIsRefused() {
        List<Consumer<Faults>> refusals = List.of(
                faults -> faults.refuse("Jobs_CreateOrUpdate", 1, ServiceError.of("UserError", "immutable")),
                faults -> faults.denyAccess("Jobs_CreateOrUpdate", 1),
                faults -> faults.throttle("Jobs_CreateOrUpdate", 1));
        ServiceError absent = new ServiceError(404, "UserError", "there is no such job");
        for (int i = 0; i < refusals.size(); i++) {
            place.azure.faults().refuse("Jobs_Get", 5, absent).loseAnswer("Jobs_CreateOrUpdate", 1);
            refusals.get(i).accept(place.azure.faults());

            assertThat(provider.submit(place.job("late-" + i, 1).build()).state())
                    .isEqualTo(RunState.QUEUED);
        }
        assertThat(place.azure.calls().of("Jobs_CreateOrUpdate")).hasSize(2 * refusals.size());
        assertThat(provider.unfinished()).hasSize(refusals.size());
    }

    /** Each call that comes too early makes the service refuse for longer. */
    @Test
    void comesAgainWhenTheServiceAsksForIt() {
        place.azure.faults().refuse("Jobs_CreateOrUpdate", 1, AzureErrors.throttled(1));
        Instant before = Instant.now();
        provider.submit(place.job("soon", 1).build());
        assertThat(Duration.between(before, Instant.now())).isGreaterThanOrEqualTo(Duration.ofSeconds(1));

        place.azure.faults().refuse("Jobs_CreateOrUpdate", 1, AzureErrors.throttled(90));
        assertThat(retry(() -> provider.submit(place.job("later", 1).build())))
                .isEqualTo(Retry.asked(Duration.ofSeconds(90)));
        assertThat(place.azure.calls().of("Jobs_CreateOrUpdate")).hasSize(3);
        place.azure.faults().refuse("Jobs_Get", 1, AzureErrors.throttled(3600));
        assertThat(retry(() -> provider.find(new RunId("later")))).isEqualTo(Retry.asked(Duration.ofHours(1)));
    }

    private static Retry retry(ThrowingCallable call) {
        return ((FineTuneException) catchThrowable(call)).problems().get(0).retry();
    }

    @Test
    void goesOnWhereAMachineWasTakenBack() {
        try (Provider spot = place.openWith(Map.of("spot", "true"))) {
            RunId id = spot.submit(place.job("taken", 3).build()).id();
            await(id, RunState.TRAINING);
            place.azure.reclaim(id.value());

            assertThat(awaitEnd(id).state()).isEqualTo(RunState.SUCCEEDED);
        }
        assertThat(place.azure.calls().of("Jobs_CreateOrUpdate")).hasSize(1);
    }

    @Test
    void isDoneWithAMachineThatWasTakenBackForGood() {
        try (Provider spot = place.openWith(Map.of("spot", "true"))) {
            RunId id = spot.submit(place.job("lost-machine", 3).build()).id();
            await(id, RunState.TRAINING);
            place.azure.sellOut(MACHINE);
            place.azure.reclaim(id.value());
            assertThat(spot.find(id).orElseThrow().state()).isEqualTo(RunState.INTERRUPTED);

            Problem failure = awaitEnd(spot, id).failure().orElseThrow();

            assertThat(failure.code()).isEqualTo("FT0951");
            assertThat(spot.machineVerdict(failure)).isEqualTo(MachineVerdict.NOT_FREE);
        }
    }

    @Test
    void billsNoWaitForAnotherMachine() {
        try (Provider spot = place.openWith(Map.of("spot", "true"))) {
            RunId id = spot.submit(place.job("waiting", 3).build()).id();
            await(id, RunState.TRAINING);
            place.azure.sellOut(MACHINE);
            place.azure.reclaim(id.value());
            Duration before = spot.find(id).orElseThrow().billedTime();

            for (int look = 0; look < 3; look++) {
                place.clock.advance(Duration.ofMinutes(15));
                assertThat(spot.find(id).orElseThrow().state()).isEqualTo(RunState.INTERRUPTED);
                assertThat(spot.find(id).orElseThrow().billedTime()).isEqualTo(before);
            }
            place.azure.restock(MACHINE);
            place.clock.advance(Duration.ofSeconds(11));
            assertThat(spot.find(id).orElseThrow().state())
                    .as("the next machine is there, and is made ready")
                    .isEqualTo(RunState.STARTING);
            place.clock.advance(Duration.ofMinutes(3));
            assertThat(spot.find(id).orElseThrow().billedTime())
                    .isBetween(before.plusMinutes(3), before.plusMinutes(4));
            JobSnapshot end = awaitEnd(spot, id);

            assertThat(end.state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(end.billedTime()).isBetween(Duration.ofHours(3), Duration.ofMinutes(200));
            assertThat(provider.find(id).orElseThrow().billedTime())
                    .as("who did not see the wait counts it")
                    .isGreaterThan(Duration.ofMinutes(225));
        }
    }

    /** A watcher asks for the state, then for what happened, page after page. */
    @Test
    void asksForItsLaunchesOnceALook() {
        RunId id = provider.submit(place.job("walked", 1).build()).id();
        await(id, RunState.TRAINING);
        int before = place.azure.calls().of("Runs_GetDetails").size();

        EventPage page = provider.events(id, EventPage.START);
        while (!page.events().isEmpty()) {
            page = provider.events(id, page.next());
        }

        assertThat(place.azure.calls().of("Runs_GetDetails")).hasSize(before);
        provider.stop(id);
        provider.find(id);
        assertThat(place.azure.calls().of("Runs_GetDetails")).hasSizeGreaterThan(before);
    }

    /** Once there is another launch, the same call finds it. */
    @Test
    void launchesAJobAnewAfterTheExitCodeThatItTells() throws IOException {
        try (OfflineWorkspace failing = new OfflineWorkspace(
                        home, blobs, PlannedContainer.failingAfter(Duration.ofMinutes(10), 75, "no data"));
                Provider there = failing.open()) {
            Submission job = failing.job("anew", 1).build();
            there.submit(job);
            JobSnapshot first = awaitEnd(failing, there, job.id());
            assertThat(first.exitCode()).isEqualTo(75);

            Submission again = failing.job("anew", 1).after(first.reference()).build();
            JobSnapshot second = there.submit(again);

            assertThat(second.state()).isEqualTo(RunState.QUEUED);
            assertThat(second.exitCode()).isNull();
            assertThat(second.reference()).isNotEqualTo(first.reference());
            assertThat(awaitEnd(failing, there, job.id()).exitCode()).isEqualTo(75);
            assertThat(there.submit(again).reference()).isEqualTo(second.reference());
            assertThat(failing.azure.calls().of("Jobs_CreateOrUpdate")).hasSize(2);
        }
    }

    /** To delete what failed is usual, and must not hide what came after. */
    @Test
    void findsALaunchThoughTheRecordsOfThoseBeforeAreGone() throws IOException {
        try (OfflineWorkspace failing = new OfflineWorkspace(
                        home, blobs, PlannedContainer.failingAfter(Duration.ofMinutes(10), 75, "no data"));
                Provider there = failing.open()) {
            Submission job = failing.job("hidden", 1).build();
            String last = "";
            String cursor = EventPage.START;
            for (int launch = 1; launch <= 3; launch++) {
                last = there.submit(
                                launch == 1
                                        ? job
                                        : failing.job("hidden", 1).after(last).build())
                        .reference();
                awaitEnd(failing, there, job.id());
                cursor = launch == 1 ? there.events(job.id(), cursor).next() : cursor;
            }
            Duration billed = there.find(job.id()).orElseThrow().billedTime();
            assertThat(billed).as("3 launches of 10 min").isGreaterThanOrEqualTo(Duration.ofMinutes(30));
            CommandJobs jobs = new CommandJobs(options(), failing.connection());
            jobs.delete("hidden-r2");
            assertThat(there.find(job.id()).orElseThrow().billedTime())
                    .as("a hole between them")
                    .isEqualTo(billed);
            jobs.delete("hidden");

            try (Provider other = failing.open()) {
                assertThat(other.find(job.id()).orElseThrow().reference()).isEqualTo(last);
                assertThat(other.find(job.id()).orElseThrow().billedTime()).isEqualTo(billed);
                assertThat(other.submit(job).reference()).isEqualTo(last);
                assertThat(other.events(job.id(), cursor).events()).isNotEmpty();
                JobSnapshot resumed = other.resume(job.id());
                assertThat(resumed.reference()).endsWith("hidden-r4");
                assertThat(resumed.billedTime()).isEqualTo(billed);
            }
        }
    }

    /** What the worker of an earlier launch left of why it failed lies there still. */
    @Test
    void tellsNoFailureOfAnEarlierLaunchOfANewOne() throws IOException {
        try (OfflineWorkspace failing = new OfflineWorkspace(
                        home, blobs, PlannedContainer.failingAfter(Duration.ofMinutes(10), 1, "no disk"));
                Provider there = failing.open()) {
            Submission job = failing.job("failing", 1).build();
            failing.store().put("jobs/failing/output/failure", "FT0675: no memory".getBytes(StandardCharsets.UTF_8));

            assertThat(there.submit(job).state()).isEqualTo(RunState.QUEUED);
            assertThat(causes(awaitEnd(failing, there, job.id())))
                    .as("storage is of now, and the job of early in the year")
                    .containsExactly("FT0675: no memory");
            failing.clock.advance(
                    Duration.between(failing.clock.instant(), Instant.now().plus(Duration.ofDays(1))));
            there.resume(job.id());
            assertThat(causes(awaitEnd(failing, there, job.id())))
                    .singleElement(InstanceOfAssertFactories.STRING)
                    .contains("no disk")
                    .doesNotContain("FT0675");
        }
    }

    private static List<String> causes(JobSnapshot failed) {
        return failed.failure().orElseThrow().causes();
    }

    @Test
    void tellsOfAMachineThatIsNotToBeHad() {
        place.azure.sellOut(MACHINE);
        JobSnapshot soldOut =
                awaitEnd(provider.submit(place.job("sold-out", 1).build()).id());
        place.azure.restock(MACHINE);
        place.azure.quota(FAMILY, 0);
        Problem quota = problem("no-quota");

        assertThat(soldOut.failure().orElseThrow().code()).isEqualTo("FT0951");
        assertThat(provider.machineVerdict(soldOut.failure().orElseThrow())).isEqualTo(MachineVerdict.NOT_FREE);
        assertThat(quota.code()).isEqualTo("FT0945");
        assertThat(provider.machineVerdict(quota)).isEqualTo(MachineVerdict.NOT_ALLOWED);
        assertThat(provider.isMachineAllowed()).contains(false);
        place.azure.quota(FAMILY, 1000);
        assertThat(provider.isMachineAllowed()).contains(true);
    }

    /** Of a job that is refused, or fails. */
    private Problem problem(String name) {
        try {
            return awaitEnd(provider.submit(place.job(name, 1).build()).id())
                    .failure()
                    .orElseThrow();
        } catch (FineTuneException e) {
            return e.problems().get(0);
        }
    }

    @Test
    void sendsNothingWhereTheWorkspaceWritesElsewhere() {
        try (Provider elsewhere = place.openWith(Map.of("datastore", "archive"))) {
            assertThatThrownBy(() -> elsewhere.submit(place.job("elsewhere", 1).build()))
                    .hasMessageContaining("FT0946")
                    .hasMessageContaining("the datastore archive of my-workspace is not of devstoreaccount1/jobs");
        }
        assertThat(place.azure.calls().of("Jobs_CreateOrUpdate")).isEmpty();
    }

    @Test
    void tellsWhatTheServiceHasAgainstAJob() {
        try (Provider odd = place.openWith(
                Map.of("environment", "azureml://registries/azureml/environments/of-nobody/versions/1"))) {
            assertThatThrownBy(() -> odd.submit(place.job("odd", 1).build()))
                    .isInstanceOfSatisfying(FineTuneException.class, refusal -> {
                        Problem problem = refusal.problems().get(0);
                        assertThat(problem.code()).isEqualTo("FT0947");
                        assertThat(problem.causes().get(0)).contains("UserError", "of-nobody", "correlation");
                        assertThat(problem.remedies().get(0)).startsWith("az ml environment list");
                    });
        }
    }

    /** One that is withdrawn must not end all use. */
    @Test
    void asksByTheVersionThatTheJobNames() {
        try (Provider newer = place.openWith(Map.of("api-version", "2026-05-01"))) {
            newer.submit(place.job("newer", 1).build());
        }
        assertThat(place.azure.calls().of("Jobs_CreateOrUpdate"))
                .singleElement()
                .satisfies(call -> assertThat(
                                call.request().at("/query/api-version").asText())
                        .isEqualTo("2026-05-01"));
    }

    /** To delete records is often kept from everybody. */
    @Test
    void archivesAJobThatItMayNotDelete() {
        RunId id = provider.submit(place.job("kept", 1).build()).id();
        awaitEnd(id);
        place.azure.faults().denyAccess("Jobs_Delete", 1);

        provider.delete(id);

        String active = options().workspacePath() + "/jobs?listViewType=ActiveOnly";
        assertThat(new ArmResources(place.connection(), AzureMlOptions.USUAL_API_VERSION).list(active))
                .isEmpty();
        assertThat(place.store().list("")).isEmpty();
    }

    /** Its record says Completed, and what it made is gone. */
    @Test
    void launchesAnewWhatWasRemovedThoughItsRecordStays() {
        RunId id = provider.submit(place.job("anew", 1).build()).id();
        for (int launch = 1; launch <= 4; launch++) {
            awaitEnd(id);
            place.azure.faults().denyAccess("Jobs_Delete", 1);
            provider.delete(id);
            assertThat(provider.find(id)).isEmpty();

            JobSnapshot again = provider.submit(place.job("anew", 1).build());

            assertThat(again.state()).isEqualTo(RunState.QUEUED);
            assertThat(again.reference()).endsWith("/anew-r" + (launch + 1));
        }
        assertThat(place.azure.calls().of("Jobs_CreateOrUpdate"))
                .as("launches, and records that were archived")
                .hasSize(9);
    }

    @Test
    void tellsWhoIsNotLetIn() {
        place.azure.faults().denyAccess("Jobs_Get", 1);
        assertThatThrownBy(() -> provider.find(new RunId("denied"))).hasMessageContaining("FT0942");

        try (Provider stranger = place.openAs("not the secret")) {
            assertThatThrownBy(() -> stranger.find(new RunId("strange"))).hasMessageContaining("FT0941");
        }
    }

    @Test
    void believesNoRefusalOfWhatSomebodyElseLaunchedMeanwhile() {
        Submission job = place.job("race", 1).build();
        place.azure.faults().loseAnswer("Jobs_CreateOrUpdate", 1);
        place.azure.faults().breakDown("Jobs_Get", 1);

        assertThat(provider.submit(job).state()).isEqualTo(RunState.QUEUED);
        assertThat(provider.unfinished()).hasSize(1);
    }

    @Test
    void stopsAtItsTimeLimitAndHasNothingLeftToResume() {
        Submission job = place.job("limited", 3).timeLimit(Duration.ofHours(1)).build();
        RunId id = provider.submit(job).id();

        JobSnapshot end = awaitEnd(id);

        assertThat(end.state()).isEqualTo(RunState.STOPPED);
        assertThat(end.billedTime()).isBetween(Duration.ofHours(1), Duration.ofMinutes(75));
        assertThatThrownBy(() -> provider.resume(id))
                .hasMessageContaining("FT0949")
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        refusal -> assertThat(refusal.problems().get(0).causes())
                                .singleElement()
                                .asString()
                                .startsWith("nothing is left of its time limit, less the 30 min"));
    }

    /** A plan that is told no region takes the cheapest, where the workspace need not be. */
    @Test
    void refusesARegionThatIsNotTheWorkspaces() {
        try (Provider elsewhere = place.openWith(Map.of("region", "eastus"))) {
            List<Problem> objections = elsewhere.objections(aJob(), null);

            assertThat(objections).singleElement().satisfies(problem -> {
                assertThat(problem.code()).isEqualTo("FT0933");
                assertThat(problem.summary())
                        .isEqualTo("my-workspace is in westeurope, and the job is planned in eastus");
                assertThat(problem.remedies()).containsExactly("places.azure-ml.region: westeurope");
            });
            assertThat(elsewhere.machineVerdict(objections.get(0)))
                    .as("a run goes on to the next of its plan")
                    .isEqualTo(MachineVerdict.NOT_SUITED);
            assertThatThrownBy(() -> elsewhere.submit(place.job("elsewhere", 1).build()))
                    .hasMessageContaining("FT0933");
        }
        assertThat(place.store().list("")).as("nothing was sent").isEmpty();
        assertThat(provider.objections(aJob(), null)).isEmpty();
    }

    @Test
    void leavesItToTheLaunchToTellWhoIsNotLetIn() {
        try (Provider stranger = place.openAs("not the secret")) {
            assertThat(stranger.objections(aJob(), null)).isEmpty();
        }
    }

    private static FineTuneJob aJob() {
        return FineTuneJob.builder(
                        "letters",
                        ModelRef.parse("tiny"),
                        TaskSpec.of(TaskKind.SENTIMENT),
                        DataSpec.ofFile("letters.jsonl"))
                .build();
    }

    /** A typo in one of them is mended in one of them. */
    @Test
    void tellsWhatIsNotThere() {
        assertThat(absent(Map.of("subscription", "00000000-0000-0000-0000-000000000009")))
                .isEqualTo(
                        "FT0946: there is no subscription 00000000-0000-0000-0000-000000000009 for these credentials");
        assertThat(absent(Map.of("resource-group", "my-grupo")))
                .isEqualTo("FT0946: there is no resource group my-grupo");
        assertThat(absent(Map.of("workspace", "my-space")))
                .isEqualTo("FT0946: there is no workspace "
                        + options().workspacePath().replace("my-workspace", "my-space"));
        place.azure
                .faults()
                .refuse("Jobs_CreateOrUpdate", 1, new ServiceError(404, "UserError", "Unknown compute target 'x'."));
        assertThat(absent(Map.of())).isEqualTo("FT0947: something that absent takes is not there");
        place.azure
                .faults()
                .refuse("VirtualMachineSizes_List", 1, new ServiceError(404, "NoRegisteredProviderFound", "none"));
        assertThat(catchThrowable(provider::isMachineAllowed))
                .hasMessageStartingWith("FT0931: Azure ML is in no region westeurope");
    }

    private String absent(Map<String, String> settings) {
        try (Provider there = place.openWith(settings)) {
            return String.valueOf(
                    catchThrowable(() -> there.submit(place.job("absent", 1).build()))
                            .getMessage());
        }
    }

    /** The name by which a machine may be looked for elsewhere lies within others. */
    @Test
    void findsTheQuotaWithinOtherErrors() {
        String answer =
                "{\"error\":{\"code\":\"UserError\",\"message\":\"no\",\"details\":[],\"additionalInfo\":[{\"type\":"
                        + "\"InnerError\",\"info\":{\"value\":{\"code\":\"BadArgument\",\"innerError\":{\"code\":\"QuotaExceeded\"}}}}]}}";
        FineTuneException told =
                AzureMlErrors.told(new HttpResponseException("refused", Answered.to(400, answer)), "job", options());
        assertThat(told.problems().get(0).code()).isEqualTo("FT0945");
        assertThat(failure(
                                "{\"error\":{\"error\":{\"code\":\"UserError\",\"innerError\":{\"code\":\"BadArgument\","
                                        + "\"innerError\":{\"code\":\"ClusterCoreQuotaReached\"}}}}}",
                                "")
                        .code())
                .isEqualTo("FT0945");
    }

    /** What a job is asked for was written long before by then, and its end comes late. */
    @Test
    void tellsAFailureNearTheLimitAsOne() {
        assertThat(stateAfter("PT1H", "PT1H1M", "")).isEqualTo(RunState.STOPPED);
        assertThat(stateAfter("PT1H", "PT1H1M", error("UserError", "JobTimeoutExceeded")))
                .isEqualTo(RunState.STOPPED);
        assertThat(stateAfter("PT1H", "PT1H1M", error("UserError", ""))).isEqualTo(RunState.FAILED);
        assertThat(stateAfter("PT1H", "PT3H", error("ServiceError", "AllocationFailed")))
                .as("of a job that waited for its second machine in vain")
                .isEqualTo(RunState.FAILED);
    }

    private static String error(String code, String inner) {
        return ",\"error\":{\"error\":{\"code\":\"" + code + "\",\"innerError\":{\"code\":\"" + inner + "\"}}}";
    }

    private static RunState stateAfter(String limit, String ran, String error) {
        Instant begun = Instant.parse("2026-01-01T00:00:00Z");
        AzureJob job = AzureJob.of(Json.read(
                "{\"name\":\"j\",\"properties\":{\"status\":\"Failed\",\"limits\":{\"timeout\":\"" + limit + "\"}}}",
                JsonNode.class));
        String details = "{\"startTimeUtc\":\"" + begun + "\",\"endTimeUtc\":\"" + begun.plus(Duration.parse(ran))
                + "\"" + error + "}";
        return AzureMlStatusMapper.state(
                new AzureMlStatusMapper.Launch(job, new RunDetails(Json.read(details, JsonNode.class))));
    }

    @Test
    void refusesAClusterOfOtherMachinesThanThePlanIsFor() {
        try (Provider none = place.openWith(Map.of("compute", "gpus"))) {
            assertThatThrownBy(() -> none.submit(place.job("cluster", 1).build()))
                    .hasMessageContaining("FT0946")
                    .hasMessageContaining("there is no cluster gpus");
        }
        makeCluster("cpus", "Standard_D4s_v3", "Dedicated", 1);
        try (Provider other = place.openWith(Map.of("compute", "cpus"))) {
            assertThatThrownBy(() -> other.submit(place.job("cluster", 1).build()))
                    .hasMessageContaining("FT0932")
                    .hasMessageContaining("the machines of cpus are Standard_D4s_v3");
        }
        assertThat(place.azure.calls().of("Jobs_CreateOrUpdate")).isEmpty();
    }

    private void makeCluster(String name, String machine, String priority, int machines) {
        String cluster = "{\"location\":\"westeurope\",\"properties\":{\"computeType\":\"AmlCompute\",\"properties\":{"
                + "\"vmSize\":\"" + machine + "\",\"vmPriority\":\"" + priority
                + "\",\"scaleSettings\":{\"minNodeCount\":0,\"maxNodeCount\":" + machines + "}}}}";
        new ArmResources(place.connection(), AzureMlOptions.USUAL_API_VERSION)
                .put(options().workspacePath() + "/computes/" + name, Json.read(cluster, JsonNode.class));
    }

    /** A run on machines that are taken back needs checkpoints, and a plan that is told of no spot machine asks for none. */
    @Test
    void refusesAClusterOfOtherTermsThanThePlanIsFor() {
        makeCluster("low", MACHINE, "LowPriority", 1);
        makeCluster("held", MACHINE, "Dedicated", 1);

        assertThat(objections(Map.of("compute", "low"))).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("FT0932");
            assertThat(problem.summary()).startsWith("the machines of low may be taken back");
            assertThat(problem.remedies()).containsExactly("places.azure-ml.spot: true");
        });
        assertThat(objections(Map.of("compute", "held", "spot", "true")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.remedies()).containsExactly("places.azure-ml.spot: false"));
        assertThat(objections(Map.of("compute", "low", "spot", "true"))).isEmpty();
        assertThat(objections(Map.of("compute", "held"))).isEmpty();
    }

    /** A job would wait for ever, and Azure ML says of the cluster that making it succeeded. */
    @Test
    void refusesAClusterThatCanHaveNoMachine() {
        makeCluster("gpus", MACHINE, "Dedicated", 1);
        makeCluster("none", MACHINE, "Dedicated", 0);
        assertThat(objections(Map.of("compute", "none"))).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("FT0934");
            assertThat(problem.remedies().get(0)).startsWith("az ml compute update --max-instances 1 --name none");
        });

        place.azure.quota(FAMILY, 0);
        assertThat(objections(Map.of("compute", "gpus"))).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("FT0945");
            assertThat(problem.causes().get(0)).startsWith("ClusterCoreQuotaReached");
        });
        try (Provider onCluster = place.openWith(Map.of("compute", "gpus"))) {
            assertThatThrownBy(() -> onCluster.submit(place.job("cluster", 1).build()))
                    .hasMessageContaining("FT0945");
            assertThat(place.azure.calls().of("Jobs_CreateOrUpdate")).isEmpty();

            place.azure.quota(FAMILY, 1000);
            RunId id = onCluster.submit(place.job("cluster", 1).build()).id();
            assertThat(onCluster.unfinished()).singleElement().satisfies(job -> {
                assertThat(job.machine()).isEqualTo(MACHINE);
                assertThat(job.isSpot()).isFalse();
            });
            assertThat(awaitEnd(onCluster, id).state()).isEqualTo(RunState.SUCCEEDED);
        }
    }

    private List<Problem> objections(Map<String, String> settings) {
        try (Provider provider = place.openWith(settings)) {
            return provider.objections(aJob(), null);
        }
    }

    private AzureMlOptions options() {
        return new AzureMlSettings(place.settings(), Map.of()).options();
    }

    @Test
    void takesNoJobOfAnotherOrder() {
        Submission job = place.job("taken-name", 1).build();
        provider.submit(job);
        Submission other = new Submission(
                job.id(),
                job.model(),
                new WorkOrder("0123456789abcdef", job.order().steps()),
                job.channels(),
                job.labels(),
                null,
                null,
                null);

        assertThatThrownBy(() -> provider.submit(other)).hasMessageContaining("FT0944");
        assertThat(place.azure.calls().of("Jobs_CreateOrUpdate")).hasSize(1);
    }

    /** Where inputs and outputs are brought is known to the machine alone, and may hold spaces. */
    @Test
    void leavesNoPlaceholderOfItsCommandWithoutQuotes() {
        provider.submit(place.job("quoted", 1).build());

        String command = place.azure
                .calls()
                .of("Jobs_CreateOrUpdate")
                .get(0)
                .request()
                .at("/body/properties/command")
                .asText();
        assertThat(command).contains("\"${{inputs.code}}/worker.tar.gz\"").contains("\"${{outputs.job}}/$d\"");
        assertThat(command.replaceAll("\"\\$\\{\\{[^\"]*\"", "")).doesNotContain("{{");
    }

    @Test
    void knowsItsJobsAndTheirStates() {
        RunId id = provider.submit(place.job("known", 1000).build()).id();

        assertThatThrownBy(() -> provider.stop(new RunId("unknown"))).hasMessageContaining("FT0948");
        assertThatThrownBy(() -> provider.fetch(id, home.resolve("early"))).hasMessageContaining("FT0949");
        assertThat(provider.unfinished()).singleElement().satisfies(job -> {
            assertThat(job.run()).isEqualTo(id);
            assertThat(job.machine()).isEqualTo(MACHINE);
        });
    }

    @Test
    void tellsFailuresApartByWhoIsToBlame() {
        assertThat(failure("{\"error\":{\"error\":{\"code\":\"ServiceError\",\"message\":\"node lost\"}}}", "")
                        .code())
                .isEqualTo("FT0952");
        Problem worker = failure("{}", "FT0675: no memory; try: training.recompute: layer");
        assertThat(worker.code()).isEqualTo("FT0953");
        assertThat(worker.causes()).containsExactly("FT0675: no memory");
        assertThat(worker.remedies()).containsExactly("training.recompute: layer");
        assertThat(failure("{\"error\":{\"error\":{\"code\":\"UserError\",\"message\":\"no image\"}}}", "")
                        .code())
                .isEqualTo("FT0954");
        assertThat(AzureMlErrors.told(new IllegalStateException("reset"), "job", options())
                        .problems()
                        .get(0)
                        .code())
                .isEqualTo("FT0943");
    }

    private Problem failure(String details, String left) {
        AzureJob job = AzureJob.of(Json.read(
                "{\"name\":\"j\",\"properties\":{\"status\":\"Failed\"},\"systemData\":{\"createdAt\":\"2026-01-01T00:00:00Z\"}}",
                JsonNode.class));
        RunDetails told = new RunDetails(Json.read(details, JsonNode.class));
        return AzureMlStatusMapper.snapshot(
                        new RunId("j"), List.of(new AzureMlStatusMapper.Launch(job, told)), left, place.clock.instant())
                .failure()
                .orElseThrow();
    }

    private JobSnapshot awaitEnd(RunId id) {
        return awaitEnd(provider, id);
    }

    private JobSnapshot awaitEnd(Provider watching, RunId id) {
        return awaitEnd(place, watching, id);
    }

    private static JobSnapshot awaitEnd(OfflineWorkspace place, Provider watching, RunId id) {
        for (int i = 0; i < 2000; i++) {
            JobSnapshot now = watching.find(id).orElseThrow();
            if (now.state().isTerminal()) {
                return now;
            }
            place.clock.advance(Duration.ofMinutes(5));
        }
        throw new AssertionError("it never ends");
    }

    private void await(RunId id, RunState state) {
        for (int i = 0; i < 2000; i++) {
            if (provider.find(id).orElseThrow().state() == state) {
                return;
            }
            place.clock.advance(Duration.ofMinutes(1));
        }
        throw new AssertionError(state);
    }
}
