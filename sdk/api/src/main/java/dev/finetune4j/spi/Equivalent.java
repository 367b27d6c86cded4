package dev.finetune4j.spi;

import dev.finetune4j.value.ProviderId;

/**
 * A model that a place tunes by the token, and that is the closest to a job's own where the place has not that one. Plans show it beside what
 * the job asks for, and never choose it.
 *
 * @param target the place
 * @param model what the place calls it
 * @param upToBillions for models of at most so many billion parameters
 * @param basis why this one, in words
 */
public record Equivalent(ProviderId target, String model, double upToBillions, String basis) {
    /** Refuses a size that no model has. */
    public Equivalent {
        if (!(upToBillions > 0)) {
            throw new IllegalArgumentException("a model has more than 0 parameters, was " + upToBillions);
        }
    }
}
