package dev.finetune4j.worker;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.training.model.TorchEnvironment;
import dev.finetune4j.worker.machine.Machine;
import dev.finetune4j.worker.machine.WorkerJvm;
import dev.finetune4j.worker.pack.ImageTorch;
import dev.finetune4j.worker.pack.WorkerSettings;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Looks before a worker starts in a container, for {@code start} of the archive, which passes the folder of the archive, that of the image's
 * torch (or nothing) and the Pythons that were asked for it. Prints what the worker is to be started with, one a line: options of Java, which
 * begin with a hyphen, and variables, {@code NAME=value}. Where the worker could not run it leaves why and ends with {@link ExitCode#INVALID}.
 */
public final class ContainerStartMain {
    private static final System.Logger LOG = System.getLogger(ContainerStartMain.class.getName());

    private ContainerStartMain() {}

    /** Prints the settings. */
    public static void main(String[] arguments) {
        if (arguments.length != 3) {
            LOG.log(System.Logger.Level.ERROR, "usage: ContainerStartMain FOLDER TORCH LOOKED");
            System.exit(ExitCode.USAGE.number());
        }
        Path base = SageMakerMain.base();
        try (PrintStream out =
                new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8)) {
            ImageTorch torch = ImageTorch.read(arguments[1], arguments[2]);
            settings(base, new WorkerSettings(Path.of(arguments[0]), torch)).forEach(line -> out.print(line + "\n"));
        } catch (FineTuneException e) {
            LOG.log(System.Logger.Level.ERROR, e.getMessage());
            new FailureFile(base).leave(e.problems());
            System.exit(e.exitCode().number());
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the container could not be looked at", e);
            new FailureFile(base).leave("the container could not be looked at: " + e);
            System.exit(ExitCode.INTERNAL.number());
        }
    }

    private static List<String> settings(Path base, WorkerSettings worker) throws IOException {
        List<String> lines =
                new ArrayList<>(WorkerJvm.options(SageMakerContainer.channel(base, WorkOrder.DATA_CHANNEL)));
        lines.add("-XX:ErrorFile=" + SageMakerContainer.jobFolder(base).crashReport());
        lines.addAll(worker.options());
        Map<String, String> variables = new TreeMap<>(TorchEnvironment.variables(threads(base)));
        variables.putAll(worker.variables());
        variables.forEach((name, value) -> lines.add(name + "=" + value));
        return lines;
    }

    /** An order that cannot be read is told of by the worker itself. */
    private static int threads(Path base) {
        Machine machine = new Machine(Path.of("/"));
        Path file = SageMakerContainer.channel(base, ContainerOrder.CHANNEL).resolve(ContainerOrder.FILE);
        try {
            return WorkerJvm.threads(
                    Json.read(Files.readString(file), ContainerOrder.class).order(), machine);
        } catch (IOException | UncheckedIOException e) {
            return machine.physicalCores();
        }
    }
}
