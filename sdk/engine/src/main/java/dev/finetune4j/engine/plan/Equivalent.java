package dev.finetune4j.engine.plan;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.json.Json;
import dev.finetune4j.value.ProviderId;
import java.util.List;
import java.util.Optional;

/**
 * A model that a service tunes where it has not the job's own.
 *
 * @param target the place
 * @param model what the place calls it
 * @param upToBillions for models of at most so many billion parameters
 * @param basis why this one
 */
record Equivalent(ProviderId target, String model, double upToBillions, String basis) {
    /** The equivalents of this version. */
    static List<Equivalent> shipped() {
        return Json.resource(Equivalent.class, "equivalents.json", new TypeReference<>() {});
    }

    /** The closest at a place. */
    static Optional<Equivalent> find(List<Equivalent> all, ProviderId target, double parameters) {
        return all.stream()
                .filter(one -> one.target().equals(target) && parameters <= one.upToBillions() * 1e9)
                .findFirst();
    }
}
