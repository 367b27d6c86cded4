package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.spi.DiskSize;
import java.util.Optional;

/**
 * A disk that a job's settings make too small for what the job keeps on it.
 *
 * @param machine whose disk it would be
 * @param disk what the settings say
 * @param neededBytes what it would have to hold at most
 */
public record DiskShortage(MachineOffer machine, DiskSize disk, long neededBytes) {
    private static final long GIGA = 1_000_000_000;

    /** Of a disk whose size the settings say; empty where it is large enough. */
    public static Optional<DiskShortage> of(MachineOffer machine, DiskSize disk, long neededBytes) {
        return disk.holds(neededBytes) ? Optional.empty() : Optional.of(new DiskShortage(machine, disk, neededBytes));
    }

    /** For those who look at the machine. */
    public String note() {
        return "its disk of " + given() + " is too small, the job needs up to " + needed() + ": " + remedy();
    }

    /** FT0484, for those who may choose the machine. */
    public Problem warning() {
        return told(LaunchProblems.DISK_TOO_SMALL.warning(summary()))
                .because("a launch would be refused")
                .build();
    }

    /** FT0484, for those who launch it. */
    Problem refusal() {
        return told(LaunchProblems.DISK_TOO_SMALL.error(summary())).build();
    }

    private Problem.Builder told(Problem.Builder problem) {
        return problem.at(Location.ofKey(key()))
                .because("a run whose disk is full fails, and what was billed until then is lost")
                .remedy(remedy());
    }

    private String summary() {
        return machine.name() + " would have a disk of " + given() + ", and the job needs up to " + needed();
    }

    private String given() {
        return Figures.count(disk.gigabytes()) + " GB";
    }

    private String needed() {
        return Figures.count((neededBytes + GIGA - 1) / GIGA) + " GB";
    }

    private String key() {
        return "places." + machine.target() + "." + disk.setting();
    }

    private String remedy() {
        return key() + ": " + DiskSize.gigabytesFor(neededBytes);
    }
}
