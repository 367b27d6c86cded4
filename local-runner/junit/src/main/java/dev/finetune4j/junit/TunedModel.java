package dev.finetune4j.junit;

import dev.finetune4j.evaluation.Variant;
import java.nio.file.Path;

/** The model with the adapter that the job trained. */
public final class TunedModel extends AskedModel {
    TunedModel(Training training, Path output) {
        super(training, output, Variant.TUNED);
    }
}
