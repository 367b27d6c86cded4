package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.data.DatasetProfile;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Quantiles;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.check.DatasetCheckReport;
import dev.finetune4j.engine.check.TokenFigures;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.SplitRecord;
import dev.finetune4j.engine.journal.DiskFiles;
import dev.finetune4j.engine.journal.DurableFiles;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunLock;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.engine.watch.Sleeper;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.plan.Foreseen;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.ProviderFactory;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.testkit.fake.FakePlace;
import dev.finetune4j.testkit.fake.FakeProvider;
import dev.finetune4j.testkit.fake.FakeProviderFactory;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A home folder, a fake place on a virtual clock, and a small prepared job to launch there. */
final class LaunchFixture {
    private static final List<String> LABELS = List.of("calm", "cross");

    final VirtualClock clock;
    final FakePlace place;
    /** What is foreseen of the next runs. */
    Optional<Foreseen> foreseen = Optional.empty();

    /** The digest of base models as they are now; nobody tells it where it is empty. */
    Optional<String> modelDigest = Optional.empty();

    /** How often it was asked for. */
    final AtomicInteger modelDigests = new AtomicInteger();

    /** This machine, where it has a runner besides the place. */
    @Nullable
    FakePlace here;

    /** A second place, where there is one. */
    @Nullable
    FakePlace elsewhere;

    private final Path home;
    private final Map<String, String> environment;

    LaunchFixture(Path home, Capabilities capabilities, Map<String, String> environment) {
        this.home = home;
        this.environment = environment;
        clock = new VirtualClock();
        place = new FakePlace(clock, capabilities);
    }

    /** Another home that knows the same place. */
    LaunchFixture(Path home, LaunchFixture other) {
        this.home = home;
        environment = other.environment;
        clock = other.clock;
        place = other.place;
    }

    LaunchFixture(Path home) {
        this(home, FakePlace.EVERYTHING, Map.of());
    }

    Launcher launcher() {
        return launcher(new DiskFiles());
    }

    /** One that waits as the test says. */
    Launcher launcher(Sleeper sleeper) {
        return launcher(new DiskFiles(), sleeper);
    }

    /** One whose machine may die. */
    Launcher launcher(DurableFiles files) {
        return launcher(files, clock::advance);
    }

    /** One of another version of finetune4j. */
    Launcher launcherOfVersion(String version) {
        return launcher(new DiskFiles(), clock::advance, version);
    }

    private Launcher launcher(DurableFiles files, Sleeper sleeper) {
        return launcher(files, sleeper, "test");
    }

    private Launcher launcher(DurableFiles files, Sleeper sleeper, String version) {
        List<ProviderFactory> factories = new ArrayList<>(List.of(new FakeProviderFactory(place)));
        if (elsewhere != null) {
            factories.add(new FakeProviderFactory(elsewhere));
        }
        if (here != null) {
            factories.add(new Here(here));
        }
        Providers providers =
                new Providers(factories, new ProviderContext(home, environment, clock), ModelCatalogue.shipped());
        return new Launcher(home, providers, environment, files, clock, sleeper, version, job -> foreseen, model -> {
            modelDigests.incrementAndGet();
            return modelDigest;
        });
    }

    /** The runner of this machine. */
    private record Here(FakePlace place) implements ProviderFactory {
        @Override
        public ProviderId id() {
            return ProviderId.LOCAL;
        }

        @Override
        public Set<String> secretSettings() {
            return Set.of();
        }

        @Override
        public Provider open(ProviderContext context, Map<String, String> settings) {
            return new FakeProvider(place);
        }
    }

    RunStore store() {
        return new RunStore(home);
    }

    RunFolder folder(RunId id) {
        return store().folder(id);
    }

    RunView view(RunId id) {
        return RunView.of(folder(id).read()).orElseThrow();
    }

    /** Launches with a launcher of its own and waits for the end. */
    RunOutcome run(PreparedJob job) throws InterruptedException {
        try (Launcher launcher = launcher()) {
            return launcher.launch(job, List.of()).await();
        }
    }

    /** Runs the small job to its end; the run. */
    RunId runToEnd() throws InterruptedException {
        run(prepared());
        return onlyRun();
    }

    /** The one run of this home. */
    RunId onlyRun() {
        assertThat(store().list()).hasSize(1);
        return store().list().get(0).id();
    }

