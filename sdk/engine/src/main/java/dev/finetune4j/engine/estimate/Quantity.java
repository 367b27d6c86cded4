package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.PublishedRun.Observed;
import java.util.Locale;
import java.util.Objects;

/** What published runs are compared on. */
enum Quantity {
    /** Peak memory of one GPU, GiB. */
    MEMORY {
        @Override
        Coefficient[] coefficients() {
            return MemoryCoefficient.values();
        }

        @Override
        Observed observed(PublishedRun run) {
            return run.memory();
        }

        @Override
        Evidence evidence(PublishedRun run) {
            Architecture model = Objects.requireNonNull(run.architecture());
            TrainingSetup setup = Objects.requireNonNull(run.setup());
            return new Evidence(
                    run.family(),
                    run.memory().value(),
                    Unfamiliarity.ofMemory(model, setup),
                    Scenarios.memory(model, setup, run.figure()));
        }
    },
    /** Tokens a second on one GPU. */
    SPEED {
        @Override
        Coefficient[] coefficients() {
            return SpeedCoefficient.values();
        }

        @Override
        Observed observed(PublishedRun run) {
            return run.speed();
        }

        @Override
        Evidence evidence(PublishedRun run) {
            Architecture model = Objects.requireNonNull(run.architecture());
            TrainingSetup setup = Objects.requireNonNull(run.setup());
            return new Evidence(
                    run.family(),
                    run.speed().value(),
                    Unfamiliarity.ofSpeed(model, setup),
                    Scenarios.speed(model, setup, Objects.requireNonNull(run.gpu())));
        }
    };

    /** Its name in files. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    abstract Coefficient[] coefficients();

    abstract Observed observed(PublishedRun run);

    abstract Evidence evidence(PublishedRun run);
}
