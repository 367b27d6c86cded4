package dev.finetune4j.worker.machine;

import dev.finetune4j.run.Host;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads {@code /proc} and {@code /sys}, where there are any. What cannot be read is answered with a careful guess, since no run should fail for
 * it.
 */
public final class Machine {
    private static final long UNLIMITED = 1L << 60;
    private static final String TOTAL = "total=";

    private final Path root;

    /** The files below a root; {@code /} but in tests. */
    public Machine(Path root) {
        this.root = root;
    }

    /** Memory that a process may still take: what the system calls available, within the limit of the control group. */
    public long availableBytes() {
        OptionalLong system = keyed(root.resolve("proc/meminfo"), "MemAvailable:");
        long available = system.isPresent()
                ? system.getAsLong() * 1024
                : Runtime.getRuntime().maxMemory();
        // Version 2, then version 1 of control groups; pages of files can be given back and do not count.
        long limit = number("sys/fs/cgroup/memory.max").orElse(UNLIMITED);
        long used = number("sys/fs/cgroup/memory.current").orElse(0)
                - keyed(root.resolve("sys/fs/cgroup/memory.stat"), "inactive_file")
                        .orElse(0);
        long limit1 = number("sys/fs/cgroup/memory/memory.limit_in_bytes").orElse(UNLIMITED);
        long used1 = number("sys/fs/cgroup/memory/memory.usage_in_bytes").orElse(0)
                - keyed(root.resolve("sys/fs/cgroup/memory/memory.stat"), "total_inactive_file")
                        .orElse(0);
        return Math.max(0, Math.min(available, Math.min(limit - used, limit1 - used1)));
    }

    /** Out-of-memory kills since the machine started, of this control group or of the system; -1 if it does not tell. */
    public long outOfMemoryKills() {
        OptionalLong group = keyed(root.resolve("sys/fs/cgroup/memory.events"), "oom_kill");
        OptionalLong system = keyed(root.resolve("proc/vmstat"), "oom_kill");
        if (group.isEmpty() && system.isEmpty()) {
            return -1;
        }
        return group.orElse(0) + system.orElse(0);
    }

    /** Resident memory of this process, -1 if the system does not tell. */
    public long residentBytes() {
        return ownBytes("VmRSS:");
    }

    /** Most resident memory that this process ever had, -1 if the system does not tell. */
    public long peakResidentBytes() {
        return ownBytes("VmHWM:");
    }

    /** What each living thread of this process has had of processors so far, and has waited for them; empty if the system does not tell. */
    Map<String, ProcessorTime> processorTimes() {
        Map<String, ProcessorTime> times = new HashMap<>();
        try (Stream<Path> threads = Files.list(root.resolve("proc/self/task"))) {
            threads.forEach(thread -> text(thread.resolve("schedstat"))
                    .flatMap(ProcessorTime::parse)
                    .ifPresent(time -> times.put(thread.getFileName().toString(), time)));
            return times;
        } catch (IOException | UncheckedIOException e) {
            return Map.of();
        }
    }

    /** What all processors have done so far, other programs' work among it; empty if the system does not tell. */
    Optional<MachineTime> time() {
        return text(root.resolve("proc/stat")).flatMap(MachineTime::parse);
    }

    /**
     * How long, since the machine started, nothing that had something to do could compute since all of it waited for storage; empty if the system
     * does not tell.
     */
    public Optional<Duration> diskWait() {
        for (String line : lines(root.resolve("proc/pressure/io"))) {
            int total = line.indexOf(TOTAL);
            if (line.startsWith("full ") && total > 0) {
                OptionalLong micros = parse(line.substring(total + TOTAL.length()));
                return micros.isPresent()
                        ? Optional.of(Duration.of(micros.getAsLong(), ChronoUnit.MICROS))
                        : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private long ownBytes(String key) {
        OptionalLong kibibytes = keyed(root.resolve("proc/self/status"), key);
        return kibibytes.isPresent() ? kibibytes.getAsLong() * 1024 : -1;
    }

    /** The machine in words and figures. */
    public Host host() {
        OptionalLong kibibytes = keyed(root.resolve("proc/meminfo"), "MemTotal:");
        return new Host(
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("os.arch"),
                processor().map(name -> "cpu (" + name + ")").orElse("cpu"),
                Runtime.getRuntime().availableProcessors(),
                kibibytes.isPresent() ? kibibytes.getAsLong() * 1024 : -1);
    }

    private Optional<String> processor() {
        return lines(root.resolve("proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst();
    }

    /** Cores that compute; threads that share a core count once, since matrix products fill it. */
    public int physicalCores() {
        int logical = Runtime.getRuntime().availableProcessors();
        Set<String> cores = new HashSet<>();
        for (int cpu = 0; cpu < logical; cpu++) {
            Path siblings = root.resolve("sys/devices/system/cpu/cpu" + cpu + "/topology/thread_siblings_list");
            text(siblings).ifPresent(cores::add);
        }
        return cores.isEmpty() ? logical : Math.min(logical, cores.size());
    }

    private OptionalLong number(String file) {
        return text(root.resolve(file)).map(Machine::parse).orElse(OptionalLong.empty());
    }

    private static OptionalLong keyed(Path file, String key) {
        for (String line : lines(file)) {
            List<String> words = Stream.of(line.split("\\s+", -1)).toList();
            if (words.size() > 1 && words.get(0).equals(key)) {
                return parse(words.get(1));
            }
        }
        return OptionalLong.empty();
    }

    private static OptionalLong parse(String text) {
        try {
            return OptionalLong.of(Long.parseLong(text.trim()));
        } catch (NumberFormatException e) {
            return OptionalLong.empty(); // "max", or beyond a long: no limit
        }
    }

    private static Optional<String> text(Path file) {
        List<String> lines = lines(file);
        return lines.isEmpty() ? Optional.empty() : Optional.of(lines.get(0));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }
}
