package dev.finetune4j.engine.advise;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.engine.models.CatalogueModel;
import dev.finetune4j.engine.models.EncoderShape;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.json.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Ranks the models of the catalogue for a task. Points of the rules that hold are added up; of two models alike one comes first of which
 * the catalogue knows scores, and then the smaller one. Scores earn no points: that many have none is a gap of the catalogue.
 */
public final class BaseModelBook {
    /** Traits that follow from the catalogue itself and from this machine. */
    static final Set<String> DERIVED_TRAITS = Set.of("encoder", "decoder", "mixture", "scored", "trained-here");

    private record Content(Map<String, List<String>> traits, List<ModelRule> rules) {}

    private record Compiled(ModelRule rule, Conditions conditions) {}

    private final Content content;
    private final List<Compiled> rules;

    private BaseModelBook(Content content) {
        this.content = content;
        this.rules = content.rules().stream()
                .map(rule -> new Compiled(rule, rule.conditions()))
                .toList();
    }

    /** The book of this version. */
    public static BaseModelBook shipped() {
        return new BaseModelBook(
                Json.resource(BaseModelBook.class, "base-models.json", new TypeReference<Content>() {}));
    }

    /**
     * The models that nothing rules out, best first.
     *
     * @param isTrainedHere whether this machine trains a model on rows so long
     */
    public List<SuitedModel> suited(
            ModelCatalogue catalogue,
            Situation situation,
            ModelWishes wishes,
            Predicate<CatalogueModel> isTrainedHere) {
        return catalogue.models().stream()
                .map(model -> judge(model, isTrainedHere.test(model), situation, wishes))
                .flatMap(Optional::stream)
                .sorted(Comparator.comparingInt(SuitedModel::points)
                        .reversed()
                        .thenComparing(suited -> suited.model().benchmarks().isEmpty())
                        .thenComparing(suited -> suited.model().parameters())
                        .thenComparing(suited -> suited.model().id()))
                .toList();
    }

    private Optional<SuitedModel> judge(
            CatalogueModel model, boolean isTrainedHere, Situation situation, ModelWishes wishes) {
        Integer needed = wishes.contextTokens();
        if (needed != null && needed > model.contextTokens()) {
            return Optional.empty();
        }
        Set<String> traits = traits(model, isTrainedHere);
        List<Reason> reasons = new ArrayList<>();
        for (Compiled compiled : rules) {
            ModelRule rule = compiled.rule();
            if (rule.isFor(wishes)
                    && rule.isAbout(traits, model.parameters())
                    && compiled.conditions().hold(situation)) {
                String given = compiled.conditions().show(situation);
                reasons.add(new Reason(given, rule.points(), rule.why(), rule.source(), rule.link()));
            }
        }
        if (reasons.stream().anyMatch(Reason::isRefusal)) {
            return Optional.empty();
        }
        if (needed != null) {
            String why = whyItsContextSuits(model, needed, wishes.longestTokens());
            reasons.add(new Reason("", 0, why, "the catalogue", ""));
        }
        reasons.sort(Reason.STRONGEST_FIRST);
        return Optional.of(
                new SuitedModel(model, reasons.stream().mapToInt(Reason::weight).sum(), reasons));
    }

    private static String whyItsContextSuits(CatalogueModel model, int needed, @Nullable Integer longest) {
        String holds = "its context of " + Figures.count(model.contextTokens()) + " tokens holds ";
        return longest != null && longest <= model.contextTokens()
                ? holds + "the longest row of " + Figures.count(longest)
                : holds + "99 of 100 rows, which have " + Figures.count(needed) + " at most";
    }

    Set<String> traits(CatalogueModel model, boolean isTrainedHere) {
        Set<String> traits = new TreeSet<>();
        content.traits().forEach((trait, ids) -> {
            if (ids.contains(model.id())) {
                traits.add(trait);
            }
        });
        traits.add(model.shape() instanceof EncoderShape ? "encoder" : "decoder");
        if (model.shape().architecture().experts() != null) {
            traits.add("mixture");
        }
        if (!model.benchmarks().isEmpty()) {
            traits.add("scored");
        }
        if (isTrainedHere) {
            traits.add("trained-here");
        }
        return traits;
    }

    Map<String, List<String>> namedTraits() {
        return content.traits();
    }

    List<ModelRule> rules() {
        return content.rules();
    }
}
