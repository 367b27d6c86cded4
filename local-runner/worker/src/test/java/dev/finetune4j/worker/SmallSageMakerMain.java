package dev.finetune4j.worker;

import dev.finetune4j.training.bigram.LetterCodec;
import dev.finetune4j.training.model.decoder.DecoderLoader;
import dev.finetune4j.worker.WorkSite.Engines;
import dev.finetune4j.worker.machine.Machine;
import java.nio.file.Path;

/** SageMaker's container on the real core, with letters for tokens. */
public final class SmallSageMakerMain {
    private SmallSageMakerMain() {}

    /** Works below the base folder that the environment names. */
    public static void main(String[] arguments) {
        SageMakerMain.run(new Engines(model -> new LetterCodec(256), new DecoderLoader(), new Machine(Path.of("/"))));
    }
}
