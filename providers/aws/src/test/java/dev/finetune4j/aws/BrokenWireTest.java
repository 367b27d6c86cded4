package dev.finetune4j.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A wire on which a fifth of the calls is reset, cut short, garbled or slow: one job, followed to its end, with all its files. */
class BrokenWireTest {
    private static final double SHARE = 0.2;
    private static final int TRIES = 20;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "SageMaker, 1",
        "SageMaker, 2",
        "SageMaker, 3",
        "SageMaker, 9",
        "SageMaker, 16",
        "SageMaker, 18",
        "SageMaker, 19",
        "SageMaker, 20",
        "JumpStart, 1",
        "JumpStart, 2",
        "JumpStart, 3",
        "JumpStart, 4",
        "JumpStart, 5",
        "JumpStart, 6",
        "Bedrock, 1",
        "Bedrock, 2",
        "Bedrock, 3",
        "Bedrock, 4",
        "Bedrock, 5",
        "Bedrock, 6"
    })
    void launchesOnceAndBringsAllHome(String place, long seed) throws IOException {
        try (LaunchTarget target = LaunchTargets.open(place, folder);
                BrokenWire wire = new BrokenWire(target.aws().endpoint(), SHARE, seed);
                Provider provider = target.openBehind(wire.endpoint())) {
            RunId id = target.job().id();

            patiently(() -> provider.submit(target.job()));
            JobSnapshot end;
            do {
                target.clock().advance(Duration.ofMinutes(10));
                end = patiently(() -> provider.find(id)).orElseThrow();
            } while (!end.state().isTerminal());
            EventPage page = patiently(() -> provider.events(id, EventPage.START));
            Path home = patiently(() -> provider.fetch(id, folder.resolve("home")));

            assertThat(end.state()).as("%s", end.failure()).isEqualTo(RunState.SUCCEEDED);
            assertThat(page.events()).isNotEmpty();
            assertThat(home).isNotEmptyDirectory();
            assertThat(target.aws().calls(target.create()).stream().filter(Call::hadEffect))
                    .hasSize(1);
        }
    }

    /** Asks again what may be asked again, as a run does. */
    private static <T> T patiently(Supplier<T> call) {
        List<String> said = new ArrayList<>();
        for (int i = 0; i < TRIES; i++) {
            try {
                return call.get();
            } catch (FineTuneException e) {
                Problem problem = e.problems().get(0);
                assertThat(problem.retry()).as(problem.toString()).isInstanceOf(Retry.After.class);
                said.add(problem.summary());
            }
        }
        throw new AssertionError("not answered after " + said);
    }
}
