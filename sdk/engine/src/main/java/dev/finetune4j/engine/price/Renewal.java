package dev.finetune4j.engine.price;

import dev.finetune4j.error.Problem;
import java.util.List;

/**
 * What came of asking a source for today's prices.
 *
 * @param source its name
 * @param offers how many offers it knows
 * @param renewed how many of them have a price of today
 * @param changed how many of those cost another amount than before, or had no price
 * @param problems what could not be had or was not believed, as warnings; those prices stay as they were
 */
public record Renewal(String source, int offers, int renewed, int changed, List<Problem> problems) {
    /** Copies the problems. */
    public Renewal {
        problems = List.copyOf(problems);
    }
}
