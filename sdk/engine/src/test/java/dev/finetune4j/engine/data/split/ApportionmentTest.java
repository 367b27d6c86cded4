package dev.finetune4j.engine.data.split;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ApportionmentTest {
    @Test
    void dividesBySizeToWholeNumbers() {
        assertThat(Apportionment.divide(10, new int[] {50, 30, 20}, new int[3])).containsExactly(5, 3, 2);
        assertThat(Apportionment.divide(0, new int[] {0, 0}, new int[2])).containsExactly(0, 0);
    }

    @Test
    void givesSmallOnesTheirFloor() {
        assertThat(Apportionment.divide(10, new int[] {1000, 1, 1}, new int[] {1, 1, 1}))
                .containsExactly(8, 1, 1);
        assertThat(Apportionment.divide(2, new int[] {1000, 1, 1}, new int[] {1, 1, 1}))
                .containsExactly(2, 0, 0);
    }

    @Test
    void addsUpAndNeverGivesMoreThanThereIs() {
        Random random = new Random(3);
        for (int i = 0; i < 1000; i++) {
            int[] sizes = random.ints(1 + random.nextInt(20), 0, 50).toArray();
            int seats = random.nextInt(IntStream.of(sizes).sum() + 1);
            int[] floors = IntStream.of(sizes).map(size -> Math.min(size, 1)).toArray();

            int[] given = Apportionment.divide(seats, sizes, floors);

            assertThat(IntStream.of(given).sum()).isEqualTo(seats);
            for (int k = 0; k < sizes.length; k++) {
                assertThat(given[k]).isBetween(0, sizes[k]);
            }
        }
    }
}
