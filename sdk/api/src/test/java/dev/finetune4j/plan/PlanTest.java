package dev.finetune4j.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Quantiles;
import dev.finetune4j.plan.PlanOption.Standing;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final Duration WEEKS = Duration.ofDays(16);
    private static final Duration TENTH = WEEKS.dividedBy(10);

    @Test
    void besideAChoiceThatTakesWeeksStandsTheCheapestThatTakesATenth() {
        PlanOption choice = option("own", WEEKS, null);
        PlanOption slower = option("slower", TENTH.plusSeconds(1), "1 USD");
        PlanOption dear = option("dear", Duration.ofMinutes(5), "9 USD");
        PlanOption cheap = option("cheap", TENTH, "2 USD");
        PlanOption alike = option("alike", Duration.ofHours(1), "2.00 USD");

        assertThat(plan(choice, slower, dear, cheap, alike).muchFaster()).contains(cheap);
        assertThat(plan(choice, slower).muchFaster()).isEmpty();
    }

    @Test
    void noneIsFasterThanWhatTakesADay() {
        PlanOption fast = option("fast", Duration.ofMinutes(5), "1 USD");

        assertThat(plan(option("own", Duration.ofDays(1), null), fast).muchFaster())
                .isEmpty();
        assertThat(plan(option("own", Duration.ofDays(1).plusSeconds(1), null), fast)
                        .muchFaster())
                .contains(fast);
    }

    @Test
    void whatALaunchIsKeptFromIsNotFaster() {
        PlanOption choice = option("own", WEEKS, null);
        PlanOption fast = option("fast", Duration.ofMinutes(5), "1 USD");

        assertThat(Stream.of(
                        fast.missingQuota("0 of 1"),
                        fast.missedAt(Instant.EPOCH),
                        fast.standing(Standing.TIGHT),
                        fast.standing(Standing.SHOWN),
                        fast.standing(Standing.OVER_LIMIT),
                        option("unpriced", Duration.ofMinutes(5), null)))
                .allSatisfy(barred -> assertThat(plan(choice, barred).muchFaster())
                        .as(barred.id())
                        .isEmpty());
        assertThat(plan(choice, fast.standing(Standing.LIKELY_WITHIN)).muchFaster())
                .isPresent();
    }

    /** The first is chosen. */
    private static Plan plan(PlanOption... options) {
        return new Plan(
                "a-test",
                "qwen3-1.7b",
                LocalDate.of(2026, 11, 24),
                new PlanBasis(Map.of(), Map.of(), "rows", "prices", "test"),
                Objective.COST,
                new Workload(1, 1, Map.of(), new Quantiles(1, 1, 1, 1, 1, 1), 1024, true, 1, 1, 1, 1, 1, 1, null),
                null,
                List.of(options),
                options[0].id(),
                List.of(),
                null,
                List.of());
    }

    private static PlanOption option(String name, Duration likely, @Nullable String cost) {
        return new PlanOption(
                name,
                new ProviderId("somewhere"),
                name,
                "north",
                null,
                null,
                null,
                Fit.FITS,
                null,
                0,
                List.of(),
                List.of(),
                new DurationRange(likely, likely, likely),
                List.of(),
                cost == null ? null : new MoneyRange(Money.parse(cost), Money.parse(cost), Money.parse(cost)),
                null,
                null,
                Standing.WITHIN,
                null,
                null,
                List.of());
    }
}
