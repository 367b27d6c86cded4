package dev.finetune4j.worker;

import dev.finetune4j.training.bigram.LetterCodec;
import dev.finetune4j.training.model.decoder.DecoderLoader;
import dev.finetune4j.worker.WorkSite.Engines;
import dev.finetune4j.worker.machine.Machine;
import java.nio.file.Path;

/** The worker process on the real core, with letters for tokens. */
public final class SmallWorkerMain {
    private SmallWorkerMain() {}

    /** Works in the folder that the one argument names. */
    public static void main(String[] arguments) {
        WorkerMain.run(
                Path.of(arguments[0]),
                new Engines(model -> new LetterCodec(256), new DecoderLoader(), new Machine(Path.of("/"))));
    }
}
