package dev.finetune4j.worker;

import dev.finetune4j.training.bigram.LetterCodec;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.LanguageModelLoader;
import dev.finetune4j.training.model.LanguageModelLoader.Loaded;
import dev.finetune4j.training.model.decoder.DecoderLoader;
import dev.finetune4j.worker.WorkSite.Engines;
import dev.finetune4j.worker.machine.Machine;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;

/** The small worker; one that finds the file {@link #KILL} beside the jobs sends itself SIGKILL at the micro-batch that it names. */
public final class KilledWorkerMain {
    /** The number of a micro-batch, counted from 1 over the life of the process; taken away by the worker that it kills. */
    public static final String KILL = "kill-at";

    private KilledWorkerMain() {}

    /** Works in the folder that the one argument names. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Path kill = folder.resolveSibling(KILL);
        LanguageModelLoader loader = new DecoderLoader();
        if (Files.exists(kill)) {
            int microBatch = Integer.parseInt(Files.readString(kill));
            Files.delete(kill);
            loader = killing(loader, microBatch);
        }
        WorkerMain.run(folder, new Engines(model -> new LetterCodec(256), loader, new Machine(Path.of("/"))));
    }

    private static LanguageModelLoader killing(LanguageModelLoader loader, int microBatch) {
        return (files, adapter, settings) -> {
            Loaded loaded = loader.load(files, adapter, settings);
            return new Loaded(
                    killing(loaded.model(), microBatch),
                    loaded.precision(),
                    loaded.recompute(),
                    loaded.predictedPeakBytes());
        };
    }

    private static LanguageModel killing(LanguageModel model, int microBatch) {
        int[] left = {microBatch};
        return (LanguageModel) Proxy.newProxyInstance(
                LanguageModel.class.getClassLoader(), new Class<?>[] {LanguageModel.class}, (proxy, method, values) -> {
                    if (method.getName().equals("accumulateGradient") && --left[0] == 0) {
                        new ProcessBuilder(
                                        "kill",
                                        "-9",
                                        Long.toString(ProcessHandle.current().pid()))
                                .start()
                                .waitFor();
                    }
                    try {
                        return method.invoke(model, values);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
