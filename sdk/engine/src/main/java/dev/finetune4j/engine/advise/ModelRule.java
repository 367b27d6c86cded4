package dev.finetune4j.engine.advise;

import dev.finetune4j.job.TaskKind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What speaks for or against a base model. What is null or empty does not count.
 *
 * @param tasks the tasks that it is for
 * @param content the content that it is for
 * @param languages the languages that it is for
 * @param licence the licence that must be wanted
 * @param when the answers that it is for
 * @param traits what the model must have one of
 * @param fromParameters the fewest parameters of the model
 * @param belowParameters the fewest that are too many
 * @param points by how much it speaks for the model, or against it where negative; null: it rules it out
 * @param why for what reason
 * @param source who says so: a paper, a vendor's guide, or judgement
 * @param link where that can be read; empty for judgement
 */
record ModelRule(
        @Nullable List<TaskKind> tasks,
        ModelWishes.@Nullable Content content,
        @Nullable List<ModelWishes.Language> languages,
        ModelWishes.@Nullable Licence licence,
        @Nullable Map<Criterion, Bounds> when,
        @Nullable List<String> traits,
        @Nullable Long fromParameters,
        @Nullable Long belowParameters,
        @Nullable Integer points,
        String why,
        String source,
        String link) {
    Conditions conditions() {
        return new Conditions(when == null ? Map.of() : when);
    }

    boolean isFor(ModelWishes wishes) {
        return (tasks == null || (wishes.task() != null && tasks.contains(wishes.task())))
                && (content == null || content == wishes.content())
                && (languages == null || (wishes.language() != null && languages.contains(wishes.language())))
                && (licence == null || licence == wishes.licence());
    }

    boolean isAbout(Set<String> itsTraits, long parameters) {
        return (traits == null || traits.stream().anyMatch(itsTraits::contains))
                && (fromParameters == null || parameters >= fromParameters)
                && (belowParameters == null || parameters < belowParameters);
    }
}
