package dev.finetune4j.aws.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.LogPage;
import dev.finetune4j.spi.MachineVerdict;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job whose machine is not to be had goes to another one, under the next name and to the same checkpoints. */
class SoldOutTest {
    private static final String OTHER = "ml.g5.2xlarge";

    @TempDir
    private Path folder;

    private OfflinePlace place;
    private Submission job;

    @BeforeEach
    void open() throws IOException {
        place = new OfflinePlace(folder);
        job = place.job("scarce", 1).timeLimit(Duration.ofHours(3)).build();
    }

    @AfterEach
    void close() {
        place.close();
    }

    @Test
    void goesToAnotherMachineOnceWhereNoneIsFree() {
        place.aws.sageMaker().sellOut("ml.g5.xlarge");
        try (Provider first = place.open();
                Provider second = place.openWith(PlaceSettings.MACHINE, OTHER)) {
            first.submit(job);
            JobSnapshot failed = awaitEnd(first);

            assertThat(failed.state()).isEqualTo(RunState.FAILED);
            assertThat(failed.failure().map(Problem::code)).contains("FT0851");
            assertThat(first.machineVerdict(failed.failure().orElseThrow())).isEqualTo(MachineVerdict.NOT_FREE);
            assertThat(failed.billedTime()).isZero();
            assertThat(first.submit(job).state()).as("the same machine").isEqualTo(RunState.FAILED);
            assertThat(launched()).isEqualTo(1);

            second.submit(job);
            second.submit(job);
            assertThat(launched()).isEqualTo(2);
            assertThat(awaitEnd(second).state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(second.submit(job).state()).isEqualTo(RunState.SUCCEEDED);
        }
        assertThat(launched()).isEqualTo(2);
        assertThat(request(1).at("/TrainingJobName").asText()).isEqualTo("scarce-r2");
        assertThat(request(1).at("/ResourceConfig/InstanceType").asText()).isEqualTo(OTHER);
        assertThat(request(1).at("/CheckpointConfig")).isEqualTo(request(0).at("/CheckpointConfig"));
        assertThat(request(1).at("/InputDataConfig")).isEqualTo(request(0).at("/InputDataConfig"));
    }

    @Test
    void goesToAnotherMachineWhereTheAccountMayHaveNone() {
        place.aws.sageMaker().quota("ml.g5.xlarge", 0);
        try (Provider first = place.open();
                Provider second = place.openWith(PlaceSettings.MACHINE, OTHER)) {
            FineTuneException refused = catchThrowableOfType(FineTuneException.class, () -> first.submit(job));

            assertThat(refused.problems()).extracting(Problem::code).containsExactly("FT0845");
            assertThat(first.machineVerdict(refused.problems().get(0))).isEqualTo(MachineVerdict.NOT_ALLOWED);
            assertThat(first.isMachineAllowed()).contains(false);
            assertThat(second.isMachineAllowed()).contains(true);

            second.submit(job);
            assertThat(awaitEnd(second).state()).isEqualTo(RunState.SUCCEEDED);
        }
    }

    @Test
    void leavesSpotAfterTheTimeThatItMayWait() {
        place.aws.sageMaker().sellOut("ml.g5.xlarge");
        try (Provider spot = place.openOnSpot();
                Provider held = place.open()) {
            spot.submit(job);
            JobSnapshot waited = awaitEnd(spot);

            assertThat(waited.state()).isEqualTo(RunState.FAILED);
            assertThat(spot.machineVerdict(waited.failure().orElseThrow())).isEqualTo(MachineVerdict.NOT_FREE);
            assertThat(waited.failure().orElseThrow().remedies()).containsExactly("places.sagemaker.spot: false");

            place.aws.sageMaker().restock("ml.g5.xlarge");
            held.submit(job);
            assertThat(awaitEnd(held).state()).isEqualTo(RunState.SUCCEEDED);
        }
        assertThat(request(1).at("/EnableManagedSpotTraining").asBoolean()).isFalse();
    }

    @Test
    void saysOfAJobOnDemandThatItWaitedInVainWithoutAWordOfSpot() {
        place.aws.sageMaker().sellOut("ml.g5.xlarge");
        try (Provider provider = place.openWith("max-pending", "2h")) {
            provider.submit(job);
            Problem waited = awaitEnd(provider).failure().orElseThrow();

            assertThat(waited.code()).isEqualTo("FT0851");
            assertThat(waited.summary()).isEqualTo("no ml.g5.xlarge was free for scarce in the time that it may wait");
            assertThat(waited.causes()).containsExactly("it may wait 2h");
            assertThat(waited.remedies()).containsExactly("finetune offers --target sagemaker");
        }
    }

    @Test
    void saysOfASpotJobThatItRanBeforeItWaitedForTooLong() {
        try (Provider spot = place.openOnSpot()) {
            spot.submit(job);
            place.clock.advance(Duration.ofMinutes(36));
            place.aws.sageMaker().sellOut("ml.g5.xlarge");
            place.aws.sageMaker().reclaim("scarce");
            JobSnapshot ended = awaitEnd(spot);
            Problem waited = ended.failure().orElseThrow();

            assertThat(ended.billedTime()).isPositive();
            assertThat(waited.code()).isEqualTo("FT0851");
            assertThat(waited.summary()).isEqualTo("scarce waited for spot ml.g5.xlarge and ran for all of its time");
            assertThat(waited.causes()).hasSize(2);
            assertThat(waited.causes().get(0))
                    .startsWith("it had machines for 3")
                    .contains("is billed for them");
            assertThat(waited.remedies()).containsExactly("places.sagemaker.spot: false");
        }
    }

    @Test
    void waitsForTheNextMachineAsLongAsIsLeftOfTheWholeJobsTime() {
        Map<String, String> patient = Map.of(PlaceSettings.SPOT, "true", "max-wait", "1d");
        Map<String, String> elsewhere =
                Map.of(PlaceSettings.SPOT, "true", "max-wait", "1d", PlaceSettings.MACHINE, OTHER);
        try (Provider first = place.openWith(patient);
                Provider second = place.openWith(elsewhere)) {
            first.submit(job);
            place.clock.advance(Duration.ofMinutes(36));
            place.aws.sageMaker().sellOut("ml.g5.xlarge");
            place.aws.sageMaker().reclaim("scarce");
            JobSnapshot ended = awaitEnd(first);

            second.submit(job);

            assertThat(ended.billedTime()).isPositive();
            assertThat(Duration.ofSeconds(request(1)
                            .at("/StoppingCondition/MaxWaitTimeInSeconds")
                            .asLong()))
                    .isEqualTo(Duration.ofDays(1).minus(ended.billedTime()));
        }
    }

    @Test
    void staysWhereTheWorkerFailed() {
        try (Provider first = place.open();
                Provider second = place.openWith(PlaceSettings.MACHINE, OTHER)) {
            first.submit(job);
            first.stop(job.id());
            awaitEnd(first);

            assertThat(second.submit(job).state()).isEqualTo(RunState.STOPPED);
        }
        assertThat(launched()).isEqualTo(1);
    }

    @Test
    void sendsNothingOfAJobThatTheServiceWouldRefuse() {
        try (Provider spot = place.openWith(Map.of(PlaceSettings.SPOT, "true", "max-wait", "1h"))) {
            FineTuneException refused = catchThrowableOfType(FineTuneException.class, () -> spot.submit(job));

            assertThat(refused.problems()).extracting(Problem::code).containsExactly("FT0832");
            assertThat(refused.problems().get(0).remedies()).containsExactly("places.sagemaker.max-wait: 3h10m");
        }
        assertThat(place.aws.calls("PutObject")).isEmpty();
        assertThat(launched()).isZero();
    }

    @Test
    void plansExactlyWhatItThenSends() throws IOException {
        try (Provider provider = place.open()) {
            List<PlannedCall> planned = provider.plannedCalls(job);

            assertThat(launched()).isZero();
            assertThat(place.aws.calls("PutObject")).isEmpty();
            assertThat(planned)
                    .extracting(PlannedCall::action)
                    .contains("s3:PutObject")
                    .endsWith("sagemaker:CreateTrainingJob");
            assertThat(planned.toString()).doesNotContain(place.aws.secretAccessKey());
            provider.submit(job);
            assertThat(Json.records().readTree(planned.get(planned.size() - 1).content()))
                    .isEqualTo(request(0));
            for (PlannedCall call : planned.subList(0, planned.size() - 1)) {
                String key = call.target().substring("s3://my-bucket/".length());
                assertThat(place.aws.calls("PutObject").toString()).contains(key);
            }
        }
    }

    @Test
    void printsWhatContainersPrintedButForEvents() {
        try (Provider provider = place.open()) {
            provider.submit(job);
            awaitEnd(provider);
            List<String> lines = new ArrayList<>();
            LogPage page = provider.logs(job.id(), LogPage.START).orElseThrow();
            while (!page.lines().isEmpty()) {
                lines.addAll(page.lines());
                page = provider.logs(job.id(), page.next()).orElseThrow();
            }

            assertThat(lines).containsExactly("a library says something");
        }
    }

    private JobSnapshot awaitEnd(Provider provider) {
        for (int i = 0; i < 3000; i++) {
            JobSnapshot now = provider.find(job.id()).orElseThrow();
            if (now.state().isTerminal()) {
                return now;
            }
            place.clock.advance(Duration.ofMinutes(1));
        }
        throw new AssertionError("it does not end");
    }

    private int launched() {
        return (int) place.aws.calls("CreateTrainingJob").stream()
                .filter(Call::hadEffect)
                .count();
    }

    private JsonNode request(int index) {
        return place.aws.calls("CreateTrainingJob").get(index).request();
    }
}
