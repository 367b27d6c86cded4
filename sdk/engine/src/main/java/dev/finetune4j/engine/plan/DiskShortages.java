package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.launch.DiskShortage;
import dev.finetune4j.error.Problem;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.spi.DiskSize;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Machines whose disks the job's settings make too small for it. */
final class DiskShortages {
    private final Map<String, DiskShortage> byOption;

    private DiskShortages(Map<String, DiskShortage> byOption) {
        this.byOption = byOption;
    }

    /**
     * Among candidates.
     *
     * @param disks how large the disks of machines are to be, by the ids of their offers; of others nothing is known
     * @param neededBytes what a disk would have to hold at most
     */
    static DiskShortages of(List<Candidate> candidates, Map<String, DiskSize> disks, long neededBytes) {
        Map<String, DiskShortage> shortages = new LinkedHashMap<>();
        for (Candidate candidate : candidates) {
            DiskSize disk = disks.get(candidate.option().id());
            if (disk != null && candidate.option().offer() instanceof MachineOffer machine) {
                DiskShortage.of(machine, disk, neededBytes).ifPresent(found -> shortages.put(machine.id(), found));
            }
        }
        return new DiskShortages(shortages);
    }

    /** The candidates, with a note where a disk is too small. */
    List<Candidate> noted(List<Candidate> candidates) {
        return candidates.stream()
                .map(one -> shortage(one.option())
                        .map(found -> one.noted(found.note()))
                        .orElse(one))
                .toList();
    }

    /** FT0484, for those who may choose an option; empty where nothing says that its disk is too small. */
    Optional<Problem> warning(PlanOption option) {
        return shortage(option).map(DiskShortage::warning);
    }

    private Optional<DiskShortage> shortage(PlanOption option) {
        return Optional.ofNullable(byOption.get(option.id()));
    }
}
