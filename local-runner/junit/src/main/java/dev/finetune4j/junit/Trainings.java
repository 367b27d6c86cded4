package dev.finetune4j.junit;

import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.FineTunerBuilder;
import dev.finetune4j.engine.launch.PreparedJob;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.RunOutcome;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/**
 * Runs each job at most once in an execution of tests, one job after the other: two that train at the same time would only be in each
 * other's way.
 */
final class Trainings implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.finetune4j.junit");

    private final FineTuner tuner;
    private final boolean trainsAlways;
    private final String finetune;
    private final Map<Path, Training> trainings = new HashMap<>();
    private final Map<Path, RuntimeException> failures = new HashMap<>();

    Trainings(Settings settings) {
        FineTunerBuilder builder = FineTuner.builder();
        settings.home().ifPresent(builder::home);
        tuner = builder.build();
        trainsAlways = settings.trainsAlways();
        finetune = settings.home().map(home -> "FINETUNE_HOME=" + home + " ").orElse("") + "finetune ";
    }

    /**
     * The result of a job, the same for each caller.
     *
     * @throws FineTuneException with every problem of the job, its data and its model, or with why the run failed; the same for each
     *     caller
     */
    synchronized Training of(Path job) {
        RuntimeException failure = failures.get(job);
        if (failure != null) {
            throw failure;
        }
        Training known = trainings.get(job);
        if (known != null) {
            return known;
        }
        try {
            Training training = train(job);
            trainings.put(job, training);
            return training;
        } catch (FineTuneException | ParameterResolutionException e) {
            failures.put(job, e);
            throw e;
        }
    }

    private Training train(Path file) {
        PreparedJob job = tuner.check(tuner.read(file));
        // Models of a run are asked where its base model lay, which for a folder of a checkout may be gone, or another
        // by now.
        RunHandle<RunOutcome> handle = tuner.launchOnce(job, run -> !trainsAlways && tuner.hasBaseModel(run));
        Training.Origin origin = Training.Origin.of(handle.begin());
        String name = job.file().job().name();
        if (!origin.isEarlierRun()) {
            LOG.log(
                    System.Logger.Level.INFO,
                    () -> name + ": " + handle.id() + " trains; look on with: " + finetune + "watch " + handle.id());
        }
        try {
            RunOutcome outcome = handle.await();
            if (outcome instanceof RunOutcome.Failed failed) {
                throw failed.problem().asException();
            }
            if (outcome instanceof RunOutcome.Stopped stopped) {
                throw new ParameterResolutionException("run " + handle.id() + " gives no model to test: "
                        + stopped.reason() + "; to go on: " + finetune + "resume " + handle.id());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ParameterResolutionException(
                    "interrupted while " + handle.id() + " trained; it goes on: " + finetune + "watch " + handle.id(),
                    e);
        }
        Training training = new Training(tuner, job, tuner.show(handle.id().value()), origin);
        LOG.log(System.Logger.Level.INFO, () -> name + ": " + training.origin());
        return training;
    }

    @Override
    public void close() {
        tuner.close();
    }
}
