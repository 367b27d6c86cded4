package dev.finetune4j.aws.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.aws.BrokenWire;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A wire on which a fifth of the calls is reset, cut short, garbled or slow: one job, followed to its end, with all its files. */
class BrokenWireTest {
    private static final double SHARE = 0.2;
    private static final int TRIES = 20;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 9, 16, 18, 19, 20})
    void launchesOnceAndBringsAllHome(long seed) throws IOException {
        try (OfflinePlace place = new OfflinePlace(folder);
                BrokenWire wire = new BrokenWire(place.aws.endpoint(), SHARE, seed);
                Provider provider = place.openBehind(wire.endpoint())) {
            Submission job = place.job("torn", 1).build();

            patiently(() -> provider.submit(job));
            JobSnapshot end;
            do {
                place.clock.advance(Duration.ofMinutes(10));
                end = patiently(() -> provider.find(job.id())).orElseThrow();
            } while (!end.state().isTerminal());
            EventPage page = patiently(() -> provider.events(job.id(), EventPage.START));
            Path home = patiently(() -> provider.fetch(job.id(), folder.resolve("home")));

            assertThat(end.state()).as("%s", end.failure()).isEqualTo(RunState.SUCCEEDED);
            assertThat(page.events()).isNotEmpty();
            assertThat(home).isNotEmptyDirectory();
            assertThat(place.aws.calls("CreateTrainingJob").stream().filter(Call::hadEffect))
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
