package dev.finetune4j.engine;

import dev.finetune4j.engine.data.source.AddressFetcher;
import dev.finetune4j.engine.data.source.AddressFetchers;
import dev.finetune4j.engine.data.source.HttpDownload;
import dev.finetune4j.engine.data.source.SourceCache;
import dev.finetune4j.engine.data.source.SystemCommands;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.launch.HomePreparation;
import dev.finetune4j.engine.launch.ModelResolver;
import dev.finetune4j.engine.launch.Preparation;
import dev.finetune4j.engine.launch.PreparationProgress;
import dev.finetune4j.engine.models.LocalCore;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.store.ModelStore;
import dev.finetune4j.engine.watch.Sleeper;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.spi.ProviderFactory;
import dev.finetune4j.spi.TextCodecFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Collects what a {@link FineTuner} uses of its surroundings; each has the default that a program wants. */
public final class FineTunerBuilder {
    private static final String HOME_VARIABLE = "FINETUNE_HOME";

    private Map<String, String> environment = System.getenv();
    private @Nullable Path home;
    private @Nullable List<ProviderFactory> providers;
    private @Nullable Preparation preparation;
    private PreparationProgress progress = PreparationProgress.SILENT;
    private Clock clock = Clock.systemUTC();
    private Sleeper sleeper = Sleeper.REAL;
    private LongSupplier memory = LocalCore::memoryHere;

    FineTunerBuilder() {}

    /** Environment variables; those of this process unless said. */
    public FineTunerBuilder environment(Map<String, String> variables) {
        environment = Map.copyOf(variables);
        return this;
    }

    /** The home folder; {@code FINETUNE_HOME} or {@code ~/.finetune4j} unless said. */
    public FineTunerBuilder home(Path folder) {
        home = folder;
        return this;
    }

    /** The places where jobs may run; those on the class path unless said. */
    public FineTunerBuilder providers(List<ProviderFactory> factories) {
        providers = List.copyOf(factories);
        return this;
    }

    /** Who hears how fetching and checking go on, and at each launch what is odd about the rows; nobody unless said. */
    public FineTunerBuilder progress(PreparationProgress listener) {
        progress = listener;
        return this;
    }

    /** How data and model are made ready; fetched into the home folder unless said. */
    public FineTunerBuilder preparation(Preparation preparing) {
        preparation = preparing;
        return this;
    }

    /** The clock; the system's unless said. */
    public FineTunerBuilder clock(Clock other) {
        clock = other;
        return this;
    }

    /** How to wait between two looks at a provider; for real unless said. */
    public FineTunerBuilder sleeper(Sleeper other) {
        sleeper = other;
        return this;
    }

    /** Tells the memory of this machine in bytes; the system does unless said. */
    public FineTunerBuilder memory(LongSupplier bytes) {
        memory = bytes;
        return this;
    }

    /** The fine-tuner; the caller closes it. */
    public FineTuner build() {
        return new FineTuner(this);
    }

    PreparationProgress progress() {
        return progress;
    }

    Map<String, String> environment() {
        return environment;
    }

    Path home() {
        if (home != null) {
            return home;
        }
        String named = environment.getOrDefault(HOME_VARIABLE, "");
        return named.isEmpty() ? Path.of(System.getProperty("user.home"), ".finetune4j") : Path.of(named);
    }

    List<ProviderFactory> providers() {
        return providers != null
                ? providers
                : ServiceLoader.load(ProviderFactory.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .toList();
    }

    Preparation preparation() {
        return preparation == null ? inHome() : preparation;
    }

    private Preparation inHome() {
        AddressFetcher fetcher =
                new AddressFetchers(new HttpDownload(environment, HttpDownload.Patience.usual()), new SystemCommands());
        SourceCache sources = new SourceCache(home(), fetcher, progress);
        ModelCatalogue catalogue = ModelCatalogue.shipped();
        ModelStore models = ModelStore.standard(home(), environment, catalogue, sources, progress);
        int threads = Runtime.getRuntime().availableProcessors();
        return new HomePreparation(
                home(), fetcher, resolver(models), catalogue, FineTunerBuilder::codecs, threads, progress);
    }

    private static ModelResolver resolver(ModelStore store) {
        return new ModelResolver() {
            @Override
            public ModelFiles resolve(ModelRef model, Path baseFolder) {
                return store.resolve(model, baseFolder);
            }

            @Override
            public Optional<ModelFiles> find(ModelRef model, Path baseFolder) {
                return store.find(model, baseFolder);
            }

            @Override
            public Optional<String> digest(Path model) {
                return Optional.of(store.digest(model));
            }
        };
    }

    private static TextCodecFactory codecs() {
        return ServiceLoader.load(TextCodecFactory.class).findFirst().orElseThrow(RunProblems::noTextCodec);
    }

    Clock clock() {
        return clock;
    }

    Sleeper sleeper() {
        return sleeper;
    }

    LongSupplier memory() {
        return memory;
    }

    /** Version of finetune4j; {@code development} where it runs from class folders. */
    String version() {
        String own = FineTuner.class.getPackage().getImplementationVersion();
        return own == null ? "development" : own;
    }
}
