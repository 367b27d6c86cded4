package dev.finetune4j.engine.hints;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.data.Part;
import dev.finetune4j.engine.launch.PreparedJob;
import dev.finetune4j.engine.models.CatalogueModel;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.spec.Origin;
import dev.finetune4j.engine.spec.ResolvedJob;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.LoraTuning;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What papers and vendors choose for learning rate, epochs, batch and rank, by data size, model size and method, and where none of them
 * published a choice, judgement. A file beside this class holds it, so that it can be read, disputed and added to.
 */
public final class HintBook {
    private static final String RESOURCE = "hints.json";

    private final List<HintRule> rules;

    private HintBook(List<HintRule> rules) {
        this.rules = List.copyOf(rules);
    }

    /** The book of this version. */
    public static HintBook shipped() {
        try (InputStream in = Objects.requireNonNull(HintBook.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new HintBook(Json.read(json, new TypeReference<List<HintRule>>() {}));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A hint for each setting that the job's method has, chosen or not. */
    public List<Hint> of(PreparedJob prepared) {
        FineTuneJob job = prepared.file().job();
        Map<String, Double> present = new LinkedHashMap<>();
        present.put("training.learning-rate", job.training().with(job.method()).learningRate());
        present.put("training.epochs", job.training().epochs());
        present.put("training.batch-size", (double) job.training().batchSize());
        job.method().adapters().map(LoraTuning::rank).ifPresent(rank -> present.put("method.rank", (double) rank));
        long rows = prepared.check().profile().rowsByPart().getOrDefault(Part.TRAIN, 0L);
        long parameters = ModelCatalogue.shipped()
                .find(job.model().toString())
                .map(CatalogueModel::parameters)
                .orElse(0L);
        List<Hint> hints = new ArrayList<>();
        present.forEach((key, value) -> rules.stream()
                .filter(rule -> rule.key().equals(key)
                        && rule.applies(job.method().kind(), prepared.speaks(), rows, parameters))
                .findFirst()
                .map(rule -> new Hint(
                        key,
                        value,
                        isChosen(prepared.file().resolved(), key),
                        rule.value(),
                        rule.why(),
                        rule.source(),
                        rule.link()))
                .ifPresent(hints::add));
        return List.copyOf(hints);
    }

    List<HintRule> rules() {
        return rules;
    }

    private static boolean isChosen(ResolvedJob resolved, String key) {
        return resolved.values().stream()
                .anyMatch(value -> value.key().equals(key) && !(value.origin() instanceof Origin.Default));
    }
}
