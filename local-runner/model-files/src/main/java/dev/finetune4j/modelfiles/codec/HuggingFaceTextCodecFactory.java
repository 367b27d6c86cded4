package dev.finetune4j.modelfiles.codec;

import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.spi.TextCodecFactory;

/** Opens the text side of a model folder in Hugging Face layout, or of a GGUF file. */
public final class HuggingFaceTextCodecFactory implements TextCodecFactory {
    /** For ServiceLoader. */
    public HuggingFaceTextCodecFactory() {}

    @Override
    public TextCodec open(ModelFiles model) {
        return HuggingFaceTextCodec.open(ModelFolder.open(model.path()));
    }
}
