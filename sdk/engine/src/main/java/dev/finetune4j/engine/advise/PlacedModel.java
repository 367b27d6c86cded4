package dev.finetune4j.engine.advise;

import java.util.List;

/**
 * A base model that suits, and where it can be tuned.
 *
 * @param suited the model with the reasons
 * @param places this machine first, then services, then the cheapest machine of each place
 * @param rank which of those that suit it is, 1 for the best
 * @param isOwn whether it is the model of the job that was looked at
 */
public record PlacedModel(SuitedModel suited, List<TuningPlace> places, int rank, boolean isOwn) {
    /** Copies the list. */
    public PlacedModel {
        places = List.copyOf(places);
    }
}
