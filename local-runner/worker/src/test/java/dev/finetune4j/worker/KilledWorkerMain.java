package dev.finetune4j.worker;

import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.bigram.LetterCodec;
import dev.finetune4j.training.model.Classifier;
import dev.finetune4j.training.model.ClassifierLoader;
import dev.finetune4j.training.model.LabelCounts;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.LanguageModelLoader;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.TrainableModel;
import dev.finetune4j.training.model.decoder.DecoderLoader;
import dev.finetune4j.training.model.encoder.EncoderLoader;
import dev.finetune4j.worker.WorkSite.Engines;
import dev.finetune4j.worker.machine.Machine;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The small worker; one that finds the file {@link #KILL} beside the jobs sends itself SIGKILL at the micro-batch that it names. */
public final class KilledWorkerMain {
    /** The number of a micro-batch, counted from 1 over the life of the process; taken away by the worker that it kills. */
    public static final String KILL = "kill-at";

    private KilledWorkerMain() {}

    /** Works in the folder that the one argument names. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Path kill = folder.resolveSibling(KILL);
        LanguageModelLoader decoders = new DecoderLoader();
        ClassifierLoader encoders = new EncoderLoader();
        if (Files.exists(kill)) {
            int microBatch = Integer.parseInt(Files.readString(kill));
            Files.delete(kill);
            decoders = killing(decoders, microBatch);
            encoders = killing(encoders, microBatch);
        }
        WorkerMain.run(folder, new Engines(KilledWorkerMain::letters, decoders, encoders, new Machine(Path.of("/"))));
    }

    private static TextCodec letters(ModelFiles model) {
        return new EncoderLoader().reads(ModelFolder.open(model.path()))
                ? LetterCodec.ofEncoder(128)
                : new LetterCodec(256);
    }

    private static LanguageModelLoader killing(LanguageModelLoader loader, int microBatch) {
        return (files, adapter, settings) -> {
            LanguageModelLoader.Loaded loaded = loader.load(files, adapter, settings);
            return new LanguageModelLoader.Loaded(
                    killing(LanguageModel.class, loaded.model(), microBatch),
                    loaded.precision(),
                    loaded.recompute(),
                    loaded.predictedPeakBytes());
        };
    }

    private static ClassifierLoader killing(ClassifierLoader loader, int microBatch) {
        return new ClassifierLoader() {
            @Override
            public Loaded load(ModelFiles files, @Nullable Path adapter, LabelCounts labels, Settings settings) {
                Loaded loaded = loader.load(files, adapter, labels, settings);
                return new Loaded(
                        killing(Classifier.class, loaded.model(), microBatch),
                        loaded.precision(),
                        loaded.recompute(),
                        loaded.predictedPeakBytes());
            }

            @Override
            public boolean hasHead(ModelFiles files, List<String> labels) {
                return loader.hasHead(files, labels);
            }
        };
    }

    private static <T extends TrainableModel> T killing(Class<T> type, T model, int microBatch) {
        int[] left = {microBatch};
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, values) -> {
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
                }));
    }
}
