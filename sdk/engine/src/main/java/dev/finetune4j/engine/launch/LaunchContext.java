package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.DurableFiles;
import dev.finetune4j.engine.journal.Redaction;
import dev.finetune4j.engine.watch.Sleeper;
import dev.finetune4j.plan.Foreseen;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the steps of a run use of their surroundings.
 *
 * @param providers the places that are there
 * @param workers the workers that can be sent to a place
 * @param files how journals are written
 * @param redaction what must not be written down
 * @param clock the clock
 * @param sleeper how to wait
 * @param version version of finetune4j
 * @param estimates the estimates that runs have put to the test
 * @param bases the base models of runs
 * @param foresight tells what a run will take, before it is launched; empty where that cannot be told
 */
record LaunchContext(
        Providers providers,
        Workers workers,
        DurableFiles files,
        Redaction redaction,
        Clock clock,
        Sleeper sleeper,
        String version,
        EstimateHistory estimates,
        BaseModels bases,
        Function<PreparedJob, Optional<Foreseen>> foresight) {
    LaunchContext with(Redaction further) {
        return new LaunchContext(
                providers, workers, files, further, clock, sleeper, version, estimates, bases, foresight);
    }
}
