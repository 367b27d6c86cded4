package dev.finetune4j.cli;

import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.ProviderFactory;
import dev.finetune4j.spi.TextCodecFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Everything that the doctor looks at. */
final class Examination {
    private static final long LEAST_FREE_DISK = 3L << 30;
    private static final long LEAST_MEMORY = 3L << 30;
    private static final int CONNECT_MILLIS = 2000;
    private static final int HTTPS = 443;
    private static final int HTTP = 80;
    private static final String DEFAULT_HUB = "https://huggingface.co";

    private final Surroundings surroundings;

    Examination(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Every diagnosis, what matters most first. */
    List<Diagnosis> all() {
        return List.of(java(), home(), memory(), processor(), places(), pip(), maven(), hub());
    }

    private static Diagnosis java() {
        Runtime.Version version = Runtime.version();
        return version.feature() >= 17
                ? Diagnosis.ok("java", version.toString())
                : Diagnosis.fail("java", version.toString(), "install JDK 17 or newer and set JAVA_HOME");
    }

    private Diagnosis home() {
        Path home = surroundings.home();
        try {
            Files.createDirectories(home);
            Path probe = Files.createTempFile(home, "doctor", ".tmp");
            Files.delete(probe);
            long free = Files.getFileStore(home).getUsableSpace();
            String found = home + ", " + Figures.bytes(free) + " free";
            return free >= LEAST_FREE_DISK
                    ? Diagnosis.ok("home", found)
                    : Diagnosis.warn(
                            "home",
                            found,
                            "free " + Figures.bytes(LEAST_FREE_DISK) + ", or set FINETUNE_HOME to a larger disk");
        } catch (IOException e) {
            String why = Files.isRegularFile(home) ? " is a file and no folder" : " cannot be written";
            return Diagnosis.fail("home", home + why, "export FINETUNE_HOME=$PWD/.finetune4j");
        }
    }

    private static Diagnosis memory() {
        long available = availableMemory();
        if (available < 0) {
            return Diagnosis.warn("memory", "unknown", "see that a few GiB are free");
        }
        String found = Figures.bytes(available) + " available";
        return available >= LEAST_MEMORY
                ? Diagnosis.ok("memory", found)
                : Diagnosis.warn("memory", found, "close other programs, or set training.recompute: layer");
    }

    private static long availableMemory() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
            return lines.filter(line -> line.startsWith("MemAvailable:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(-1);
        } catch (IOException e) {
            return -1;
        }
    }

    private static Diagnosis processor() {
        int cores = Runtime.getRuntime().availableProcessors();
        boolean bf16 = false;
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            bf16 = lines.filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .map(flags -> flags.contains("avx512_bf16") || flags.contains("amx_bf16"))
                    .orElse(false);
        } catch (IOException e) {
            // Not Linux: fp32 works everywhere.
        }
        return Diagnosis.ok(
                "processor",
                cores + (cores == 1 ? " core, " : " cores, ") + (bf16 ? "multiplies bf16 natively" : "fp32 only"));
    }

    private static Diagnosis places() {
        String ids = ServiceLoader.load(ProviderFactory.class).stream()
                .map(factory -> factory.get().id().toString())
                .sorted()
                .collect(Collectors.joining(", "));
        if (ids.isEmpty()
                || ServiceLoader.load(TextCodecFactory.class).findFirst().isEmpty()) {
            return Diagnosis.fail(
                    "targets", ids.isEmpty() ? "none" : ids, "add dev.finetune4j:finetune4j-worker to the class path");
        }
        return Diagnosis.ok("targets", ids);
    }

    private Diagnosis pip() {
        return onPath("pip") || onPath("pip3")
                ? Diagnosis.ok("pip", "found; pypi: sources can be fetched")
                : Diagnosis.warn("pip", "not found", "install Python 3 with pip to fetch pypi: sources");
    }

    private Diagnosis maven() {
        return onPath("mvn")
                ? Diagnosis.ok("mvn", "found; maven: sources can be fetched")
                : Diagnosis.warn("mvn", "not found", "install Maven to fetch maven: sources");
    }

    private boolean onPath(String program) {
        String path = surroundings.environment().getOrDefault("PATH", "");
        return Stream.of(path.split(java.io.File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private Diagnosis hub() {
        URI endpoint = URI.create(surroundings.environment().getOrDefault("HF_ENDPOINT", DEFAULT_HUB));
        int port = endpoint.getPort() > 0
                ? endpoint.getPort()
                : endpoint.getScheme().equals("http") ? HTTP : HTTPS;
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(endpoint.getHost(), port), CONNECT_MILLIS);
            return Diagnosis.ok("hub", endpoint.getHost() + " can be reached");
        } catch (IOException e) {
            return Diagnosis.warn(
                    "hub",
                    endpoint.getHost() + " cannot be reached",
                    "export HF_ENDPOINT=https://MIRROR    # or models of packages, folders, GGUF");
        }
    }
}
