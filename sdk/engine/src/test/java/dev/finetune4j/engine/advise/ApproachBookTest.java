package dev.finetune4j.engine.advise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApproachBookTest {
    /** An approach that never loses as a criterion grows, or never as it shrinks. */
    private record Monotone(Approach approach, Criterion criterion, boolean growing) {}

    private static final List<Monotone> MONOTONE = List.of(
            new Monotone(Approach.FINE_TUNING, Criterion.ROWS, true),
            new Monotone(Approach.FINE_TUNING, Criterion.FORM, true),
            new Monotone(Approach.FINE_TUNING, Criterion.LATENCY, true),
            new Monotone(Approach.FINE_TUNING, Criterion.REQUESTS, true),
            new Monotone(Approach.FINE_TUNING, Criterion.MATURITY, true),
            new Monotone(Approach.RAG, Criterion.FACTS, true),
            new Monotone(Approach.OWN_MODEL, Criterion.CORPUS, true),
            new Monotone(Approach.OWN_MODEL, Criterion.BUDGET, true),
            new Monotone(Approach.OWN_MODEL, Criterion.DAYS, true),
            new Monotone(Approach.OWN_MODEL, Criterion.SKILLS, true),
            new Monotone(Approach.OWN_MODEL, Criterion.DOMAIN, true),
            new Monotone(Approach.PROMPT_ENGINEERING, Criterion.DAYS, false),
            new Monotone(Approach.PROMPT_ENGINEERING, Criterion.ROWS, false));

    private static final int SAMPLES = 3000;

    private final ApproachBook book = ApproachBook.shipped();

    @Test
    void everyRuleHasAReasonAndASource() {
        assertThat(book.rules()).hasSizeGreaterThan(50).allSatisfy(rule -> {
            assertThat(rule.why()).isNotBlank();
            assertThat(rule.source().equals("judgement")).isEqualTo(rule.link().isEmpty());
            assertThat(rule.link()).matches("|https://.*");
        });
        assertThat(book.complements()).allSatisfy(rule -> assertThat(rule.why()).isNotBlank());
        for (Criterion criterion : Criterion.values()) {
            assertThat(book.bands(criterion)).as(criterion.key()).hasSizeGreaterThan(1);
        }
    }

    /** What a practitioner would say, too. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rows=20                                                     | PROMPT_ENGINEERING",
                "rows=20 form=fixed latency=instant requests=10M skills=training maturity=measured | PROMPT_ENGINEERING",
                "days=2 rows=5000                                            | PROMPT_ENGINEERING",
                "rows=300                                                    | PROMPT_ENGINEERING",
                "rows=0 facts=none                                           | PROMPT_ENGINEERING",
                "maturity=none domain=general                                | PROMPT_ENGINEERING",
                "facts=daily                                                 | RAG",
                "facts=fixed                                                 | RAG",
                "facts=fixed rows=0 domain=special                           | RAG",
                "facts=monthly rows=500 form=similar                         | RAG",
                "facts=daily rows=10M form=fixed latency=instant requests=10M skills=training maturity=production | RAG",
                "rows=2000 form=fixed latency=instant                        | FINE_TUNING",
                "rows=500 form=fixed facts=none                              | FINE_TUNING",
                "rows=10M form=fixed requests=10M                            | FINE_TUNING",
                "rows=2000 form=fixed latency=instant facts=fixed            | FINE_TUNING",
                "rows=150 form=fixed facts=none                              | PROMPT_ENGINEERING",
                "corpus=40GB domain=remote rows=0 skills=training budget=300000 days=200 | FINE_TUNING",
                "corpus=5GB domain=remote rows=1000                          | FINE_TUNING",
                "corpus=100GB budget=50000 domain=special rows=1000          | FINE_TUNING",
                "corpus=100GB budget=5M skills=software rows=5000            | FINE_TUNING",
                "corpus=100GB budget=5M                                      | OWN_MODEL",
                "corpus=2TB budget=20M domain=remote skills=pretraining days=365 | OWN_MODEL",
                "corpus=100GB budget=5M facts=daily                          | RAG",
                "corpus=100GB budget=5M domain=general                       | PROMPT_ENGINEERING",
            })
    void advisesWhatAPractitionerWould(String answers, Approach expected) {
        Advice advice = book.advise(ApproachAnswers.of(answers));

        assertThat(advice.first()).as(() -> answers + ": " + advice.ranking()).isEqualTo(expected);
        assertThat(advice.changes()).noneMatch(change -> change.approach() == expected);
    }

    @Test
    void saysWhyWhatWouldChangeItAndWhatIsTakenTogether() {
        Advice advice = book.advise(ApproachAnswers.of("rows=2000 form=fixed latency=instant"));

        assertThat(advice.ranking().get(0).reasons().get(0).given()).isEqualTo("rows 2,000");
        assertThat(advice.changes())
                .contains(
                        new Change(Criterion.FACTS, "monthly or daily", Approach.RAG),
                        new Change(Criterion.ROWS, "below 50", Approach.PROMPT_ENGINEERING));
        assertThat(advice.open()).contains(Criterion.FACTS).doesNotContain(Criterion.ROWS);
        assertThat(advice.together()).isEmpty();

        Advice both = book.advise(ApproachAnswers.of("rows=2000 form=fixed facts=daily"));
        assertThat(both.first()).isEqualTo(Approach.RAG);
        assertThat(both.advises(Approach.FINE_TUNING)).isTrue();
        assertThat(book.advise(ApproachAnswers.of("facts=daily")).advises(Approach.FINE_TUNING))
                .isFalse();
    }

    @Test
    void ofACorpusThatNobodyNamedNoSizeIsSaid() {
        Reason unnamed = againstOwnModel("rows=2000");

        assertThat(unnamed.given()).isEqualTo("corpus not named");
        assertThat(unnamed.why()).startsWith("not even 10 GB of text were named");
        assertThat(againstOwnModel("corpus=3GB").given()).isEqualTo("corpus 3 GB");
    }

    private Reason againstOwnModel(String answers) {
        return book.advise(ApproachAnswers.of(answers)).ranking().stream()
                .filter(ranked -> ranked.approach() == Approach.OWN_MODEL)
                .flatMap(ranked -> ranked.reasons().stream())
                .filter(Reason::isRefusal)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void refusesAnswersThatAreNone() {
        assertThatThrownBy(() -> Criterion.FACTS.parse("dayly"))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0750");
        assertThatThrownBy(() -> Criterion.ROWS.parse("many")).hasMessageContaining("FT0750");
        assertThatThrownBy(() -> Criterion.ROWS.parse("-3")).hasMessageContaining("FT0750");
        assertThatThrownBy(() -> Criterion.CORPUS.parse("3 XB")).hasMessageContaining("FT0750");
        for (String withoutUnit : List.of("5", "5M", "5 USD")) {
            assertThatThrownBy(() -> Criterion.CORPUS.parse(withoutUnit))
                    .isInstanceOfSatisfying(FineTuneException.class, e -> {
                        assertThat(e.problems().get(0).causes())
                                .containsExactly("it is a number with its unit, KB, MB, GB or TB");
                        assertThat(e.problems().get(0).remedies()).containsExactly("--corpus 100GB");
                    });
        }
        assertThat(Criterion.CORPUS.parse("0")).isZero();
        assertThat(Criterion.CORPUS.parse("1.5 GB")).isEqualTo(1.5e9);
        assertThat(Criterion.CORPUS.show(1.5e9)).isEqualTo("1.5 GB");
        assertThat(Criterion.CORPUS.show(100e9)).isEqualTo("100 GB");
        assertThat(Criterion.BUDGET.show(Criterion.BUDGET.parse("0.5 USD"))).isEqualTo("0.5 USD");
        assertThat(Criterion.BUDGET.show(12.5)).isEqualTo("12.5 USD");
        assertThat(Criterion.BUDGET.show(12_000)).isEqualTo("12,000 USD");
        assertThat(Criterion.ROWS.parse("2,000")).isEqualTo(2000);
        assertThatThrownBy(() -> Criterion.ROWS.parse("5 USD")).hasMessageContaining("FT0750");
        assertThat(List.of("10000", "10000 USD", "10000usd ", "10K USD", "10k"))
                .allSatisfy(text -> assertThat(Criterion.BUDGET.parse(text)).isEqualTo(10_000));
    }

    /** Random answers, some of them missing. */
    @Test
    void everySampleHasOneRankingThatMovesTheRightWay() {
        Random random = new Random(17);
        for (int sample = 0; sample < SAMPLES; sample++) {
            Situation situation = Situation.unknown();
            for (Criterion criterion : Criterion.values()) {
                List<Double> bands = book.bands(criterion);
                int band = random.nextInt(bands.size() + 1);
                situation = band < bands.size() ? situation.with(criterion, bands.get(band)) : situation;
            }
            assertOneRanking(situation);
            for (Monotone monotone : MONOTONE) {
                assertMonotone(monotone, situation);
            }
        }
    }

    @Test
    @Tag("slow")
    void everyCombinationOfAnswersHasOneRankingThatMovesTheRightWay() {
        eachCombination(Situation.unknown(), List.of(Criterion.values()), situation -> {
            assertOneRanking(situation);
            for (Monotone monotone : MONOTONE) {
                // Each line of neighbours once: from its first combination.
                if (situation.answer(monotone.criterion()).orElseThrow() == 0.0) {
                    assertMonotone(monotone, situation);
                }
            }
        });
    }

    private void eachCombination(Situation situation, List<Criterion> left, Consumer<Situation> visitor) {
        if (left.isEmpty()) {
            visitor.accept(situation);
            return;
        }
        Criterion criterion = left.get(0);
        for (double answer : book.bands(criterion)) {
            eachCombination(situation.with(criterion, answer), left.subList(1, left.size()), visitor);
        }
    }

    private void assertOneRanking(Situation situation) {
        List<RankedApproach> ranking = book.standings(situation);
        boolean isStrict = true;
        for (int i = 1; i < ranking.size(); i++) {
            isStrict &= RankedApproach.BEST_FIRST.compare(ranking.get(i - 1), ranking.get(i)) < 0;
        }
        if (!isStrict
                || ranking.size() != Approach.values().length
                || ranking.get(0).isRuledOut()) {
            throw new AssertionError(situation + " has no one ranking: " + ranking);
        }
    }

    private void assertMonotone(Monotone monotone, Situation situation) {
        List<Double> bands = new ArrayList<>(book.bands(monotone.criterion()));
        if (!monotone.growing()) {
            Collections.reverse(bands);
        }
        int before = Integer.MAX_VALUE;
        for (double band : bands) {
            int rank = place(monotone.approach(), situation.with(monotone.criterion(), band));
            if (rank > before) {
                throw new AssertionError(
                        monotone + " falls to place " + (rank + 1) + " at " + band + " of " + situation);
            }
            before = rank;
        }
    }

    private int place(Approach approach, Situation situation) {
        List<RankedApproach> ranking = book.standings(situation);
        int place = 0;
        while (ranking.get(place).approach() != approach) {
            place++;
        }
        return place;
    }
}
