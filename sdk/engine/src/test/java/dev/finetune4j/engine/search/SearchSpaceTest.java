package dev.finetune4j.engine.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SearchSpaceTest {
    @Test
    void theGridHasEveryCombinationOnce() {
        SplittableRandom random = new SplittableRandom(3);
        for (int draw = 0; draw < 50; draw++) {
            Choices rates = listed(random, 0.0001);
            Choices ranks = listed(random, 1);
            Choices epochs = listed(random, 0.5);

            List<Candidate> grid = new SearchSpace(rates, ranks, epochs).grid();

            assertThat(grid).doesNotHaveDuplicates().hasSize(size(rates) * size(ranks) * size(epochs));
        }
    }

    @Test
    void drawsBySeedAndFewerAreTheStartOfMore() {
        SearchSpace space = new SearchSpace(Choices.parse("1e-5..1e-3"), Choices.parse("4..64"), Choices.none());
        for (long seed = 0; seed < 50; seed++) {
            List<Candidate> drawn = space.draw(20, seed);

            assertThat(space.draw(20, seed)).isEqualTo(drawn);
            assertThat(space.draw(7, seed)).isEqualTo(drawn.subList(0, 7));
            assertThat(space.draw(20, seed + 1)).isNotEqualTo(drawn);
            assertThat(drawn).doesNotHaveDuplicates().hasSize(20).allSatisfy(candidate -> {
                assertThat(candidate.learningRate()).isBetween(1e-5, 1e-3);
                assertThat(candidate.rank()).isBetween(4, 64);
                assertThat(candidate.epochs()).isNull();
            });
        }
    }

    /** On a logarithmic scale half of the draws lie below the geometric mean. */
    @Test
    void drawsEvenlyOverTheOrdersOfMagnitude() {
        SearchSpace space = new SearchSpace(Choices.parse("1e-5..1e-3"), Choices.none(), Choices.none());

        List<Double> rates = space.draw(1000, 5).stream()
                .map(Candidate::learningRate)
                .map(Number.class::cast)
                .map(Number::doubleValue)
                .toList();

        assertThat(rates.stream().filter(rate -> rate < 1e-4).count())
                .isBetween(rates.size() * 45L / 100, rates.size() * 55L / 100);
    }

    @Test
    void drawsNoMoreThanThereAre() {
        SearchSpace space = new SearchSpace(Choices.parse("1e-4,3e-4"), Choices.parse("8,16"), Choices.none());

        assertThat(space.draw(9, 1)).containsExactlyInAnyOrderElementsOf(space.grid());
    }

    @Test
    void refusesWhatNoJobCouldHave() {
        assertRefused("2", "", "", "learning-rate must be above 0 and at most 1, was 2");
        assertRefused("0", "", "", "learning-rate must be above 0");
        assertRefused("", "8.5", "", "rank must be a whole number");
        assertRefused("", "2000", "", "rank must be from 1 to 1024, was 2000");
        assertRefused("", "", "0", "epochs must be from 0.01 to 1000, was 0");
        assertRefused("", "", "", "a sweep needs values");
        assertRefused("1e-3..1e-4", "", "", "a range goes from");
        assertRefused("fast", "", "", "values look like 1e-4,3e-4 and a range like 1e-5..1e-3, was fast");
        assertRefused("1e-3..", "", "", "and a range like 1e-5..1e-3, was 1e-3..");
        assertRefused("1e-3,,1e-4", "", "", "and a range like 1e-5..1e-3, was 1e-3,,1e-4");
        assertRefused("nan", "", "", "values look like");
        assertRefused("NaN", "", "", "learning-rate must be");
    }

    private static void assertRefused(String rates, String ranks, String epochs, String message) {
        assertThatThrownBy(() -> new SearchSpace(choices(rates), choices(ranks), choices(epochs)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private static Choices choices(String text) {
        return text.isEmpty() ? Choices.none() : Choices.parse(text);
    }

    private static Choices listed(SplittableRandom random, double unit) {
        List<Double> values = new ArrayList<>();
        int count = random.nextInt(1, 5);
        for (int i = 1; i <= count; i++) {
            values.add(i * unit);
        }
        return new Choices.Listed(values);
    }

    private static int size(Choices choices) {
        return (int) choices.ends().count();
    }
}
