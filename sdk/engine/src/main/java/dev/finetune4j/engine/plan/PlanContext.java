package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.launch.Endurance;
import dev.finetune4j.engine.launch.EngineRefusals;
import dev.finetune4j.engine.launch.OwnMachine;
import dev.finetune4j.engine.launch.PastEstimate;
import dev.finetune4j.engine.launch.PastRun;
import dev.finetune4j.engine.price.PlaceFacts;
import dev.finetune4j.error.Problem;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.run.Rehearsal;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.DiskSize;
import dev.finetune4j.value.ProviderId;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a plan takes from the world around the job.
 *
 * @param offers everything that is sold
 * @param places what is known of the places besides
 * @param ownMachines what places with a machine of their own say of the job
 * @param memoryHere memory of this machine in bytes
 * @param past runs that succeeded on this machine, those of the same model and method first
 * @param estimates estimates that runs have put to the test
 * @param missed ids of options whose machines runs of this computer were lately told are not to be had, and when last
 * @param quotas tells what the accounts' quotas leave of machines, by the ids of their offers; what nobody tells is left out
 * @param disks tells how large the job's settings say that the disks of machines are to be, by the ids of their offers; others are left out
 * @param endurances how long a budget must last at each place that jobs can be launched at and that bills for time
 * @param refusals what the engines that places are sent for their GPUs do not do
 * @param rehearsal what the first steps of the very same job showed on this machine, or null where it was not rehearsed
 * @param today the day by which the age of prices is told
 * @param version of finetune4j
 * @param warnings what could not be read of it
 */
public record PlanContext(
        List<Offer> offers,
        PlaceFacts places,
        List<OwnMachine> ownMachines,
        long memoryHere,
        List<PastRun> past,
        List<PastEstimate> estimates,
        Map<String, Instant> missed,
        Function<List<MachineOffer>, Map<String, Diagnosis>> quotas,
        Function<List<MachineOffer>, Map<String, DiskSize>> disks,
        Map<ProviderId, Endurance> endurances,
        EngineRefusals refusals,
        @Nullable Rehearsal rehearsal,
        LocalDate today,
        String version,
        List<Problem> warnings) {
    /** Copies the lists. */
    public PlanContext {
        offers = List.copyOf(offers);
        ownMachines = List.copyOf(ownMachines);
        past = List.copyOf(past);
        estimates = List.copyOf(estimates);
        missed = Map.copyOf(missed);
        endurances = Map.copyOf(endurances);
        warnings = List.copyOf(warnings);
    }
}
