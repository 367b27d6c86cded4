package dev.finetune4j.model;

import java.nio.file.Path;

/**
 * A model whose files lie on this machine.
 *
 * @param ref what the user asked for
 * @param path a folder in Hugging Face layout (config.json, tokenizer.json, *.safetensors), or one GGUF file
 * @param digest SHA-256 over the names and contents of the files, lower-case hex
 * @param name what other tools call the model
 */
public record ModelFiles(ModelRef ref, Path path, String digest, ModelName name) {
    /** Files that are known by their path alone. */
    public ModelFiles(ModelRef ref, Path path, String digest) {
        this(ref, path, digest, ModelName.ofPath(path));
    }
}
