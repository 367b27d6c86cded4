package dev.finetune4j.junit;

import dev.finetune4j.evaluation.Variant;
import java.nio.file.Path;

/** The model as it was before training, without examples in its prompt. */
public final class BaseModel extends AskedModel {
    BaseModel(Training training, Path output) {
        super(training, output, Variant.BASE_ZERO_SHOT);
    }
}
