package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.data.source.ExclusiveLock;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.plan.TrainerSettings;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.RecipeWriter;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.spi.WorkerPackage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** The workers that can be sent to a place which has none of its own. */
final class Workers {
    private static final String MODELS = "models";

    private final Path cache;
    private final List<WorkerPackage> packages;
    private final List<RecipeWriter> recipes;

    /**
     * Those on the class path.
     *
     * @param home finetune4j's folder on this machine, which keeps archives
     */
    Workers(Path home) {
        this(home, all(WorkerPackage.class), all(RecipeWriter.class));
    }

    Workers(Path home, List<WorkerPackage> packages, List<RecipeWriter> recipes) {
        cache = home.resolve("workers");
        this.packages = List.copyOf(packages);
        this.recipes = List.copyOf(recipes);
    }

    /** Who writes the recipes of workers that only execute them. */
    List<RecipeWriter> recipes() {
        return recipes;
    }

    private static <T> List<T> all(Class<T> kind) {
        return ServiceLoader.load(kind).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    /**
     * The submission with the worker that its place needs, and the recipe of one that only executes; as it is where the place has its own.
     *
     * @param setup how the job is set up on the machine that it is launched on; null where that was not planned
     * @param folder where a recipe is written
     * @throws FineTuneException with FT0524 if there is no such worker, or with what the worker does not do of the job
     */
    Submission equip(Submission submission, Provider place, @Nullable TrainerSettings setup, Path folder) {
        Optional<String> engine = place.worker();
        if (engine.isEmpty()) {
            return submission;
        }
        WorkerPackage worker = packages.stream()
                .filter(candidate -> candidate.engine().equals(engine.get()))
                .findFirst()
                .orElseThrow(() -> LaunchProblems.NO_WORKER
                        .error(place.id() + " needs the worker " + engine.get() + " to come with the job")
                        .asException());
        Submission.Builder equipped = Submission.builder(submission.id(), submission.model(), submission.order())
                .timeLimit(submission.timeLimit())
                .diskBytes(submission.diskBytes())
                .after(submission.after());
        submission.channels().forEach(equipped::channel);
        submission.labels().forEach(equipped::label);
        equipped.channel(WorkOrder.WORKER_CHANNEL, worker.archive(cache));
        recipes.stream()
                .filter(candidate -> candidate.engine().equals(engine.get()))
                .findFirst()
                .ifPresent(writer -> {
                    Path recipe = folder.resolve("recipe");
                    writer.write(submission, setup, recipe);
                    equipped.channel(WorkOrder.RECIPE_CHANNEL, recipe);
                    equipped.channel(WorkOrder.MODEL_CHANNEL, model(writer, submission));
                });
        return equipped.build();
    }

    @SuppressWarnings("try") // the lock is held, not used
    private Path model(RecipeWriter writer, Submission submission) {
        try (ExclusiveLock lock = ExclusiveLock.acquire(cache.resolve(MODELS + ".lock"), () -> {})) {
            return writer.model(submission, cache.resolve(MODELS));
        } catch (IOException e) {
            throw RunProblems.unwritable(cache, e);
        }
    }
}
