package dev.finetune4j.aws.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Retry;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine that is kept after a job is paid for by it, and given back when the job is removed. */
class KeptMachineTest {
    private static final RunId ID = new RunId("keeps-0a1b2c3d-1");
    private static final Duration KEPT = Duration.ofMinutes(30);

    @TempDir
    private Path folder;

    private OfflinePlace place;
    private Provider provider;

    @BeforeEach
    void runAJobToItsEnd() throws IOException {
        Map<String, String> settings = new HashMap<>(OfflinePlace.SETTINGS);
        settings.put("keep-alive", "30m");
        place = new OfflinePlace(folder, settings);
        provider = place.open();
        provider.submit(place.job(ID.value(), 1).build());
        while (!provider.find(ID).orElseThrow().state().isTerminal()) {
            place.clock.advance(Duration.ofMinutes(5));
        }
        assertThat(provider.find(ID).orElseThrow().state()).isEqualTo(RunState.SUCCEEDED);
    }

    @AfterEach
    void close() {
        provider.close();
        place.close();
    }

    @Test
    void isToldAsLongAsItMayBeKeptAndThenAsLongAsItWas() {
        JobSnapshot ended = provider.find(ID).orElseThrow();
        assertThat(ended.keptTime()).isEqualTo(KEPT);

        place.clock.advance(Duration.ofHours(1));

        assertThat(provider.find(ID).orElseThrow()).isEqualTo(ended);
        assertThat(provider.windDown()).isGreaterThan(KEPT);
    }

    @Test
    void costsNoMoreThanUntilTheNextJobHasIt() {
        RunId next = new RunId("next-0a1b2c3d-1");

        provider.submit(place.job(next.value(), 1).build());

        assertThat(provider.find(ID).orElseThrow().keptTime()).isLessThan(KEPT);
    }

    /** The budget pays for one machine that is kept, after the last launch: what an earlier one cost is gone from what is left to train. */
    @Test
    void isPaidForByTheTimeOfTheNextLaunch() {
        RunId failing = new RunId("fails-0a1b2c3d-1");
        place.aws.sageMaker().failInternally(failing.value(), "Training", Duration.ofMinutes(10));
        provider.submit(
                place.job(failing.value(), 1).timeLimit(Duration.ofHours(3)).build());
        place.clock.advance(Duration.ofHours(2));
        JobSnapshot failed = provider.find(failing).orElseThrow();
        assertThat(failed.state()).isEqualTo(RunState.FAILED);
        assertThat(failed.keptTime()).isEqualTo(KEPT);

        provider.resume(failing);

        Duration left = Duration.ofHours(3).minus(failed.billedTime()).minus(KEPT);
        assertThat(place.aws.calls("CreateTrainingJob").get(2).request().at("/StoppingCondition/MaxRuntimeInSeconds"))
                .hasToString(Long.toString(left.toSeconds()));
    }

    @Test
    void isGivenBackBeforeTheJobIsRemoved() {
        provider.delete(ID);

        assertThat(provider.find(ID)).isEmpty();
        assertThat(place.aws.calls("UpdateTrainingJob"))
                .singleElement()
                .satisfies(call -> assertThat(call.request()
                                .at("/ResourceConfig/KeepAlivePeriodInSeconds")
                                .asInt(-1))
                        .isZero());
    }

    @Test
    void needsNothingToBeGivenBackWhenItsTimeIsOver() {
        place.clock.advance(Duration.ofHours(1));

        provider.delete(ID);

        assertThat(provider.find(ID)).isEmpty();
        assertThat(place.aws.calls("UpdateTrainingJob")).isEmpty();
    }

    @Test
    void tellsToComeAgainWhereItIsNotGoneYet() {
        place.aws.faults().refuse("DeleteTrainingJob", 1, ServiceError.of("ResourceInUse", "it has a warm pool"));

        assertThatThrownBy(() -> provider.delete(ID))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems()).singleElement().satisfies(problem -> {
                            assertThat(problem.code()).isEqualTo("FT0849");
                            assertThat(problem.summary()).startsWith("the machine of " + ID + " is being given back");
                            assertThat(problem.remedies()).containsExactly("run the same command again in a minute");
                            assertThat(problem.retry()).isInstanceOf(Retry.After.class);
                        }));

        provider.delete(ID);
        assertThat(provider.find(ID)).isEmpty();
    }

    @Test
    void removesNothingWhereItCannotBeGivenBack() {
        place.aws.faults().refuse("UpdateTrainingJob", 1, ServiceError.invalid("not now"));

        assertThatThrownBy(() -> provider.delete(ID)).hasMessageContaining("SageMaker does not do that with " + ID);

        assertThat(provider.find(ID)).isPresent();
        assertThat(provider.fetch(ID, folder.resolve("fetched"))).isNotEmptyDirectory();
    }
}
