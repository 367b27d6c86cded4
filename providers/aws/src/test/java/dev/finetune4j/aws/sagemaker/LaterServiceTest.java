package dev.finetune4j.aws.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.aws.LaterWire;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that says more than its model of today, and has states that nobody here knows, runs jobs to their end all the same. */
class LaterServiceTest {
    @TempDir
    private Path folder;

    @Test
    void takesAStateThatItDoesNotKnowForTrainingUntilTheJobHasEnded() throws IOException {
        try (OfflinePlace place = new OfflinePlace(folder);
                LaterWire wire = new LaterWire(place.aws.endpoint());
                Provider provider = place.openBehind(wire.endpoint())) {
            Submission job = place.job("later-0a1b2c3d-1", 1).build();
            provider.submit(job);
            wire.rename("SecondaryStatus", "TrainingJobStatus", "Status");

            assertThat(provider.find(job.id()).orElseThrow().state()).isEqualTo(RunState.TRAINING);
            assertThat(provider.events(job.id(), EventPage.START).events())
                    .extracting(RunEvent.class::cast)
                    .allMatch(RunEvent.StateChanged.class::isInstance);
            place.clock.advance(Duration.ofHours(3));
            assertThat(provider.find(job.id()).orElseThrow().state())
                    .as("nobody says that it has ended")
                    .isEqualTo(RunState.TRAINING);

            wire.rename("SecondaryStatus", "Status");

            assertThat(provider.find(job.id()).orElseThrow().state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(provider.fetch(job.id(), folder.resolve("home"))).isNotEmptyDirectory();
        }
    }
}
