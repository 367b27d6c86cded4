package dev.finetune4j.engine.launch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.engine.models.CatalogueModel;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.models.ModelProblems;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the sizes of a model without fetching it: in the catalogue, in the {@code config.json} on this machine, or as they were said. */
final class ModelLookup {
    private static final String CONFIG = "config.json";

    private final ModelCatalogue catalogue;
    private final ModelResolver models;

    ModelLookup(ModelCatalogue catalogue, ModelResolver models) {
        this.catalogue = catalogue;
        this.models = models;
    }

    /**
     * What is known of a job's model.
     *
     * @param said sizes that were said, which count where nothing better is known or what is here cannot be read
     * @throws FineTuneException with FT0480 if it is no model's name, FT0481 if its sizes are not known
     */
    ModelFacts find(JobFile file, @Nullable Architecture said) {
        ModelRef ref = file.job().model();
        ModelFiles files = models.find(ref, file.baseFolder()).orElse(null);
        Optional<CatalogueModel> known = catalogue.find(ref);
        if (known.isPresent()) {
            return new ModelFacts(known.get().shape().architecture(), known.get(), files);
        }
        Path folder = files != null ? files.path() : file.baseFolder().resolve(ref.value());
        try {
            Optional<ModelFacts> described = described(folder, files);
            if (described.isPresent()) {
                return described.get();
            }
        } catch (FineTuneException e) {
            if (said == null) {
                throw e;
            }
            return new ModelFacts(said, null, null); // whoever counted rows by its files would fail as this did
        }
        if (said != null) {
            return new ModelFacts(said, null, files);
        }
        if (!ref.isHub() && files == null && !Files.exists(folder)) {
            catalogue.get(ref.value());
        }
        throw unknownSizes(ref);
    }

    private static Optional<ModelFacts> described(Path folder, @Nullable ModelFiles files) {
        Path config = folder.resolve(CONFIG);
        return Files.isRegularFile(config) ? Optional.of(ofConfig(config, files)) : Optional.empty();
    }

    private static ModelFacts ofConfig(Path config, @Nullable ModelFiles files) {
        try {
            JsonNode json = new ObjectMapper().readTree(Files.readString(config));
            Architecture sizes = Architecture.ofConfig(json.has("text_config") ? json.get("text_config") : json);
            String named = json.path("architectures").path(0).asText("");
            boolean hasTower = json.path("vision_config").isObject();
            return new ModelFacts(sizes, null, files, named.isBlank() ? null : named, hasTower);
        } catch (IOException | IllegalArgumentException e) {
            throw broken(config, e);
        }
    }

    private static FineTuneException broken(Path config, Exception cause) {
        return ModelProblems.UNKNOWN_SIZES
                .error("the sizes of the model cannot be read")
                .at(Location.of(config.toString()))
                .because(
                        cause instanceof JsonProcessingException ? "it is no JSON" : String.valueOf(cause.getMessage()))
                .asException(cause);
    }

    private static FineTuneException unknownSizes(ModelRef ref) {
        Problem.Builder problem = ModelProblems.UNKNOWN_SIZES
                .error("the sizes of " + ref + " are not known")
                .at(Location.ofKey("model"))
                .because("it is not in the catalogue, and its config.json is not on this machine");
        return problem.remedy(ModelProblems.UNKNOWN_SIZES.remedy())
                .remedy("finetune check JOB    # fetches the model")
                .asException();
    }
}
