package dev.finetune4j.engine.launch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.engine.models.CatalogueModel;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.models.ModelProblems;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.engine.store.ModelStore;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.spi.TextCodecFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the sizes of a model without fetching it: in the catalogue, in the {@code config.json} or the GGUF file on this machine, or as they
 * were said.
 */
final class ModelLookup {
    private static final String CONFIG = "config.json";

    private final ModelCatalogue catalogue;
    private final ModelResolver models;
    private final Supplier<TextCodecFactory> codecs;

    ModelLookup(ModelCatalogue catalogue, ModelResolver models, Supplier<TextCodecFactory> codecs) {
        this.catalogue = catalogue;
        this.models = models;
        this.codecs = codecs;
    }

    /**
     * What is known of a job's model.
     *
     * @param said sizes that were said, which count where nothing better is known or what is here cannot be read
     * @throws FineTuneException with FT0480 if it is no model's name, FT0494 if nothing is or can be at its path, FT0481
     *     if its sizes are not known, or with what is wrong with a GGUF file
     */
    ModelFacts find(JobFile file, @Nullable Architecture said) {
        ModelRef ref = file.job().model();
        ModelFiles files = models.find(ref, file.baseFolder()).orElse(null);
        Optional<CatalogueModel> known = catalogue.find(ref);
        if (known.isPresent()) {
            return new ModelFacts(known.get().shape().architecture(), known.get(), files);
        }
        Path place = files != null ? files.path() : ModelStore.path(ref, file.baseFolder());
        try {
            Optional<ModelFacts> described = described(ref, place, files);
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
        if (!ModelStore.isAddress(ref) && files == null && !Files.exists(place)) {
            ModelStore.refuseAbsent(ref, place.normalize());
            catalogue.get(ref.value());
        }
        throw unknownSizes(ref, place);
    }

    private Optional<ModelFacts> described(ModelRef ref, Path place, @Nullable ModelFiles files) {
        Path config = place.resolve(CONFIG);
        if (Files.isRegularFile(config)) {
            return Optional.of(ofConfig(config, files));
        }
        return ref.isGguf() && Files.isRegularFile(place)
                ? codecs.get().config(place).map(told -> ofFile(place, told, files))
                : Optional.empty();
    }

    private static ModelFacts ofConfig(Path config, @Nullable ModelFiles files) {
        try {
            return facts(Files.readString(config), files, null);
        } catch (IOException | IllegalArgumentException e) {
            throw broken(config, e);
        }
    }

    /** @param told what its config.json would say */
    private static ModelFacts ofFile(Path file, String told, @Nullable ModelFiles files) {
        try {
            return facts(told, files, Files.size(file));
        } catch (IOException | IllegalArgumentException e) {
            throw broken(file, e);
        }
    }

    private static ModelFacts facts(String config, @Nullable ModelFiles files, @Nullable Long storedBytes)
            throws JsonProcessingException {
        JsonNode json = new ObjectMapper().readTree(config);
        Architecture sizes = Architecture.ofConfig(json.has("text_config") ? json.get("text_config") : json);
        String named = json.path("architectures").path(0).asText("");
        boolean hasTower = json.path("vision_config").isObject();
        return new ModelFacts(sizes, null, files, named.isBlank() ? null : named, hasTower, storedBytes);
    }

    private static FineTuneException broken(Path config, Exception cause) {
        return ModelProblems.UNKNOWN_SIZES
                .error("the sizes of the model cannot be read")
                .at(Location.of(config.toString()))
                .because(
                        cause instanceof JsonProcessingException ? "it is no JSON" : String.valueOf(cause.getMessage()))
                .asException(cause);
    }

    /** What lies here already is not fetched. */
    private static FineTuneException unknownSizes(ModelRef ref, Path place) {
        boolean isHere = Files.exists(place);
        Problem.Builder problem = ModelProblems.UNKNOWN_SIZES
                .error("the sizes of " + ref + " are not known")
                .at(Location.ofKey("model"))
                .because("it is not in the catalogue, and "
                        + (isHere ? "there is no config.json in " + place : "its config.json is not on this machine"))
                .remedy(ModelProblems.UNKNOWN_SIZES.remedy());
        return (isHere ? problem : problem.remedy("finetune check JOB    # fetches the model")).asException();
    }
}
