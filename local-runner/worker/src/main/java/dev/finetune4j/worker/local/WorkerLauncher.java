package dev.finetune4j.worker.local;

import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.training.model.TorchEnvironment;
import dev.finetune4j.worker.WorkerMain;
import dev.finetune4j.worker.folder.JobFolder;
import dev.finetune4j.worker.folder.JobTicket;
import dev.finetune4j.worker.machine.Machine;
import dev.finetune4j.worker.machine.WorkerJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Starts the worker as a process that outlives its launcher. A shell waits for it and writes down how it ended, which no status file can when the
 * kernel ends the worker; the shell has its own session and passes over hang-up and interrupt, so that neither a closed terminal nor Ctrl-C reaches
 * the worker.
 */
final class WorkerLauncher {
    /** The shell's part: $1 the file for the exit status, the rest the worker's command. */
    private static final String SHELL =
            "trap '' HUP INT; exit_file=$1; shift; \"$@\"; echo $? > \"$exit_file.partial\" &&"
                    + " mv \"$exit_file.partial\" \"$exit_file\"";

    /** All that a worker needs of its surroundings; everything else, secrets above all, stays out. */
    private static final Set<String> PASSED_ON = Set.of(
            "PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "LD_LIBRARY_PATH", "DJL_CACHE_DIR", "ENGINE_CACHE_DIR");

    private final List<String> java;
    private final Map<String, String> environment;

    /**
     * A launcher.
     *
     * @param java executable, options of its own and main class
     * @param environment of the worker besides what torch asks for
     */
    WorkerLauncher(List<String> java, Map<String, String> environment) {
        this.java = List.copyOf(java);
        this.environment = Map.copyOf(environment);
    }

    /** Starts workers with the Java and the class path that this program runs on. */
    static WorkerLauncher ofThisRuntime(ProviderContext context) {
        return ofThisRuntime(context, WorkerMain.class.getName());
    }

    /** The same with another main class, which takes the folder as its argument. */
    static WorkerLauncher ofThisRuntime(ProviderContext context, String mainClass) {
        return ofThisRuntime(context, mainClass, System.getProperty("java.class.path"));
    }

    /**
     * The same with another class path. It goes by the environment: a command line of more than a page (4 KiB) is told to nobody
     * by {@link ProcessHandle}, and the worker's shell is known by its arguments.
     */
    static WorkerLauncher ofThisRuntime(ProviderContext context, String mainClass, String classPath) {
        Map<String, String> environment = new TreeMap<>();
        environment.put("CLASSPATH", absolute(classPath));
        context.environment().forEach((name, value) -> {
            if (PASSED_ON.contains(name)) {
                environment.put(name, value);
            }
        });
        return new WorkerLauncher(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), mainClass), environment);
    }

    /** Entries may be relative to the launcher's folder, which is not the worker's. */
    private static String absolute(String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Starts a worker in a folder; its shell's process id. */
    long start(JobFolder folder, JobTicket ticket) throws IOException {
        return builder(folder, ticket)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.log().toFile()))
                .start()
                .pid();
    }

    /** Starts a worker that this process talks to, and which ends when nobody does any more; its shell. */
    Process startDialogue(JobFolder folder, JobTicket ticket) throws IOException {
        return builder(folder, ticket)
                .redirectError(ProcessBuilder.Redirect.appendTo(folder.log().toFile()))
                .start();
    }

    private ProcessBuilder builder(JobFolder folder, JobTicket ticket) throws IOException {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            command.add("/usr/bin/setsid");
        }
        command.addAll(List.of(
                "/bin/sh", "-c", SHELL, "finetune4j-worker", folder.exitStatus().toString(), java.get(0)));
        String rows = ticket.channels().get(WorkOrder.DATA_CHANNEL);
        command.addAll(WorkerJvm.options(rows == null ? null : Path.of(rows)));
        command.add("-XX:ErrorFile=" + folder.crashReport());
        command.addAll(java.subList(1, java.size()));
        command.add(folder.root().toString());
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.root().toFile());
        builder.environment().clear();
        builder.environment()
                .putAll(TorchEnvironment.variables(WorkerJvm.threads(ticket.order(), new Machine(Path.of("/")))));
        builder.environment().putAll(environment);
        return builder;
    }
}
