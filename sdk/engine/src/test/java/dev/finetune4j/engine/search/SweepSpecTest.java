package dev.finetune4j.engine.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.search.SweepSpec.Search;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SweepSpecTest {
    private static final SearchSpace LISTED =
            new SearchSpace(Choices.parse("1e-4,3e-4,1e-3"), Choices.parse("8,16"), Choices.none());
    private static final SearchSpace RANGE =
            new SearchSpace(Choices.parse("1e-5..1e-3"), Choices.none(), Choices.none());

    @Test
    void aSearchByChanceDrawsNineUnlessSaid() {
        assertThat(spec(RANGE, Search.RANDOM, 0).candidates()).hasSize(9);
        assertThat(spec(RANGE, Search.HALVING, 0).candidates()).hasSize(9);
        assertThat(spec(RANGE, Search.HALVING, 4).candidates()).hasSize(4);
    }

    @Test
    void halvingTakesTheWholeGridWhereEveryValueIsListed() {
        assertThat(spec(LISTED, Search.HALVING, 0).candidates()).isEqualTo(LISTED.grid());
        assertThat(spec(LISTED, Search.HALVING, 0).rungs())
                .extracting(Rung::trials)
                .containsExactly(6, 2);
        assertThat(spec(LISTED, Search.GRID, 0).rungs()).containsExactly(new Rung(1, 6));
    }

    @Test
    void refusesAGridOfARangeAndNumbersOutOfRange() {
        assertThatThrownBy(() -> spec(RANGE, Search.GRID, 0)).hasMessageContaining("needs search random or halving");
        assertThatThrownBy(() -> spec(LISTED, Search.GRID, 3)).hasMessageContaining("needs search random or halving");
        assertThatThrownBy(() -> spec(LISTED, Search.RANDOM, 1001)).hasMessageContaining("1 to 1000, was 1001");
        assertThatThrownBy(() -> new SweepSpec(LISTED, Search.GRID, 0, 17, Duration.ZERO))
                .hasMessageContaining("max-time must be positive, was 0s");
    }

    private static SweepSpec spec(SearchSpace space, Search search, int trials) {
        return new SweepSpec(space, search, trials, SweepSpec.DEFAULT_SEED, null);
    }
}
