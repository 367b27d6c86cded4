package dev.finetune4j.offlinecloud.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.offlinecloud.container.Container.Ending;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** However a container's machine fails, its end is told. */
class ContainerRunTest {
    @TempDir
    private Path folder;

    @Test
    @Timeout(30)
    void endsThoughItsMachineCannotBeReleased() throws InterruptedException {
        ContainerRun run = new ContainerRun(
                new Unreleasable(folder), new ProcessBuilder(), new Program() {}, Clock.systemUTC(), line -> {});

        run.begin();

        Optional<Ending> ending = run.ending();
        while (ending.isEmpty()) {
            Thread.sleep(5);
            ending = run.ending();
        }
        assertThat(ending.get().failure()).isEqualTo("there is no such input");
    }

    private record Unreleasable(Path root) implements Machine {
        @Override
        public String job() {
            return "job-1";
        }

        @Override
        public void layOut() throws IOException {
            throw new IOException("there is no such input");
        }

        @Override
        public void save() {}

        @Override
        public void saveResults(boolean hasFailed) {}

        @Override
        public void release() {
            throw new IllegalStateException("its pipes are gone");
        }

        @Override
        public String failure() {
            return "";
        }
    }
}
