package dev.finetune4j.engine.curve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NestedRowsTest {
    @Test
    void everyStartOfTheOrderKeepsTheSharesOfTheLabels() {
        SplittableRandom random = new SplittableRandom(5);
        for (int draw = 0; draw < 50; draw++) {
            List<String> labels = labels(random);

            List<Integer> order = NestedRows.order(labels, draw);

            assertThat(order).hasSize(labels.size()).doesNotHaveDuplicates();
            for (int size = 1; size <= order.size(); size++) {
                List<String> chosen =
                        order.subList(0, size).stream().map(labels::get).toList();
                for (String label : List.of("often", "seldom", "rare")) {
                    double share = (double) Collections.frequency(labels, label) / labels.size();
                    assertThat((double) Collections.frequency(chosen, label))
                            .as("%s in %d of %d", label, size, labels.size())
                            .isBetween(size * share - 3, size * share + 3);
                }
            }
        }
    }

    @Test
    void theFirstOfEachLabelComeFirst() {
        List<String> labels = new ArrayList<>(Collections.nCopies(500, "often"));
        labels.add("rare");

        assertThat(NestedRows.order(labels, 17).subList(0, 2)).contains(500);
    }

    @Test
    void theSeedDecides() {
        List<String> labels = labels(new SplittableRandom(1));

        assertThat(NestedRows.order(labels, 17)).isEqualTo(NestedRows.order(labels, 17));
        assertThat(NestedRows.order(labels, 17)).isNotEqualTo(NestedRows.order(labels, 18));
    }

    private static List<String> labels(SplittableRandom random) {
        List<String> labels = new ArrayList<>();
        for (int row = 0; row < 200; row++) {
            double drawn = random.nextDouble();
            labels.add(drawn < 0.7 ? "often" : drawn < 0.95 ? "seldom" : "rare");
        }
        return labels;
    }
}
