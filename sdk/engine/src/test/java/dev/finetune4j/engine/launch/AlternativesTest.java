package dev.finetune4j.engine.launch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.job.Budget;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.TrainerSettings;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The next best machines are agreed to together with the first, if the budget pays for them. */
class AlternativesTest {
    private static final Budget BUDGET = new Budget(Money.parse("1.00 USD"), null);
    private static final PlanOption CHOSEN = TermsTest.option("ml.g5.xlarge", "1.20", 10);

    @Test
    void areTheNextBestThatTheBudgetPaysFor() {
        LaunchTerms terms = with(
                TermsTest.option("ml.g5.xlarge", "1.20", 10),
                TermsTest.option("ml.g5.2xlarge", "1.50", 10),
                TermsTest.option("ml.p4d.24xlarge", "30.00", 10),
                TermsTest.option("ml.g6.xlarge", "1.10", 10),
                TermsTest.option("ml.g6.2xlarge", "1.20", 10),
                TermsTest.option("ml.g6.4xlarge", "1.30", 10));

        assertThat(terms.name()).isEqualTo("ml.g5.xlarge");
        assertThat(terms.alternatives())
                .extracting(LaunchTerms::name)
                .containsExactly("ml.g5.2xlarge", "ml.g6.xlarge", "ml.g6.2xlarge");
        assertThat(terms.alternatives())
                .allSatisfy(other -> assertThat(
                                requireNonNull(other.worstCost()).amount())
                        .isLessThanOrEqualTo(requireNonNull(BUDGET.maxCost()).amount()));
    }

    @Test
    void areNoneThatMayNotBeChosen() {
        PlanOption tight = TermsTest.option("ml.g5.2xlarge", "1.50", 10).standing(PlanOption.Standing.OVER_LIMIT);

        assertThat(with(CHOSEN, tight).alternatives()).isEmpty();
        assertThat(with(CHOSEN, TermsTest.option("ml.g5.2xlarge", "1.50", 10).missingQuota("needs 8 cores, you have 0"))
                        .alternatives())
                .isEmpty();
    }

    /** Where somebody asks for it; each place in one region, so that nothing comes back to a place where files were left. */
    @Test
    void areMachinesOfOtherPlacesAfterThoseOfTheOwn() {
        ProviderId elsewhere = new ProviderId("elsewhere");
        ProviderId unable = new ProviderId("unable");
        List<PlanOption> options = List.of(
                CHOSEN,
                TermsTest.option(elsewhere, "nc4", "1.00", 10),
                TermsTest.option(unable, "x1", "1.00", 10),
                TermsTest.option("ml.g5.2xlarge", "1.50", 10),
                TermsTest.option(elsewhere, "nc8", "1.10", 10),
                TermsTest.option(elsewhere, "nc96", "30.00", 10));

        LaunchTerms terms =
                Alternatives.with(terms(CHOSEN), options, AlternativesTest::terms, place -> place.equals(elsewhere));

        assertThat(terms.alternatives()).extracting(LaunchTerms::name).containsExactly("ml.g5.2xlarge", "nc4", "nc8");
        assertThat(Alternatives.with(terms(CHOSEN), options, AlternativesTest::terms)
                        .alternatives())
                .extracting(LaunchTerms::target)
                .containsOnly(CHOSEN.target());
    }

    /** A launch on the next machine trains as that one was planned, not as the first. */
    @Test
    void haveEachTheSetupOfItsOwnMachine() {
        PlanOption first = setUp(CHOSEN, 8);

        LaunchTerms terms = Alternatives.with(
                terms(first),
                List.of(first, setUp(TermsTest.option("ml.g5.2xlarge", "1.50", 10), 2)),
                AlternativesTest::terms);

        assertThat(terms.setup()).isEqualTo(first.settings());
        assertThat(terms.alternatives())
                .extracting(other -> requireNonNull(other.setup()).microBatch())
                .containsExactly(2);
        assertThat(terms.limit(null, null).setup()).as("what is left of it").isEqualTo(first.settings());
    }

    /** An option whose machine takes so many of 8 rows at a time. */
    static PlanOption setUp(PlanOption option, int microBatch) {
        return new PlanOption(
                option.id(),
                option.target(),
                option.name(),
                option.region(),
                option.offer(),
                option.otherModel(),
                new TrainerSettings(1, TrainerSettings.Sharing.SINGLE, microBatch, 8 / microBatch, false, "bf16"),
                option.fit(),
                option.neededMemory(),
                option.usableMemory(),
                option.memory(),
                option.phases(),
                option.time(),
                option.costs(),
                option.cost(),
                option.tokens(),
                option.hosting(),
                option.standing(),
                option.missedAt(),
                option.missingQuota(),
                option.notes());
    }

    private static LaunchTerms with(PlanOption... options) {
        return Alternatives.with(terms(CHOSEN), List.of(options), AlternativesTest::terms);
    }

    private static LaunchTerms terms(PlanOption option) {
        return Terms.of(option, BUDGET, TermsTest.TIME, TermsTest.WIND_DOWN);
    }
}
