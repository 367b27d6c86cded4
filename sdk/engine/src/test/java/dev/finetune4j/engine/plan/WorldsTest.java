package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.engine.plan.Worlds.Cause;
import org.junit.jupiter.api.Test;

class WorldsTest {
    private final Worlds worlds = new Worlds();

    @Test
    void aQuantityHasThePercentilesThatAreKnownOfIt() {
        Sample.Percentiles drawn =
                worlds.draw(Cause.QUEUE, new Uncertain(60, 180, 900)).percentiles();

        assertThat(drawn.low()).isCloseTo(60, within(6.0));
        assertThat(drawn.likely()).isCloseTo(180, within(12.0));
        assertThat(drawn.high()).isCloseTo(900, within(90.0));
    }

    @Test
    void theNinetiethPercentileOfASumIsLessThanTheSumOfThem() {
        Uncertain one = new Uncertain(10, 20, 60);
        Sample sum = worlds.draw(Cause.QUEUE, one).plus(worlds.draw(Cause.START_UP, one));

        assertThat(sum.percentiles().high()).isLessThan(0.95 * 120);
        assertThat(sum.percentiles().low()).isGreaterThan(20);
    }

    @Test
    void whatHasTheSameCauseIsAlikeInEveryWorld() {
        Uncertain slow = new Uncertain(10, 20, 40);
        Sample twice = worlds.draw(Cause.GPU_SPEED, slow).plus(worlds.draw(Cause.GPU_SPEED, slow));

        assertThat(twice.percentiles().high())
                .isCloseTo(2 * worlds.draw(Cause.GPU_SPEED, slow).percentiles().high(), within(1e-9));
        assertThat(new Worlds().draw(Cause.GPU_SPEED, slow).percentiles())
                .isEqualTo(worlds.draw(Cause.GPU_SPEED, slow).percentiles());
    }
}
