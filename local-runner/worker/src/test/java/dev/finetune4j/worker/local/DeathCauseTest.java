package dev.finetune4j.worker.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.training.model.NumberFormats;
import dev.finetune4j.training.model.internal.CpuFeatures;
import dev.finetune4j.value.RunId;
import dev.finetune4j.worker.SmallJob;
import dev.finetune4j.worker.folder.JobFolder;
import dev.finetune4j.worker.folder.JobTicket;
import dev.finetune4j.worker.folder.MemoryAtStart;
import dev.finetune4j.worker.folder.MemoryUse;
import dev.finetune4j.worker.machine.Machine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeathCauseTest {
    @TempDir
    private Path root;

    private JobFolder folder;

    @BeforeEach
    void layOut() throws Exception {
        folder = new JobFolder(Files.createDirectories(root.resolve("jobs/tickets-1")));
        Files.createDirectories(root.resolve("proc"));
        Files.writeString(root.resolve("proc/vmstat"), "pgfault 17\noom_kill 2\n");
    }

    @Test
    void aKillThatTheKernelCountedIsOutOfMemory() throws Exception {
        exit(137);
        Files.writeString(folder.memory(), Json.line(new MemoryAtStart(4L << 30, 1)));
        Files.writeString(folder.events(), Json.line(step(3L << 30)) + "\n");

        Problem problem = problem();

        assertThat(problem.code()).isEqualTo("FT0661");
        assertThat(problem.summary()).isEqualTo("the worker of tickets-1 was killed since memory ran out");
        assertThat(problem.causes())
                .containsExactly(
                        "the kernel counted an out-of-memory kill since the worker began",
                        "resident memory reached 3072 MiB, 4096 MiB were free at its start");
        assertThat(problem.remedies()).containsExactly("training.recompute: layer");
    }

    @Test
    void outOfMemoryProposesHalfTheRowsAtATime() throws Exception {
        exit(137);
        Files.writeString(folder.memory(), Json.line(new MemoryAtStart(4L << 30, 1)));
        TrainingSpec spec =
                TrainingSpec.builder().batchSize(8).gradientAccumulation(3).build();
        new JobTicket(
                        new RunId("tickets-1"),
                        new ModelRef("tiny"),
                        new WorkOrder("d1", SmallJob.steps(spec)),
                        Map.of(),
                        Map.of(),
                        null,
                        Instant.EPOCH)
                .write(folder);

        assertThat(problem().remedies())
                .containsExactly(
                        "training.recompute: layer",
                        "training: {batch-size: 4, gradient-accumulation: 6}",
                        "training.max-tokens: 512");
    }

    @Test
    void outOfMemoryNamesThePartThatIsLargest() throws Exception {
        exit(137);
        Files.writeString(folder.memory(), Json.line(new MemoryAtStart(4L << 30, 1).with(weights("avx512_bf16"))));

        assertThat(problem().causes()).contains("the largest part is the weights, 3.2 GB");
        assertThat(problem().remedies()).containsExactly("training.precision: bf16", "training.max-tokens: 512");
    }

    @Test
    void outOfMemorySaysWhereAnotherFormatIsSlow() throws Exception {
        exit(137);
        Files.writeString(folder.memory(), Json.line(new MemoryAtStart(4L << 30, 1).with(weights("avx2"))));

        assertThat(problem().remedies())
                .containsExactly(
                        "training.precision: bf16    # many times as slow: no AVX-512 here",
                        "training.max-tokens: 512");
    }

    @Test
    void aKillAtTheEdgeOfMemoryIsOutOfMemoryToo() throws Exception {
        exit(137);
        Files.writeString(folder.memory(), Json.line(new MemoryAtStart(4L << 30, 2)));
        Files.writeString(folder.events(), Json.line(step((4L << 30) - 1)) + "\n");

        assertThat(problem().code()).isEqualTo("FT0661");
    }

    @Test
    void aKillWithMemoryLeftCameFromOutside() throws Exception {
        exit(137);
        Files.writeString(folder.memory(), Json.line(new MemoryAtStart(4L << 30, 2)));
        Files.writeString(folder.events(), Json.line(step(1L << 30)) + "\n");

        assertThat(problem().code()).isEqualTo("FT0662");
        assertThat(problem().remedies()).containsExactly("finetune resume tickets-1");
    }

    @Test
    void aCrashNamesTheFrame() throws Exception {
        exit(134);
        Files.writeString(
                folder.crashReport(),
                "#\n# A fatal error has been detected\n# Problematic frame:\n# C  [libtorch_cpu.so+0x12]  at::native::bmm\n");

        Problem problem = problem();

        assertThat(problem.code()).isEqualTo("FT0663");
        assertThat(problem.causes()).containsExactly("in C  [libtorch_cpu.so+0x12]  at::native::bmm");
    }

    @Test
    void anotherSignalIsNamed() throws Exception {
        exit(139);

        assertThat(problem().summary()).isEqualTo("the worker of tickets-1 was ended by signal 11");
    }

    @Test
    void aFullDiskIsNamedFromTheLog() throws Exception {
        exit(1);
        Files.writeString(folder.log(), "java.io.IOException: No space left on device\n");

        assertThat(problem().code()).isEqualTo("FT0625");
        assertThat(problem().remedies()).first().isEqualTo("df -h '" + folder.root() + "'");
    }

    @Test
    void anEarlyEndShowsTheLastLineOfTheLog() throws Exception {
        exit(1);
        Files.writeString(folder.log(), "Error: could not find or load main class\n\n");

        assertThat(problem().code()).isEqualTo("FT0655");
        assertThat(problem().causes())
                .containsExactly("exit status 1; last line of the log: Error: could not find or load main class");
    }

    @Test
    void withoutATraceItEndedWithoutAWord() {
        assertThat(problem().code()).isEqualTo("FT0664");
    }

    /** Of a training on a processor that has one flag. */
    private static MemoryUse weights(String flag) {
        return MemoryUse.of(
                TrainingSpec.builder().batchSize(1).build(),
                new NumberFormats(new CpuFeatures("GenuineIntel", Set.of(flag))),
                Precision.BF16,
                Recompute.LAYER,
                "the weights, 3.2 GB");
    }

    private Problem problem() {
        return new DeathCause(folder, new Machine(root)).problem();
    }

    private void exit(int status) throws Exception {
        Files.writeString(folder.exitStatus(), status + "\n");
    }

    private static RunEvent step(long residentBytes) {
        return new RunEvent.StepCompleted(Instant.EPOCH, 1, 2, 0.5, 1, 1, 1, 1, 1, residentBytes);
    }
}
