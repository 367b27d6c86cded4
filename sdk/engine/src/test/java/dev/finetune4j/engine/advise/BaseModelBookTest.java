package dev.finetune4j.engine.advise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.advise.ModelWishes.Content;
import dev.finetune4j.engine.advise.ModelWishes.Language;
import dev.finetune4j.engine.advise.ModelWishes.Licence;
import dev.finetune4j.engine.models.CatalogueModel;
import dev.finetune4j.engine.models.EncoderShape;
import dev.finetune4j.engine.models.LocalCore;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.job.TaskKind;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BaseModelBookTest {
    private static final long BILLION = 1_000_000_000;

    private final BaseModelBook book = BaseModelBook.shipped();
    private final ModelCatalogue catalogue = ModelCatalogue.shipped();
    private final LocalCore core = LocalCore.shipped();

    @Test
    void everyRuleHasASourceAndNamesTraitsAndModelsThatThereAre() {
        Set<String> traits = new HashSet<>(book.namedTraits().keySet());
        traits.addAll(BaseModelBook.DERIVED_TRAITS);
        List<String> ids = catalogue.models().stream().map(CatalogueModel::id).toList();

        assertThat(book.rules()).hasSizeGreaterThan(25).allSatisfy(rule -> {
            assertThat(rule.why()).isNotBlank();
            assertThat(rule.source().equals("judgement")).isEqualTo(rule.link().isEmpty());
            assertThat(rule.traits() == null ? List.of() : rule.traits()).isSubsetOf(traits);
        });
        assertThat(book.namedTraits().values())
                .allSatisfy(named -> assertThat(named).isNotEmpty().isSubsetOf(ids));
        assertThat(catalogue.models())
                .as("what forbids commercial use is known from the licence")
                .allSatisfy(model -> assertThat(book.traits(model, true).contains("non-commercial"))
                        .isEqualTo(model.licence().contains("Research")));
    }

    @Test
    void labelsAreForEncodersAndSmallModelsWordsForLargerOnes() {
        List<SuitedModel> labels = suited("rows=2000 latency=instant", TaskKind.CLASSIFICATION, Language.ENGLISH);

        assertThat(labels).extracting(suited -> suited.model().id()).startsWith("distilbert-base-uncased");
        assertThat(labels.subList(0, 5))
                .allSatisfy(suited -> assertThat(suited.model().shape()).isInstanceOf(EncoderShape.class));
        for (TaskKind task : TaskKind.values()) {
            if (!task.hasLabels()) {
                assertThat(suited("rows=2000", task, null))
                        .isNotEmpty()
                        .allSatisfy(suited -> assertThat(suited.model().shape()).isNotInstanceOf(EncoderShape.class));
                assertThat(suited("rows=2000", task, null).subList(0, 5))
                        .allSatisfy(suited ->
                                assertThat(suited.model().parameters()).isBetween(3 * BILLION, 15 * BILLION));
            }
        }
    }

    @Test
    void knownScoresDecideBetweenModelsAlikeAlone() {
        List<SuitedModel> chat = suited("rows=2000", TaskKind.CHAT, null).subList(0, 4);

        assertThat(chat).extracting(SuitedModel::points).containsOnly(3);
        assertThat(chat)
                .extracting(suited -> suited.model().id())
                .containsExactly("llama-3.2-3b-instruct", "llama-3.1-8b-instruct", "phi-4", "falcon3-3b-instruct");
    }

    @Test
    void languageContentContextAndLicenceAreMinded() {
        assertThat(suited("rows=2000", TaskKind.SENTIMENT, Language.OTHER)
                        .get(0)
                        .model()
                        .id())
                .startsWith("qwen3");
        assertThat(first(new ModelWishes(TaskKind.GENERATION, Content.CODE, null, null, null)))
                .startsWith("qwen2.5-coder");
        assertThat(first(new ModelWishes(TaskKind.GENERATION, Content.MATHS, null, null, null)))
                .contains("math");
        assertThat(book.suited(
                        catalogue,
                        Situation.unknown(),
                        new ModelWishes(TaskKind.SUMMARIZATION, null, null, Licence.COMMERCIAL, 60_000),
                        core::trains))
                .isNotEmpty()
                .allSatisfy(suited -> {
                    assertThat(suited.model().contextTokens()).isGreaterThanOrEqualTo(60_000);
                    assertThat(suited.model().licence()).doesNotContain("Research");
                });
    }

    @Test
    void aModelThatThisMachineDoesNotTrainIsNotSuitedForThat() {
        ModelWishes labels = new ModelWishes(TaskKind.CLASSIFICATION, null, null, null, null);
        String here = "finetune trains it on this machine, too";

        List<SuitedModel> suited = book.suited(
                catalogue, Situation.unknown(), labels, model -> !model.id().equals("qwen3-1.7b"));

        assertThat(reasons(suited, "qwen3-0.6b")).contains(here);
        assertThat(reasons(suited, "qwen3-1.7b")).isNotEmpty().doesNotContain(here);
    }

    @Test
    void oneRowThatIsLongerThanTheOthersRulesNoModelOut() {
        ModelWishes wishes = new ModelWishes(TaskKind.CLASSIFICATION, null, null, null, 23_471, 400);

        List<SuitedModel> suited = book.suited(catalogue, Situation.unknown(), wishes, core::trains);

        assertThat(reasons(suited, "bert-base-uncased"))
                .contains("its context of 512 tokens holds 99 of 100 rows, which have 400 at most");
        assertThat(reasons(suited, "qwen3-0.6b"))
                .contains("its context of 40,960 tokens holds the longest row of 23,471");
    }

    private static List<String> reasons(List<SuitedModel> suited, String model) {
        return suited.stream()
                .filter(one -> one.model().id().equals(model))
                .flatMap(one -> one.reasons().stream())
                .map(Reason::why)
                .toList();
    }

    @Test
    void moreMoneyNeverMakesALargeModelLessSuited() {
        ModelWishes chat = new ModelWishes(TaskKind.CHAT, null, null, null, null);
        int before = Integer.MIN_VALUE;
        for (String budget : List.of("10", "500", "50000")) {
            int points = book.suited(catalogue, ApproachAnswers.of("budget=" + budget), chat, core::trains).stream()
                    .filter(suited -> suited.model().id().equals("llama-3.3-70b-instruct"))
                    .findFirst()
                    .orElseThrow()
                    .points();
            assertThat(points).isGreaterThanOrEqualTo(before);
            before = points;
        }
    }

    private String first(ModelWishes wishes) {
        return book.suited(catalogue, Situation.unknown(), wishes, core::trains)
                .get(0)
                .model()
                .id();
    }

    private List<SuitedModel> suited(String answers, TaskKind task, @Nullable Language language) {
        return book.suited(
                catalogue,
                ApproachAnswers.of(answers),
                new ModelWishes(task, null, language, null, null),
                core::trains);
    }
}
