package dev.finetune4j.worker.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

    /** Nanoseconds of threads that had 3,000 and 4,000 of processors since the first look, and waited 1,000 and 1,000 for them. */
    @Test
    void tellsHowLongThreadsWaitedForProcessorsAlsoThoseThatHaveEnded() throws Exception {
        assertThat(new ProcessorWatch(new Machine(root)).waitingShare()).isEmpty();
        write("proc/self/task/7/schedstat", "1000 200 5\n");
        write("proc/self/task/8/schedstat", "told to nobody\n");
        ProcessorWatch watch = new ProcessorWatch(new Machine(root));
        assertThat(watch.waitingShare()).contains(0.0);
        write("proc/self/task/7/schedstat", "4000 1200 9\n");
        watch.look();
        Files.delete(root.resolve("proc/self/task/7/schedstat"));
        Files.delete(root.resolve("proc/self/task/7"));
        write("proc/self/task/8/schedstat", "3000 1000 20\n");

        assertThat(watch.waitingShare()).contains(2000 / 8000.0);
    }

    /** In the ten seconds of two processors they had fourteen, six of which are its own: others had eight of twenty. Its threads waited half of the time. */
    @Test
    void threadsThatWaitForEachOtherWaitForNobodyElse() throws Exception {
        write("proc/self/task/7/schedstat", "0 0 5\n");
        write("proc/stat", "cpu  500 0 300 9000 200 0 0 0 0 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
        ProcessorWatch watch = new ProcessorWatch(new Machine(root));
        write("proc/self/task/7/schedstat", "6000000000 6000000000 9\n");
        write("proc/stat", "cpu  1400 100 500 9500 300 50 50 100 0 0\n");
        assertThat(watch.waitingShare()).contains(0.4);

        write("proc/stat", "cpu  1000 0 400 10400 200 0 0 0 0 0\n");
        assertThat(watch.waitingShare()).as("all that was computed is its own").contains(0.0);

        write("proc/stat", "cpu  1400 100\n");
        assertThat(watch.waitingShare()).as("others are not told").contains(0.5);
    }

    @Test
    void tellsHowLongAllWaitedForTheDisk() throws Exception {
        Machine machine = new Machine(root);
        assertThat(machine.diskWait()).isEmpty();
        write(
                "proc/pressure/io",
                "some avg10=0.00 avg60=0.14 avg300=1.77 total=254241803\nfull avg10=0.00 avg60=0.11 avg300=1.66 total=190266138\n");
        assertThat(machine.diskWait()).contains(Duration.ofNanos(190_266_138_000L));
        write("proc/pressure/io", "some avg10=0.00\nfull avg10=0.00 total=many\n");
        assertThat(machine.diskWait()).isEmpty();
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
