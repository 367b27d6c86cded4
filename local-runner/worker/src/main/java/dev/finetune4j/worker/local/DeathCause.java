package dev.finetune4j.worker.local;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.training.model.NumberFormats;
import dev.finetune4j.training.problem.LoopProblems;
import dev.finetune4j.worker.folder.AnotherTry;
import dev.finetune4j.worker.folder.EventReader;
import dev.finetune4j.worker.folder.JobFolder;
import dev.finetune4j.worker.folder.JobTicket;
import dev.finetune4j.worker.folder.MemoryAtStart;
import dev.finetune4j.worker.folder.MemoryUse;
import dev.finetune4j.worker.machine.Machine;
import dev.finetune4j.worker.problem.WorkerProblems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Why a worker ended that left no status: read from what the shell, the JVM and the kernel left. */
final class DeathCause {
    /** Shells report the signal that ended a process as 128 more. */
    private static final int KILL_SIGNAL = 128 + 9;

    private static final int FIRST_SIGNAL = 129;
    /** Resident memory beyond this share of what was free at the start speaks for a kill by the kernel. */
    private static final double NEARLY_ALL = 0.9;

    private static final long NO_SPACE_BYTES = 1 << 20;

    private final JobFolder folder;
    private final Machine machine;

    DeathCause(JobFolder folder, Machine machine) {
        this.folder = folder;
        this.machine = machine;
    }

    /** The problem to report. */
    Problem problem() {
        OptionalInt exit = exitStatus();
        if (exit.isEmpty()) {
            return WorkerProblems.LOST
                    .error("the worker of " + name() + " ended without a word")
                    .because("no process works in its folder and no exit status was written")
                    .remedy(resume())
                    .build();
        }
        Optional<String> frame = crashedIn();
        if (frame.isPresent()) {
            return WorkerProblems.CRASHED
                    .error("the worker of " + name() + " crashed in native code")
                    .at(Location.of(folder.crashReport().toString()))
                    .because(frame.get())
                    .remedy(resume())
                    .remedy("report it with " + folder.crashReport() + " if it repeats")
                    .build();
        }
        if (exit.getAsInt() == KILL_SIGNAL) {
            return killed();
        }
        if (exit.getAsInt() < FIRST_SIGNAL && isDiskFull()) {
            return LoopProblems.DISK_FULL
                    .error("the disk is full, so the worker of " + name() + " could not write how it ended")
                    .at(Location.of(folder.root().toString()))
                    .remedy("df -h '" + folder.root() + "'")
                    .remedy(resume() + "    # once there is room")
                    .build();
        }
        return exit.getAsInt() < FIRST_SIGNAL
                ? WorkerProblems.DEFECT
                        .error("the worker of " + name() + " ended before it could say why")
                        .at(Location.of(folder.log().toString()))
                        .because("exit status " + exit.getAsInt() + "; " + lastLogLine())
                        .build()
                : WorkerProblems.KILLED
                        .error("the worker of " + name() + " was ended by signal " + (exit.getAsInt() - 128))
                        .remedy(resume())
                        .build();
    }

    private Problem killed() {
        Optional<MemoryAtStart> before = MemoryAtStart.read(folder);
        long killsNow = machine.outOfMemoryKills();
        long resident = peakResidentBytes();
        boolean counted = before.isPresent()
                && before.get().outOfMemoryKills() >= 0
                && killsNow > before.get().outOfMemoryKills();
        boolean nearlyAll =
                before.isPresent() && resident > NEARLY_ALL * before.get().availableBytes();
        if (!counted && !nearlyAll) {
            return WorkerProblems.KILLED
                    .error("the worker of " + name() + " was killed by signal 9")
                    .because("the kernel counted no out-of-memory kill since the worker began")
                    .remedy(resume())
                    .build();
        }
        Problem.Builder problem =
                WorkerProblems.OUT_OF_MEMORY.error("the worker of " + name() + " was killed since memory ran out");
        if (counted) {
            problem.because("the kernel counted an out-of-memory kill since the worker began");
        }
        if (resident > 0 && before.isPresent()) {
            problem.because(String.format(
                    Locale.ROOT,
                    "resident memory reached %d MiB, %d MiB were free at its start",
                    resident >> 20,
                    before.get().availableBytes() >> 20));
        }
        before.map(MemoryAtStart::use)
                .or(() -> training()
                        .map(spec -> MemoryUse.of(
                                spec,
                                NumberFormats.here(),
                                MemoryUse.narrowerThan(spec.precision()),
                                spec.recompute(),
                                "")))
                .orElseGet(() -> new MemoryUse("", List.of("training.recompute: layer")))
                .explain(problem);
        return problem.build();
    }

    private Optional<TrainingSpec> training() {
        return JobTicket.read(folder)
                .flatMap(ticket -> ticket.order().training())
                .map(WorkStep.Train::training);
    }

    /** The run has the name of its job's folder. */
    private String resume() {
        return JobTicket.read(folder).map(AnotherTry::command).orElseGet(() -> "finetune resume " + name());
    }

    private OptionalInt exitStatus() {
        return text(folder.exitStatus())
                .map(String::trim)
                .filter(text -> text.matches("\\d{1,3}"))
                .map(text -> OptionalInt.of(Integer.parseInt(text)))
                .orElse(OptionalInt.empty());
    }

    private Optional<String> crashedIn() {
        if (!Files.exists(folder.crashReport())) {
            return Optional.empty();
        }
        List<String> lines = text(folder.crashReport())
                .map(String::lines)
                .orElse(Stream.empty())
                .toList();
        int heading = lines.indexOf("# Problematic frame:");
        return Optional.of(
                heading >= 0 && heading + 1 < lines.size()
                        ? lines.get(heading + 1).replaceFirst("^#\\s*", "in ")
                        : "the JVM left a crash report");
    }

    private long peakResidentBytes() {
        return new EventReader(folder)
                .all().stream()
                        .filter(RunEvent.StepCompleted.class::isInstance)
                        .mapToLong(event -> ((RunEvent.StepCompleted) event).residentBytes())
                        .max()
                        .orElse(-1);
    }

    private boolean isDiskFull() {
        try {
            return Files.getFileStore(folder.root()).getUsableSpace() < NO_SPACE_BYTES
                    || lastLogLine().contains("No space left");
        } catch (IOException e) {
            return false;
        }
    }

    private String lastLogLine() {
        return text(folder.log())
                .flatMap(log -> log.lines().filter(line -> !line.isBlank()).reduce((first, second) -> second))
                .map(line -> "last line of the log: " + line.strip())
                .orElse("the log is empty");
    }

    private Path name() {
        return folder.root().getFileName();
    }

    private static Optional<String> text(Path file) {
        try {
            return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
