package dev.finetune4j.aws.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.aws.LaterWire;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Bedrock that says more than its model of today, and has states that nobody here knows, tunes models all the same. */
class LaterTuningTest {
    @TempDir
    private Path folder;

    @Test
    void followsAJobThroughMembersAndStatesThatItDoesNotKnow() throws IOException {
        try (TuningPlace place = new TuningPlace(folder, TuningPlace.SETTINGS);
                LaterWire wire = new LaterWire(place.aws.endpoint());
                Provider provider = place.openBehind(wire.endpoint())) {
            Submission job = place.job("later-0a1b2c3d-1");
            provider.submit(job);
            wire.rename("status");

            assertThat(provider.find(job.id()).orElseThrow().state().isTerminal())
                    .isFalse();
            assertThat(provider.events(job.id(), EventPage.START)).isNotNull();

            wire.rename();
            for (int i = 0; i < 100; i++) {
                if (provider.find(job.id()).orElseThrow().state().isTerminal()) {
                    break;
                }
                place.clock.advance(Duration.ofMinutes(10));
            }
            assertThat(provider.find(job.id()).orElseThrow().state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(provider.events(job.id(), EventPage.START).events()).isNotEmpty();
            assertThat(provider.fetch(job.id(), folder.resolve("home"))).isNotEmptyDirectory();
            assertThat(provider.leftovers().orElseThrow()).isNotEmpty();
            assertThat(provider.hosting().orElseThrow().all()).isEmpty();
            assertThat(wire.changed()).isGreaterThan(5);
        }
    }
}
