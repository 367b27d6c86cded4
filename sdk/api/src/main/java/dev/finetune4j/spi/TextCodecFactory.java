package dev.finetune4j.spi;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.model.ModelFiles;

/** Opens the text side of a model; one on the class path, found with ServiceLoader. */
public interface TextCodecFactory {
    /**
     * Reads tokenizer and chat template.
     *
     * @throws FineTuneException if a file is missing, damaged or of a kind that is refused
     */
    TextCodec open(ModelFiles model);
}
