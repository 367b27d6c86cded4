package dev.finetune4j.modelfiles.codec;

import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.modelfiles.config.EncoderConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.decoder.WeightCheck;
import dev.finetune4j.modelfiles.encoder.StoredNames;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.spi.TextCodecFactory;
import java.nio.file.Path;
import java.util.Optional;

/** Opens the text side of a model folder in Hugging Face layout, or of a GGUF file. */
public final class HuggingFaceTextCodecFactory implements TextCodecFactory {
    /** For ServiceLoader. */
    public HuggingFaceTextCodecFactory() {}

    /** {@inheritDoc} Looks at the headers of the weights too, so that what training would refuse shows before anything is launched. */
    @Override
    public TextCodec open(ModelFiles model) {
        ModelFolder folder = ModelFolder.open(model.path());
        Optional<EncoderConfig> encoder = folder.encoder();
        if (encoder.isPresent()) {
            StoredNames.refuseUnfit(folder, encoder.get());
            return EncoderTextCodec.open(folder, encoder.get());
        }
        WeightCheck.refuseUnfit(folder);
        return HuggingFaceTextCodec.open(folder);
    }

    @Override
    public Optional<String> config(Path model) {
        ModelFolder folder = ModelFolder.open(model);
        return folder.isGguf()
                ? Optional.of(DescriptionFiles.sizes(folder.config()).toString())
                : Optional.empty();
    }
}
