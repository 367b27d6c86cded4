package dev.finetune4j.offlinecloud.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.offlinecloud.container.Container.Ending;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** However a container ends, that is told, and what it printed. */
class ContainerRunTest {
    @TempDir
    private Path folder;

    @Test
    @Timeout(30)
    void endsThoughItsMachineCannotBeReleased() throws InterruptedException {
        ContainerRun run = new ContainerRun(
                new Unreleasable(folder), new ProcessBuilder(), new Program() {}, Clock.systemUTC(), line -> {});

        run.begin();

        assertThat(ending(run).failure()).isEqualTo("there is no such input");
    }

    /** A worker that is told to end saves a checkpoint, and says so. */
    @Test
    @Timeout(30)
    void keepsWhatIsPrintedAfterItWasToldToEnd() throws InterruptedException {
        List<String> lines = new CopyOnWriteArrayList<>();
        ProcessBuilder command = new ProcessBuilder(
                "/bin/sh", "-c", "trap 'echo saved; exit 1' TERM; echo ready; while :; do sleep 0.05; done");
        ContainerRun run = new ContainerRun(new Bare(folder), command, new Program() {}, Clock.systemUTC(), lines::add);
        run.begin();
        while (lines.isEmpty()) {
            Thread.sleep(5);
        }

        run.terminate(Instant.now());

        assertThat(ending(run).exitCode()).isEqualTo(1);
        assertThat(lines).containsExactly("ready", "saved");
    }

    private static Ending ending(ContainerRun run) throws InterruptedException {
        Optional<Ending> ending = run.ending();
        while (ending.isEmpty()) {
            Thread.sleep(5);
            ending = run.ending();
        }
        return ending.get();
    }

    private record Bare(Path root) implements Machine {
        @Override
        public String job() {
            return "job-2";
        }

        @Override
        public void layOut() {}

        @Override
        public void save() {}

        @Override
        public void saveResults(boolean hasFailed) {}

        @Override
        public void release() {}

        @Override
        public String failure() {
            return "";
        }
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
