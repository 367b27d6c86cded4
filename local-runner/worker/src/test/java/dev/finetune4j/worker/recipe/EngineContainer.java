package dev.finetune4j.worker.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.LabelScoring;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.plan.TrainerSettings;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.testkit.PeftImage;
import dev.finetune4j.training.durable.DurableFiles;
import dev.finetune4j.training.model.TorchEnvironment;
import dev.finetune4j.value.RunId;
import dev.finetune4j.worker.SageMakerMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A container's folder in which either engine works on the same job.
 *
 * @param base the folder
 */
record EngineContainer(Path base) {
    private static final int PATIENCE_SECONDS = 300;

    /** Lays a job out, with the recipe that the engine in Python needs. */
    static EngineContainer of(Path base, List<WorkStep> steps, Path data) throws IOException {
        return of(base, steps, null, data);
    }

    /** The same on a machine that it was planned for. */
    static EngineContainer of(Path base, List<WorkStep> steps, @Nullable TrainerSettings setup, Path data)
            throws IOException {
        return of(base, RecipeTickets.MODEL, steps, setup, data);
    }

    /** The same on another model. */
    static EngineContainer of(Path base, Path model, List<WorkStep> steps, @Nullable TrainerSettings setup, Path data)
            throws IOException {
        RecipeTickets.layOut(base, model, steps, data);
        EngineContainer container = new EngineContainer(base);
        new PeftRecipeWriter()
                .write(
                        RecipeTickets.submission(model, steps, data),
                        setup,
                        container.channel(WorkOrder.RECIPE_CHANNEL));
        return container;
    }

    Path channel(String name) {
        return base.resolve("input/data").resolve(name);
    }

    Path results() {
        return base.resolve("model");
    }

    /** The core, to its good end. */
    EngineContainer runByCore() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), SageMakerMain.class.getName());
        builder.environment().putAll(TorchEnvironment.variables(1));
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        assertThat(ended(start(builder))).as(log()).isZero();
        return this;
    }

    /** The engine in Python, to its good end. */
    EngineContainer runByPeft(PeftImage image, int processes) throws IOException, InterruptedException {
        assertThat(ended(startByPeft(image, processes))).as(log()).isZero();
        return this;
    }

    Process startByPeft(PeftImage image, int processes) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                "/bin/sh", PeftPython.PACKAGE.resolve("start").toString());
        Map<String, String> environment = builder.environment();
        environment.put("PATH", image.bin() + ":" + environment.get("PATH"));
        environment.put("FINETUNE4J_PROCESSES", String.valueOf(processes));
        environment.put("OMP_NUM_THREADS", "1");
        environment.put("FINETUNE4J_SHARD", image.sharesWeights() ? "1" : "0");
        return start(builder);
    }

    private Process start(ProcessBuilder builder) throws IOException {
        builder.environment().put("SAGEMAKER_BASE_DIR", base.toString());
        return builder.redirectOutput(
                        ProcessBuilder.Redirect.appendTo(base.resolve("stdout").toFile()))
                .redirectError(
                        ProcessBuilder.Redirect.appendTo(base.resolve("stderr").toFile()))
                .start();
    }

    /** The exit code. */
    static int ended(Process process) throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            kill(process);
            throw new AssertionError("the container goes on for ever");
        }
        return process.exitValue();
    }

    /** Ends all processes of a container at once, as a machine that is taken away does. */
    static void kill(Process process) throws InterruptedException {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle each : all) {
            each.onExit().orTimeout(30, TimeUnit.SECONDS).join();
        }
        process.waitFor();
    }

    /** Waits for steps, then does something to the container that still works. */
    void after(int steps, Process process, Consumer<Process> deed) throws IOException, InterruptedException {
        while (process.isAlive() && steps().size() < steps) {
            Thread.sleep(20);
        }
        assertThat(process.isAlive()).as("it must not end before\n" + log()).isTrue();
        deed.accept(process);
    }

    String log() throws IOException {
        Path errors = base.resolve("stderr");
        return Files.exists(errors) ? Files.readString(errors) : "";
    }

    List<RunEvent> told() throws IOException {
        return Files.readAllLines(base.resolve("stdout")).stream()
                .filter(line -> line.startsWith(ContainerOrder.EVENT_MARK) && line.endsWith("}"))
                .map(line -> Json.read(line.substring(ContainerOrder.EVENT_MARK.length()), RunEvent.class))
                .toList();
    }

    /** The steps in order, each as it was told last. */
    List<RunEvent.StepCompleted> steps() throws IOException {
        return lastByStep(RunEvent.StepCompleted.class, RunEvent.StepCompleted::step);
    }

    /** The validations in order, each as it was told last. */
    List<RunEvent.ValidationCompleted> validations() throws IOException {
        return lastByStep(RunEvent.ValidationCompleted.class, RunEvent.ValidationCompleted::step);
    }

    private <T extends RunEvent> List<T> lastByStep(Class<T> kind, Function<T, Integer> step) throws IOException {
        Map<Integer, T> last = new TreeMap<>();
        told().stream().filter(kind::isInstance).map(kind::cast).forEach(event -> last.put(step.apply(event), event));
        return List.copyOf(last.values());
    }

    /**
     * What the core answers with what was trained here: the format is the same, and so is what it computes.
     *
     * @param base the folder of the core's container
     */
    List<Prediction> answeredByCore(
            Path base, TuningMethod method, List<String> labels, LabelScoring scoring, Path data)
            throws IOException, InterruptedException {
        List<WorkStep> steps = List.of(RecipeTickets.predict(Variant.TUNED, labels, scoring, 0));
        RecipeTickets.layOut(base, channel(WorkOrder.MODEL_CHANNEL), steps, data);
        ContainerOrder order = new ContainerOrder(
                new RunId("tickets"),
                new ModelRef("tickets"),
                new WorkOrder(RecipeTickets.DIGEST, steps),
                Map.of(WorkOrder.MODEL_CHANNEL, "", WorkOrder.DATA_CHANNEL, "", WorkOrder.ADAPTER_CHANNEL, ""),
                Map.of());
        EngineContainer core = new EngineContainer(base);
        Files.writeString(core.channel(ContainerOrder.CHANNEL).resolve(ContainerOrder.FILE), Json.pretty(order));
        DurableFiles.copyTree(
                results().resolve(WorkOrder.resultFolder(method)), core.channel(WorkOrder.ADAPTER_CHANNEL));
        return core.runByCore().predictions("tuned.jsonl");
    }

    List<Prediction> predictions(String file) throws IOException {
        return Files.readAllLines(
                        results().resolve(WorkOrder.PREDICTIONS_FOLDER).resolve(file))
                .stream()
                .map(line -> Json.read(line, Prediction.class))
                .toList();
    }
}
