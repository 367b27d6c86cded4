package dev.finetune4j.spi;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.model.ModelFiles;
import java.nio.file.Path;
import java.util.Optional;

/** Opens the text side of a model, and tells its sizes where no config.json does; one on the class path, found with ServiceLoader. */
public interface TextCodecFactory {
    /**
     * Reads tokenizer and chat template.
     *
     * @throws FineTuneException if a file is missing, damaged or of a kind that is refused
     */
    TextCodec open(ModelFiles model);

    /**
     * What a config.json in Hugging Face form would say of a model's architecture and sizes where its files have none, such as a GGUF file,
     * which keeps them in its header. Reads no weights, and names no number type of theirs.
     *
     * @param model a folder or file
     * @return a JSON object; empty where the model has a config.json itself, and for every model unless said
     * @throws FineTuneException if the file is damaged, cannot be read, or is of an architecture that is not known
     */
    default Optional<String> config(Path model) {
        return Optional.empty();
    }
}
