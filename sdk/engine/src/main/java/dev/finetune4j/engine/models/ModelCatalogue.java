package dev.finetune4j.engine.models;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Spelling;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.value.ProviderId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The open models that finetune4j knows by name. Facts only; the files are fetched by the model store.
 *
 * @param models in the order in which they are listed: by family, small ones first
 */
public record ModelCatalogue(List<CatalogueModel> models) {
    private static final String HUB_PREFIX = "hf:";

    /** Copies the list; refuses an id that is there twice. */
    public ModelCatalogue {
        models = List.copyOf(models);
        if (models.stream().map(CatalogueModel::id).distinct().count() != models.size()) {
            throw new IllegalArgumentException("ids of models must differ from each other");
        }
    }

    /** The catalogue of this version. */
    public static ModelCatalogue shipped() {
        return new ModelCatalogue(
                Json.resource(ModelCatalogue.class, "catalogue.json", new TypeReference<List<CatalogueModel>>() {}));
    }

    /** The model of an id, if there is one. */
    public Optional<CatalogueModel> find(String id) {
        return models.stream().filter(model -> model.id().equals(id)).findFirst();
    }

    /** The model that a job names by its id or by its place on the hub, if it is here. */
    public Optional<CatalogueModel> find(ModelRef ref) {
        return find(ref.value()).or(() -> atHub(ref.value()));
    }

    private Optional<CatalogueModel> atHub(String asked) {
        return models.stream()
                .filter(model -> asked.startsWith(HUB_PREFIX)
                        && model.sources().stream().anyMatch(source -> isSame(source.from(), asked)))
                .findFirst();
    }

    private static boolean isSame(String source, String asked) {
        int revision = asked.indexOf('@');
        return source.equalsIgnoreCase(revision < 0 ? asked : asked.substring(0, revision));
    }

    /**
     * The model of an id, or of a place on the hub, {@code hf:ORG/NAME}.
     *
     * @throws FineTuneException with FT0480 if there is none; names the nearest, and of a name without {@code hf:} the model that has it on
     *     the hub
     */
    public CatalogueModel get(String id) {
        return find(id).or(() -> atHub(id)).orElseThrow(() -> unknown(id));
    }

    /** A job in which a model of the catalogue goes by a place's own name for it, unless the job says which is meant there. */
    public FineTuneJob named(ProviderId place, FineTuneJob job) {
        Map<String, String> said = job.settingsOf(place);
        Optional<String> name = said.containsKey(PlaceSettings.MODEL)
                ? Optional.empty()
                : find(job.model()).map(model -> model.ids().get(place.value()));
        return name.map(known -> {
                    Map<String, String> settings = new TreeMap<>(said);
                    settings.put(PlaceSettings.MODEL, known);
                    return job.toBuilder().place(place, settings).build();
                })
                .orElse(job);
    }

    private FineTuneException unknown(String id) {
        List<String> ids = models.stream().map(CatalogueModel::id).toList();
        Problem.Builder problem = ModelProblems.UNKNOWN_MODEL
                .error("no model is called \"" + id + '"')
                .at(Location.ofKey("model"));
        atHub(HUB_PREFIX + id)
                .map(CatalogueModel::id)
                .or(() -> Spelling.nearest(id, ids))
                .ifPresent(near -> problem.because("did you mean " + near + "?").remedy("model: " + near));
        problem.because("none of the " + ids.size() + " models of the catalogue has this id");
        if (id.matches("[A-Za-z0-9][\\w.-]*/[\\w.-]+")) {
            problem.remedy("model: hf:" + id);
        }
        return problem.remedy("finetune models").asException();
    }
}
