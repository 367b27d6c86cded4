package dev.finetune4j.engine.launch;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelRef;
import java.nio.file.Path;
import java.util.Optional;

/** Brings the files of a model to this machine. */
@FunctionalInterface
public interface ModelResolver {
    /**
     * The files of a model; fetched only where they are not here yet.
     *
     * @param baseFolder what paths are relative to: the folder of the job file
     * @throws FineTuneException if the model is not to be had, with all that was tried
     */
    ModelFiles resolve(ModelRef model, Path baseFolder);

    /** The files of a model where they are on this machine; nothing is fetched. */
    default Optional<ModelFiles> find(ModelRef model, Path baseFolder) {
        return Optional.of(resolve(model, baseFolder));
    }

    /**
     * The digest of the files of a model that was resolved before, as they are now; empty where that cannot be told.
     *
     * @param model folder or file of it
     * @throws FineTuneException if files of it are gone or cannot be read
     */
    default Optional<String> digest(Path model) {
        return Optional.empty();
    }
}
