package dev.finetune4j.engine.plan;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.json.Json;
import dev.finetune4j.value.ProviderId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What plans take for granted, from {@code assumptions.json}. */
final class Assumptions {
    private final Map<String, Assumption> byName;

    private Assumptions(List<Assumption> all) {
        byName = all.stream().collect(Collectors.toMap(Assumption::name, Function.identity()));
    }

    static Assumptions shipped() {
        return new Assumptions(
                Json.resource(Assumptions.class, "assumptions.json", new TypeReference<List<Assumption>>() {}));
    }

    Assumption get(String name) {
        return Objects.requireNonNull(byName.get(name), name);
    }

    /** One that may be another at some places, whose name it has at its end then. */
    Assumption of(String name, ProviderId place) {
        Assumption own = byName.get(name + "." + place);
        return own == null ? get(name) : own;
    }
}
