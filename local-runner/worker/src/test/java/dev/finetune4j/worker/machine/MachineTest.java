package dev.finetune4j.worker.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
    @TempDir
    private Path root;

    @Test
    void availableMemoryIsWhatTheSystemSays() throws Exception {
        write("proc/meminfo", "MemTotal:       16000000 kB\nMemAvailable:    8000000 kB\n");

        assertThat(new Machine(root).availableBytes()).isEqualTo(8_000_000L * 1024);
    }

    @Test
    void theControlGroupLimitsIt() throws Exception {
        write("proc/meminfo", "MemAvailable:    8000000 kB\n");
        write("sys/fs/cgroup/memory.max", "4000000000\n");
        write("sys/fs/cgroup/memory.current", "1500000000\n");
        write("sys/fs/cgroup/memory.stat", "anon 1\ninactive_file 500000000\n");

        assertThat(new Machine(root).availableBytes()).isEqualTo(3_000_000_000L);
    }

    @Test
    void theFirstVersionOfControlGroupsLimitsItToo() throws Exception {
        write("proc/meminfo", "MemAvailable:    8000000 kB\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "2000000000\n");
        write("sys/fs/cgroup/memory/memory.usage_in_bytes", "500000000\n");

        assertThat(new Machine(root).availableBytes()).isEqualTo(1_500_000_000L);
    }

    @Test
    void noLimitIsNoLimit() throws Exception {
        write("proc/meminfo", "MemAvailable:    8000000 kB\n");
        write("sys/fs/cgroup/memory.max", "max\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");

        assertThat(new Machine(root).availableBytes()).isEqualTo(8_000_000L * 1024);
    }

    @Test
    void whatIsNotToldIsGuessedWithCare() {
        Machine bare = new Machine(root);

        assertThat(bare.availableBytes()).isEqualTo(Runtime.getRuntime().maxMemory());
        assertThat(bare.outOfMemoryKills()).isEqualTo(-1);
        assertThat(bare.residentBytes()).isEqualTo(-1);
        assertThat(bare.physicalCores()).isEqualTo(Runtime.getRuntime().availableProcessors());
    }

    @Test
    void namesTheProcessorAndTheMemory() throws Exception {
        write("proc/meminfo", "MemTotal:       16000000 kB\n");
        write(
                "proc/cpuinfo",
                "processor\t: 0\nmodel name\t: Some Chip 9000\nprocessor\t: 1\nmodel name\t: Some Chip 9000\n");

        assertThat(new Machine(root).host().device()).isEqualTo("cpu (Some Chip 9000)");
        assertThat(new Machine(root).host().memoryBytes()).isEqualTo(16_000_000L * 1024);
        assertThat(new Machine(root.resolve("elsewhere")).host().device()).isEqualTo("cpu");
        assertThat(new Machine(root.resolve("elsewhere")).host().memoryBytes()).isEqualTo(-1);
    }

    @Test
    void tellsHowLongThreadsWaitedForProcessors() throws Exception {
        assertThat(new Machine(root).processorTime()).isEmpty();
        write("proc/self/task/7/schedstat", "1000 200 5\n");
        write("proc/self/task/8/schedstat", "3000 0 9\n");
        write("proc/self/task/9/schedstat", "told to nobody\n");
        ProcessorTime before = new Machine(root).processorTime().orElseThrow();
        write("proc/self/task/8/schedstat", "6000 1000 20\n");
        ProcessorTime after = new Machine(root).processorTime().orElseThrow();

        assertThat(before).isEqualTo(new ProcessorTime(4000, 200));
        assertThat(after.waitingShareSince(before)).isEqualTo(0.25);
        assertThat(before.waitingShareSince(before)).isZero();
    }

    @Test
    void threadsOfOneCoreCountOnce() throws Exception {
        for (int cpu = 0; cpu < Runtime.getRuntime().availableProcessors(); cpu++) {
            write("sys/devices/system/cpu/cpu" + cpu + "/topology/thread_siblings_list", "0-63\n");
        }

        assertThat(new Machine(root).physicalCores()).isEqualTo(1);
    }

    private void write(String file, String text) throws Exception {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
