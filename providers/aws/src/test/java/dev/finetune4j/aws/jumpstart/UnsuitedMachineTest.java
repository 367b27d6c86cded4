package dev.finetune4j.aws.jumpstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finetune4j.aws.internal.jobs.SageMakerProblems;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.MachineVerdict;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine that the model's document does not have is left for one that it has; only a lack of machines is told as one. */
class UnsuitedMachineTest {
    @TempDir
    private Path folder;

    @Test
    void goesOnToAMachineThatTheDocumentHas() throws IOException {
        VirtualClock clock = new VirtualClock();
        try (OfflineHubPlace place = new OfflineHubPlace(
                        folder, clock, Pace.LIFELIKE, (store, hub) -> new ScriptedScript(store, folder));
                Provider first = place.openWith(Map.of("machine", "ml.m5.large"));
                Provider next = place.openWith(Map.of("tags", "team=search"))) {
            Submission job = place.job("moves-0a1b2c3d-1", 1).build();

            FineTuneException refusal = catchThrowableOfType(FineTuneException.class, () -> first.submit(job));
            Problem why = refusal.problems().get(0);

            assertThat(why.code()).isEqualTo("FT0916");
            assertThat(first.machineVerdict(why)).isEqualTo(MachineVerdict.NOT_SUITED);
            assertThat(first.find(job.id())).isEmpty();
            next.submit(job);
            clock.advance(Duration.ofHours(3));
            assertThat(next.find(job.id()).map(JobSnapshot::state)).contains(RunState.SUCCEEDED);
            assertThat(place.aws.calls("CreateTrainingJob"))
                    .singleElement()
                    .satisfies(call -> assertThat(call.request().path("Tags").toString())
                            .contains("{\"Key\":\"team\",\"Value\":\"search\"}", "finetune4j-run"));
        }
    }

    @Test
    void tellsALackOfMachinesApart() {
        try (Provider provider = new JumpStartProviderFactory()
                .open(new ProviderContext(folder, Map.of(), new VirtualClock()), OfflineHubPlace.SETTINGS)) {
            assertThat(provider.machineVerdict(problem(SageMakerProblems.NO_CAPACITY)))
                    .isEqualTo(MachineVerdict.NOT_FREE);
            assertThat(provider.machineVerdict(problem(SageMakerProblems.QUOTA)))
                    .isEqualTo(MachineVerdict.NOT_ALLOWED);
            assertThat(provider.machineVerdict(problem(JumpStartProblems.LICENCE)))
                    .isEqualTo(MachineVerdict.UNRELATED);
        }
    }

    private static Problem problem(ProblemKind kind) {
        return kind.error("a test").build();
    }
}
