package dev.finetune4j.engine.plan;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.StartUp;
import dev.finetune4j.value.ProviderId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What plans take for granted: {@code assumptions.json}, and what places know better of themselves. */
final class Assumptions {
    /** How long a machine takes from the end of the queue until the job's own program begins. */
    static final String START_UP = "start-up";

    private final Map<String, Assumption> byName;

    private Assumptions(Stream<Assumption> all) {
        byName = all.collect(Collectors.toMap(Assumption::name, Function.identity()));
    }

    /**
     * Those of this version.
     *
     * @param startUps how long machines of single places take to start
     */
    static Assumptions shipped(List<StartUp> startUps) {
        List<Assumption> everywhere = Json.resource(Assumptions.class, "assumptions.json", new TypeReference<>() {});
        return new Assumptions(
                Stream.concat(everywhere.stream(), startUps.stream().map(Assumptions::ofPlace)));
    }

    private static Assumption ofPlace(StartUp startUp) {
        return new Assumption(
                START_UP + "." + startUp.target(),
                startUp.time().low().toSeconds(),
                startUp.time().likely().toSeconds(),
                startUp.time().high().toSeconds(),
                "s",
                startUp.basis());
    }

    Assumption get(String name) {
        return Objects.requireNonNull(byName.get(name), name);
    }

    /** What tokens were told by, in words behind those of what is reckoned from them; empty where they were counted. */
    String tokenWords(PlannedJob job) {
        return job.rows().areCounted() ? "" : "; " + get("tokens.characters").words();
    }

    /** One that may be another at some places, whose name it has at its end then. */
    Assumption of(String name, ProviderId place) {
        Assumption own = byName.get(name + "." + place);
        return own == null ? get(name) : own;
    }
}
