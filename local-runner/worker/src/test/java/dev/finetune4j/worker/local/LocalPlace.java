package dev.finetune4j.worker.local;

import dev.finetune4j.json.Json;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.value.RunId;
import dev.finetune4j.worker.SmallWorkerMain;
import dev.finetune4j.worker.folder.JobFolder;
import dev.finetune4j.worker.folder.WorkerLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** The place {@code local} in a home of its own, with small workers, and waiting for them. */
final class LocalPlace {
    private static final int PATIENCE = 1200;

    final ProviderContext context;
    final LocalProvider provider;

    LocalPlace(Path home) {
        this(home, Map.of("PATH", System.getenv("PATH"), "HF_TOKEN", "hf_planted"));
    }

    LocalPlace(Path home, Map<String, String> environment) {
        context = new ProviderContext(home, environment, Clock.systemUTC());
        provider = open();
    }

    /** Leaves no worker behind, whatever a test did. */
    void killAll() {
        Path jobs = context.home().resolve("jobs");
        if (!Files.exists(jobs)) {
            return;
        }
        try (var runs = Files.list(jobs)) {
            runs.map(JobFolder::new).forEach(LocalPlace::kill);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Ends the worker and waits for the shell, which writes the exit status. */
    private static void kill(JobFolder run) {
        WorkerLock.holder(run).ifPresent(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        Launch.latest(run)
                .map(Launch::pid)
                .flatMap(ProcessHandle::of)
                .ifPresent(
                        shell -> shell.onExit().orTimeout(30, TimeUnit.SECONDS).join());
    }

    /** Another client of the same place. */
    LocalProvider open() {
        return open(context.clock());
    }

    /** Another client whose clock goes differently. */
    LocalProvider open(Clock clock) {
        return new LocalProvider(
                new ProviderContext(context.home(), context.environment(), clock),
                WorkerLauncher.ofThisRuntime(context, SmallWorkerMain.class.getName()));
    }

    /** A client whose workers have another main class. */
    LocalProvider openWith(Class<?> mainClass) {
        return new LocalProvider(context, WorkerLauncher.ofThisRuntime(context, mainClass.getName()));
    }

    /** A client that starts its workers by another program in Java's place. */
    LocalProvider openWithJava(Path java) {
        return new LocalProvider(
                context,
                new WorkerLauncher(
                        List.of(java.toString(), SmallWorkerMain.class.getName()),
                        Map.of("CLASSPATH", System.getProperty("java.class.path"), "PATH", System.getenv("PATH"))));
    }

    /** A client that runs on another class path. */
    LocalProvider openOn(String classPath) {
        return new LocalProvider(
                context, WorkerLauncher.ofThisRuntime(context, SmallWorkerMain.class.getName(), classPath));
    }

    JobFolder folder(RunId id) {
        return new JobFolder(context.home().resolve("jobs").resolve(id.value()));
    }

    JobSnapshot awaitEnd(RunId id) {
        return await(id, snapshot -> snapshot.state().isTerminal());
    }

    JobSnapshot await(RunId id, Predicate<JobSnapshot> condition) {
        for (int i = 0; i < PATIENCE; i++) {
            JobSnapshot snapshot = provider.find(id).orElseThrow();
            if (condition.test(snapshot)) {
                return snapshot;
            }
            pause();
        }
        throw new AssertionError("waited too long; it is " + provider.find(id) + "\n" + log(id));
    }

    /** Waits for so many steps; fails where the job ends before. */
    void awaitSteps(RunId id, int steps) {
        JobSnapshot snapshot = await(
                id,
                now -> now.state().isTerminal()
                        || events(id).stream()
                                        .filter(line -> line.contains("\"kind\":\"step\""))
                                        .count()
                                >= steps);
        if (snapshot.state() == RunState.FAILED) {
            throw new AssertionError(snapshot + "\n" + log(id));
        }
    }

    List<String> events(RunId id) {
        try {
            Path events = folder(id).events();
            return Files.exists(events) ? Files.readAllLines(events) : java.util.List.of();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    String log(RunId id) {
        try {
            return Files.readString(folder(id).log());
        } catch (IOException e) {
            return "no log: " + e;
        }
    }

    String adapterSha(RunId id) throws IOException {
        return resultSha(id, LoraTuning.defaults());
    }

    String resultSha(RunId id, TuningMethod method) throws IOException {
        String folder = WorkOrder.resultFolder(method);
        String weights = folder.equals(WorkOrder.MODEL_FOLDER) ? "model.safetensors" : "adapter_model.safetensors";
        return Json.sha256(
                Files.readAllBytes(folder(id).output().resolve(folder).resolve(weights)));
    }

    static void pause() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
}
