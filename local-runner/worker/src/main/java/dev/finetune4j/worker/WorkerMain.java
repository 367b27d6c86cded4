package dev.finetune4j.worker;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.spi.TextCodecFactory;
import dev.finetune4j.training.model.decoder.DecoderLoader;
import dev.finetune4j.worker.WorkSite.Engines;
import dev.finetune4j.worker.dialogue.DialogueChannel;
import dev.finetune4j.worker.folder.JobFolder;
import dev.finetune4j.worker.machine.Machine;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The worker as a process: {@code WorkerMain FOLDER}. Ends with the number of an {@link ExitCode}. A termination signal makes it save a checkpoint and
 * end as stopped.
 */
public final class WorkerMain {
    private static final System.Logger LOG = System.getLogger(WorkerMain.class.getName());

    /** Just under the two minutes that clouds give between the termination signal and the kill. */
    private static final long GRACE_SECONDS = 115;

    private WorkerMain() {}

    /** Works in the folder that the one argument names. */
    public static void main(String[] arguments) {
        if (arguments.length != 1) {
            LOG.log(System.Logger.Level.ERROR, "usage: WorkerMain FOLDER");
            System.exit(ExitCode.USAGE.number());
        }
        run(Path.of(arguments[0]), engines());
    }

    /** The project's own text side and core, on this machine. */
    static Engines engines() {
        TextCodecFactory codecs = ServiceLoader.load(TextCodecFactory.class)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("finetune4j-model-files is not on the class path"));
        return new Engines(codecs, new DecoderLoader(), new Machine(Path.of("/")));
    }

    /** Works in a folder and ends the process. */
    static void run(Path folder, Engines engines) {
        DialogueChannel dialogue = new DialogueChannel(System.in, new FileOutputStream(FileDescriptor.out));
        // What a library prints is no part of a dialogue.
        System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
        Worker worker = new Worker(new JobFolder(folder.toAbsolutePath()), engines, Clock.systemUTC(), dialogue);
        end(worker::terminate, worker::run);
    }

    /**
     * Works and ends the process; a termination signal is passed on to the work, which then has a little under two minutes to end.
     *
     * @param terminate tells the work to wind down, from another thread
     * @param work what is to be done; its exit code becomes that of the process
     */
    static void end(Runnable terminate, Work work) {
        CountDownLatch ended = new CountDownLatch(1);
        AtomicInteger exit = new AtomicInteger(ExitCode.INTERNAL.number());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> windDown(terminate, ended, exit), "wind-down"));
        try {
            exit.set(work.run().number());
        } catch (FineTuneException e) {
            LOG.log(System.Logger.Level.ERROR, e.getMessage(), e);
            exit.set(e.exitCode().number());
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the worker could not begin", e);
        } finally {
            ended.countDown();
        }
        System.exit(exit.get());
    }

    /** What a process is there for. */
    interface Work {
        /** Does it, and says how it ended. */
        ExitCode run() throws IOException;
    }

    /** The JVM would end with the signal's status as soon as all hooks are through; the worker's own says more. */
    private static void windDown(Runnable terminate, CountDownLatch ended, AtomicInteger exit) {
        terminate.run();
        try {
            if (ended.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(exit.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