    /** A run that was launched and is followed by nobody. */
    RunId abandonedRun() throws InterruptedException {
        BlockingSleeper pause = new BlockingSleeper(clock);
        try (Launcher launcher = launcher(pause)) {
            RunHandle<RunOutcome> handle = launcher.launch(prepared(), List.of());
            pause.awaitSleep();
            handle.detach();
            pause.awaitInterrupt();
            while (!isFree(folder(handle.id()))) {
                Thread.onSpinWait();
            }
            return handle.id();
        }
    }

    /** A run that was staged by a process that died before the launch. */
    RunId stagedRun() throws InterruptedException {
        try (Launcher launcher = launcher(new CrashAfter(2))) {
            RunHandle<RunOutcome> handle = launcher.launch(prepared(), List.of());
            assertThatThrownBy(handle::await).hasCauseInstanceOf(CrashAfter.Crash.class);
            return handle.id();
        }
    }

    /** Whether nobody has the lock of a run. */
    static boolean isFree(RunFolder folder) {
        Optional<RunLock> lock = RunLock.tryTake(folder, new DiskFiles());
        lock.ifPresent(RunLock::close);
        return lock.isPresent();
    }

    static FineTuneJob job(String name) {
        return FineTuneJob.builder(
                        name, ModelRef.parse("tiny"), TaskSpec.of(TaskKind.SENTIMENT), DataSpec.ofFile("letters.jsonl"))
                .targets(List.of(FakeProvider.ID))
                .build();
    }

    PreparedJob prepared() {
        return prepared(job("letters"));
    }

    /** The job with 40 training and 40 test rows of two labels. */
    PreparedJob prepared(FineTuneJob job) {
        try {
            Path cache = Files.createDirectories(home.resolve("cache"));
            write(cache, Part.TRAIN, 40);
            write(cache, Part.VALIDATION, 0);
            write(cache, Part.TEST, 40);
            Path model = Files.createDirectories(home.resolve("model"));
            PreparedData data = new PreparedData(cache, record(job), List.of());
            Files.writeString(cache.resolve("split.json"), Json.pretty(data.record()));
            return new PreparedJob(
                    JobFile.of(job, home),
                    data,
                    new ModelFiles(job.model(), model, "e".repeat(64)),
                    check(),
                    true,
                    PreparedJob.Answering.BASE_AND_TUNED,
                    Proposal.AnswerLengths.NONE,
                    Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path folder, Part part, int rows) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int row = 1; row <= rows; row++) {
            String label = LABELS.get(row % LABELS.size());
            lines.add(Json.line(new Example.Conversation(
                    new RowRef("letters.jsonl", row),
                    List.of(
                            new Message(Role.USER, "letter " + "word ".repeat(row % 7) + row),
                            new Message(Role.ASSISTANT, label)),
                    label)));
        }
        Files.write(folder.resolve(part.fileName()), lines);
    }

    private static SplitRecord record(FineTuneJob job) {
        Map<Part, SplitRecord.PartShare> parts = Map.of(
                Part.TRAIN, new SplitRecord.PartShare(40, 40, 40, Map.of("calm", 20L, "cross", 20L)),
                Part.VALIDATION, new SplitRecord.PartShare(0, 0, 0, Map.of()),
                Part.TEST, new SplitRecord.PartShare(40, 40, 40, Map.of("calm", 20L, "cross", 20L)));
        return new SplitRecord(
                "c".repeat(64),
                "openai-chat",
                "rows have messages",
                job.task().kind().hasLabels() ? LABELS : List.of(),
                job.data().split(),
                80,
                0,
                parts,
                Map.of(),
                "d".repeat(64));
    }

    private static DatasetCheckReport check() {
        Quantiles none = new Quantiles(1, 2, 3, 4, 5, 2.5);
        DatasetProfile profile = new DatasetProfile(
                Map.of(Part.TRAIN, 40L, Part.TEST, 40L),
                Map.of("calm", 20L, "cross", 20L),
                none,
                none,
                100,
                1,
                0,
                0,
                0,
                0,
                "openai-chat",
                "d".repeat(64));
        return new DatasetCheckReport(
                List.of(),
                profile,
                List.of(),
                null,
                new TokenFigures(1024, 100, 0, 0, 0, 5, 40, 0, 0),
                List.of(),
                List.of());
    }
}
