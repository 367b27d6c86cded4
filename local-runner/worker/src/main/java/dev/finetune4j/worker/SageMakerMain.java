package dev.finetune4j.worker;

import dev.finetune4j.worker.WorkSite.Engines;
import dev.finetune4j.worker.mlflow.MlflowMetrics;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * The worker as SageMaker's training container runs it. Takes no arguments; inputs and results lie below {@code /opt/ml}, or below the folder
 * that {@value #BASE_VARIABLE} names, as the service's own toolkit has it. Ends with 0 where the job has all its results, otherwise with the
 * number of a {@link dev.finetune4j.error.ExitCode}. A termination signal makes it save a checkpoint and end within two minutes.
 */
public final class SageMakerMain {
    /** Names another folder than {@code /opt/ml}. */
    static final String BASE_VARIABLE = "SAGEMAKER_BASE_DIR";

    private static final String BASE = "/opt/ml";

    private SageMakerMain() {}

    /** Works as the files below the base folder say. */
    public static void main(String[] arguments) {
        run(WorkerMain.engines());
    }

    /** The same with other engines. */
    static void run(Engines engines) {
        PrintStream log = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        // What a library prints must not come between the lines of events.
        System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
        Optional<MlflowMetrics> metrics = MlflowMetrics.of(System.getenv());
        SageMakerContainer container = new SageMakerContainer(
                base(), engines, Clock.systemUTC(), log, event -> metrics.ifPresent(told -> told.accept(event)));
        WorkerMain.end(container::terminate, () -> {
            try {
                return container.run();
            } finally {
                metrics.ifPresent(MlflowMetrics::close);
            }
        });
    }

    /** The folder where inputs and results lie. */
    static Path base() {
        return Path.of(System.getenv().getOrDefault(BASE_VARIABLE, BASE));
    }
}
