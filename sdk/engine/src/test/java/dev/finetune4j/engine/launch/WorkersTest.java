package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.Problem;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.plan.TrainerSettings;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.RecipeWriter;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.spi.WorkerPackage;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.testkit.fake.FakePlace;
import dev.finetune4j.testkit.fake.FakeProvider;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A place gets the worker that it asks for, and the recipe where the worker only executes one. */
class WorkersTest {
    private static final TrainerSettings SETUP =
            new TrainerSettings(1, TrainerSettings.Sharing.SINGLE, 4, 2, true, "bf16");

    @TempDir
    private Path home;

    private final Submission submission = Submission.builder(
                    new RunId("letters-1"), new ModelRef("tiny"), new WorkOrder("d1", List.of(new WorkStep.Converse())))
            .channel(WorkOrder.DATA_CHANNEL, Path.of("data"))
            .label("a", "b")
            .timeLimit(Duration.ofHours(1))
            .diskBytes(460_000_000_000L)
            .after("fake:job/letters-1")
            .build();

    @Test
    void leavesASubmissionAsItIsWhereThePlaceHasAWorker() {
        assertThat(workers().equip(submission, place(null), SETUP, home)).isSameAs(submission);
    }

    @Test
    void addsTheWorkerThatThePlaceNeeds() {
        Submission equipped = workers().equip(submission, place("core"), SETUP, home);

        assertThat(equipped.channels()).containsOnlyKeys(WorkOrder.DATA_CHANNEL, WorkOrder.WORKER_CHANNEL);
        assertThat(equipped.channels().get(WorkOrder.WORKER_CHANNEL))
                .isEqualTo(home.resolve("workers/core/" + WorkerPackage.FILE))
                .content()
                .isEqualTo("core");
        assertThat(equipped.labels()).isEqualTo(submission.labels());
        assertThat(equipped.timeLimit()).isEqualTo(submission.timeLimit());
        assertThat(equipped.diskBytes()).isEqualTo(submission.diskBytes());
        assertThat(equipped.after()).isEqualTo(submission.after());
    }

    @Test
    void addsTheRecipeOfAWorkerThatOnlyExecutes() {
        Submission equipped = workers().equip(submission, place("gpu"), SETUP, home.resolve("run"));

        assertThat(equipped.channels())
                .containsEntry(WorkOrder.RECIPE_CHANNEL, home.resolve("run/recipe"))
                .containsEntry(WorkOrder.MODEL_CHANNEL, home.resolve("workers/models/of-letters-1"));
        assertThat(home.resolve("run/recipe/recipe.txt")).content().isEqualTo("recipe of letters-1, 4 x 2");
    }

    @Test
    void asksForOneModelAtATime() throws Exception {
        List<Thread> launches = IntStream.range(0, 4)
                .mapToObj(number -> new Thread(
                        () -> workers().equip(submission, place("gpu"), null, home.resolve("run-" + number))))
                .toList();

        launches.forEach(Thread::start);
        for (Thread launch : launches) {
            launch.join();
        }

        assertThat(home.resolve("workers/models/calls")).content().isEqualTo("in out in out in out in out ");
    }

    @Test
    void saysWhichWorkerIsNotHere() {
        assertThatThrownBy(() -> workers().equip(submission, place("other"), null, home))
                .hasMessageContaining("FT0524: fake needs the worker other to come with the job");
    }

    private Workers workers() {
        return new Workers(home, List.of(new Archive("core"), new Archive("gpu")), List.of(new Recipe()));
    }

    /** The fake place, but for what it says of its worker. */
    private static Provider place(@Nullable String engine) {
        FakeProvider fake = new FakeProvider(new FakePlace(new VirtualClock(), FakePlace.EVERYTHING));
        return (Provider) Proxy.newProxyInstance(
                Provider.class.getClassLoader(),
                new Class<?>[] {Provider.class},
                (proxy, method, arguments) -> method.getName().equals("worker")
                        ? Optional.ofNullable(engine)
                        : method.invoke(fake, arguments));
    }

    private record Archive(String engine) implements WorkerPackage {
        @Override
        public String digest() {
            return engine;
        }

        @Override
        public Path archive(Path cache) {
            try {
                Path folder = Files.createDirectories(cache.resolve(engine));
                return Files.writeString(folder.resolve(FILE), engine);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private record Recipe() implements RecipeWriter {
        @Override
        public String engine() {
            return "gpu";
        }

        @Override
        public List<Problem> refusals(TuningMethod method, boolean speaks, boolean isGguf) {
            return List.of();
        }

        @Override
        public void write(Submission job, @Nullable TrainerSettings setup, Path target) {
            String rows = setup == null ? "" : ", " + setup.microBatch() + " x " + setup.accumulation();
            try {
                Files.writeString(
                        Files.createDirectories(target).resolve("recipe.txt"), "recipe of " + job.id() + rows);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Path model(Submission job, Path cache) {
            tell(cache, "in ");
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            tell(cache, "out ");
            return cache.resolve("of-" + job.id());
        }

        private static void tell(Path cache, String word) {
            try {
                Path calls = Files.createDirectories(cache).resolve("calls");
                Files.writeString(calls, word, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
