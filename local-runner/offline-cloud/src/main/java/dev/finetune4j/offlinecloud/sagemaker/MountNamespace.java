package dev.finetune4j.offlinecloud.sagemaker;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Shows each process its own folder at {@code /opt/ml}, whether the machine has such a place or not, by a mount that nobody else sees. The
 * process is the one that is started, under the user that starts it: signals, exit code and output are its own.
 */
final class MountNamespace implements OptMl {
    private static final long TRIAL_SECONDS = 10;

    /** What root may do, and what anybody may on most machines; many containers allow neither. */
    private static final List<MountNamespace> WAYS = List.of(
            new MountNamespace(List.of("unshare", "--mount"), false),
            new MountNamespace(List.of("unshare", "--user", "--map-root-user", "--mount"), true));

    private final List<String> way;
    private final boolean isOtherUser;

    private MountNamespace(List<String> way, boolean isOtherUser) {
        this.way = way;
        this.isOtherUser = isOtherUser;
    }

    /** Tries whether the machine allows it. */
    static Optional<MountNamespace> ofThisMachine() {
        return WAYS.stream().filter(MountNamespace::isAllowed).findFirst();
    }

    private boolean isAllowed() {
        try {
            Path trial = Files.createTempDirectory("offline-opt-ml-");
            Path folder = Files.createDirectory(trial.resolve("machine"));
            Path file = Files.createFile(folder.resolve("seen"));
            try {
                return succeeds(around(folder, List.of("rm", PATH + "/seen"))) && !Files.exists(file);
            } finally {
                Files.deleteIfExists(file);
                Files.deleteIfExists(folder);
                Files.deleteIfExists(trial);
            }
        } catch (IOException e) {
            return false; // no such program, or no room for the trial
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean succeeds(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor(TRIAL_SECONDS, TimeUnit.SECONDS)) {
            return process.exitValue() == 0;
        }
        process.destroyForcibly();
        return false;
    }

    @Override
    public String of(Path folder) {
        return PATH;
    }

    @Override
    public List<String> around(Path folder, List<String> command) {
        List<String> whole = new ArrayList<>(way);
        whole.addAll(List.of("/bin/sh", "-c", script(), "opt-ml", folder.toString()));
        whole.addAll(isOtherUser ? List.of(idOf("unix:uid"), idOf("unix:gid")) : List.of("", ""));
        whole.addAll(command);
        return whole;
    }

    private static String script() {
        try (InputStream script =
                Objects.requireNonNull(MountNamespace.class.getResourceAsStream("opt-ml.sh"), "opt-ml.sh")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of the user, or its group, that this process belongs to. */
    private static String idOf(String attribute) {
        try {
            return Files.getAttribute(Path.of("/proc/self"), attribute).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
