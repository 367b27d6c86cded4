package dev.finetune4j.engine.price;

import dev.finetune4j.spi.Equivalent;
import dev.finetune4j.spi.StartUp;
import dev.finetune4j.value.ProviderId;
import java.util.List;
import java.util.Set;

/**
 * What whoever sells a place's machines and services knows of it besides prices.
 *
 * @param ownModels places whose machines train models of the place's own and no others
 * @param equivalents models that stand in for those which a place does not tune by the token, smaller ones of a place first
 * @param startUps how long machines take to start, where it is another time than usual
 */
public record PlaceFacts(Set<ProviderId> ownModels, List<Equivalent> equivalents, List<StartUp> startUps) {
    /** Copies the lists. */
    public PlaceFacts {
        ownModels = Set.copyOf(ownModels);
        equivalents = List.copyOf(equivalents);
        startUps = List.copyOf(startUps);
    }
}
