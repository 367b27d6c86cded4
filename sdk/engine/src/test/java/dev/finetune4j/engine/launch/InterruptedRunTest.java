package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.testkit.fake.Life;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which run goes on from its checkpoint where a series asks for its job again. */
class InterruptedRunTest {
    @TempDir
    Path home;

    private LaunchFixture fixture;

    @BeforeEach
    void opensAHome() {
        fixture = new LaunchFixture(home);
    }

    @Test
    void isTheLastThatFailed() throws Exception {
        fixture.place.script(Life.fails());
        RunId failed = fixture.runToEnd();

        assertThat(interrupted()).map(RunFolder::id).contains(failed);
    }

    @Test
    void isNoneWhereAnEarlierOneHasSucceeded() throws Exception {
        fixture.place.script(Life.succeeds(), Life.fails());
        fixture.run(fixture.prepared());
        fixture.run(fixture.prepared());
        assertThat(fixture.place.launches()).isEqualTo(2);

        assertThat(interrupted()).isEmpty();
    }

    private Optional<RunFolder> interrupted() {
        try (Launcher launcher = fixture.launcher()) {
            return launcher.interrupted(fixture.prepared());
        }
    }
}
