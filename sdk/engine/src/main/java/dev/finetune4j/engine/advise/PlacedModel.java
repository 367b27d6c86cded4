package dev.finetune4j.engine.advise;

import java.util.List;

/**
 * A base model that suits, and where it can be tuned.
 *
 * @param suited the model with the reasons
 * @param places this machine first, then services, then the cheapest machine of each place
 */
public record PlacedModel(SuitedModel suited, List<TuningPlace> places) {
    /** Copies the list. */
    public PlacedModel {
        places = List.copyOf(places);
    }
}
