package dev.finetune4j.model;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a base model is called outside of finetune4j: an adapter names its base by it, so that other tools find the base again.
 *
 * @param value {@code ORG/NAME} on the Hugging Face hub, or the absolute path of a folder or file that is published nowhere
 * @param revision commit on the hub, or null where it is not known
 */
public record ModelName(String value, @Nullable String revision) {
    /** The name of a model that is known by its place on this machine alone. */
    public static ModelName ofPath(Path path) {
        return new ModelName(path.toAbsolutePath().normalize().toString(), null);
    }
}
