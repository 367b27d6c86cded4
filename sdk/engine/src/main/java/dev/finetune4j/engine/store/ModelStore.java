package dev.finetune4j.engine.store;

import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.data.source.FetchProgress;
import dev.finetune4j.engine.data.source.FetchedSource;
import dev.finetune4j.engine.data.source.HttpDownload;
import dev.finetune4j.engine.data.source.SourceCache;
import dev.finetune4j.engine.models.CatalogueModel;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.models.ModelSource;
import dev.finetune4j.engine.spec.ShellWord;
import dev.finetune4j.error.FileReason;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.SourceSpec;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.model.ModelRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings base models onto this machine: from a folder, a .gguf file, a package, the Hugging Face hub, or the first place of the catalogue that
 * gives the model. Whatever was fetched once is used without a network. Safe for use by several processes at once.
 */
public final class ModelStore {
    private final ModelCatalogue catalogue;
    private final SourceCache sources;
    private final Hub hub;
    private final ModelDigest digest;
    private final Path home;

    ModelStore(Path home, ModelCatalogue catalogue, SourceCache sources, Hub hub) {
        this.home = home;
        this.catalogue = catalogue;
        this.sources = sources;
        this.hub = hub;
        this.digest = new ModelDigest(home.resolve("models").resolve("digests"));
    }

    /**
     * A store.
     *
     * @param home finetune4j's home
     * @param environment environment variables: proxies, and HF_ENDPOINT, HF_TOKEN, HF_HOME, HF_HUB_CACHE, HF_HUB_OFFLINE
     * @param catalogue models that are known by id
     * @param sources fetches models that are files of packages
     * @param progress hears how fetching goes on
     */
    public static ModelStore standard(
            Path home,
            Map<String, String> environment,
            ModelCatalogue catalogue,
            SourceCache sources,
            FetchProgress progress) {
        HttpDownload.Patience brief = new HttpDownload.Patience(2, Duration.ofMillis(500), Duration.ofSeconds(20));
        Hub hub = new Hub(
                home.resolve("models").resolve("hub"),
                HubSettings.of(environment),
                new HttpDownload(environment, brief),
                new HttpDownload(environment, HttpDownload.Patience.usual()),
                progress);
        return new ModelStore(home, catalogue, sources, hub);
    }

    /**
     * The files of a model, fetched if they are not on this machine.
     *
     * @param ref what the job names
     * @param baseFolder what a path is relative to: the folder of the job file
     * @throws FineTuneException with FT0480 if there is no such model, FT0490 to FT0496 if it cannot be had or is not complete
     */
    public ModelFiles resolve(ModelRef ref, Path baseFolder) {
        try {
            Path path = locate(ref, baseFolder);
            return new ModelFiles(ref, path, digest.of(files(path, ref.value())), name(ref, path));
        } catch (IOException e) {
            throw unusable(ref.value(), e);
        }
    }

    /**
     * The digest of the files of a model as they are now, as {@link #resolve} gives it.
     *
     * @param path folder or file of a model that was resolved before
     * @throws FineTuneException with FT0493 or FT0494 if it is not complete any more, FT0496 if it cannot be read
     */
    public String digest(Path path) {
        try {
            return digest.of(files(path, path.toString()));
        } catch (IOException e) {
            throw unusable(path.toString(), e);
        }
    }

    /** Whether a reference says where the model is to be fetched: at the hub or in a package. */
    public static boolean isAddress(ModelRef ref) {
        return ref.isHub() || PackagedModel.isAddress(ref.value());
    }

    /**
     * Where a reference leads that is a path.
     *
     * @param baseFolder what a path is relative to: the folder of the job file
     * @throws FineTuneException with FT0494 if no file can have this name, as where the locale lacks a character of it
     */
    public static Path path(ModelRef ref, Path baseFolder) {
        try {
            return baseFolder.resolve(ref.value());
        } catch (InvalidPathException e) {
            throw StoreProblems.INCOMPLETE
                    .error("there is no model at " + ref.value() + ": no file can have this name here")
                    .at(Location.ofKey("model"))
                    .because(FileReason.of(e))
                    .remedy(FileReason.isOfLocale(e) ? FileReason.UTF8_LOCALE : "choose another name")
                    .asException(e);
        }
    }

    /**
     * Refuses a reference that can only be a path, at which no model is; what may be an id is left to the catalogue.
     *
     * @param path where a path of that name leads
     * @throws FineTuneException with FT0494 if it is a path
     */
    public static void refuseAbsent(ModelRef ref, Path path) {
        if (ref.value().matches("(?s)[./~].*|.*[/\\\\].*[/\\\\].*|.*\\.gguf")) {
            throw StoreProblems.INCOMPLETE
                    .error("there is no model at " + ref.value())
                    .at(Location.ofKey("model"))
                    .because("neither a folder nor a .gguf file is at " + path)
                    .remedy("ls -l " + ShellWord.of(path))
                    .asException();
        }
    }

    private static List<Path> files(Path path, String where) throws IOException {
        return Files.isDirectory(path) ? ModelLayout.files(path, where) : List.of(path);
    }

    private FineTuneException unusable(String model, IOException cause) {
        return StoreProblems.UNWRITABLE
                .error("cannot read or store the files of " + model)
                .at(Location.of(home.resolve("models").toString()))
                .because(DataProblems.reason(cause))
                .asException(cause);
    }

    /** The files of a model where they are on this machine, complete and readable; nothing is fetched. */
    public Optional<ModelFiles> find(ModelRef ref, Path baseFolder) {
        try {
            Optional<Path> path = here(ref, baseFolder);
            if (path.isEmpty()) {
                return Optional.empty();
            }
            List<Path> files = files(path.get(), ref.value());
            return Optional.of(new ModelFiles(ref, path.get(), digest.of(files), name(ref, path.get())));
        } catch (IOException | FineTuneException e) {
            return Optional.empty(); // who needs the files is told why by resolve
        }
    }

    private Optional<Path> here(ModelRef ref, Path baseFolder) throws IOException {
        if (ref.isHub()) {
            return hub.find(HubRef.parse(ref.value()));
        }
        if (PackagedModel.isAddress(ref.value())) {
            return sources.find(new SourceSpec(List.of(ref.value()), null)).isPresent()
                    ? Optional.of(locate(ref, baseFolder))
                    : Optional.empty();
        }
        Optional<CatalogueModel> known = catalogue.find(ref.value());
        if (known.isPresent()) {
            return here(known.get());
        }
        Path path = path(ref, baseFolder).normalize();
        return Files.exists(path) ? Optional.of(path) : Optional.empty();
    }

    private Optional<Path> here(CatalogueModel model) throws IOException {
        for (ModelSource source : model.sources()) {
            Optional<Path> here = isHub(source)
                    ? hub.find(HubRef.parse(source.from()))
                    : sources.find(spec(source)).map(ModelStore::file);
            if (here.isPresent()) {
                return here;
            }
        }
        return Optional.empty();
    }

    private Path locate(ModelRef ref, Path baseFolder) throws IOException {
        if (ref.isHub()) {
            HubRef hubRef = HubRef.parse(ref.value());
            Optional<Path> here = hub.find(hubRef);
            return here.isPresent() ? here.get() : hub.fetch(hubRef);
        }
        if (PackagedModel.isAddress(ref.value())) {
            return new PackagedModel(home.resolve("models").resolve("packages"), sources)
                    .resolve(ref.value(), baseFolder);
        }
        Optional<CatalogueModel> known = catalogue.find(ref.value());
        if (known.isPresent()) {
            return ofCatalogue(known.get());
        }
        Path path = path(ref, baseFolder).normalize();
        if (Files.isDirectory(path)) {
            return path;
        }
        if (Files.isRegularFile(path) && ref.isGguf()) {
            return path;
        }
        if (Files.isRegularFile(path) && ModelLayout.isPickle(ref.value())) {
            throw ModelLayout.pickleOnly(ref.value());
        }
        refuseAbsent(ref, path);
        // Not a path that exists, so it was meant as an id: the catalogue knows the nearest.
        return ofCatalogue(catalogue.get(ref.value()));
    }

    /** By its repository on the hub, wherever the files came from: an adapter fits the model, not the way that it was fetched. */
    private ModelName name(ModelRef ref, Path path) {
        Optional<String> onHub = ref.isHub()
                ? Optional.of(ref.value())
                : catalogue
                        .find(ref.value())
                        .flatMap(model -> model.sources().stream()
                                .filter(ModelStore::isHub)
                                .map(ModelSource::from)
                                .findFirst());
        if (onHub.isEmpty()) {
            return ModelName.ofPath(path);
        }
        String folder = String.valueOf(path.getFileName()); // of a model from the hub: the commit
        return new ModelName(HubRef.parse(onHub.get()).repository(), Files.isDirectory(path) ? folder : null);
    }

    private Path ofCatalogue(CatalogueModel model) throws IOException {
        // A place that needs no network comes before one that does, whatever its rank.
        Optional<Path> here = here(model);
        if (here.isPresent()) {
            return here.get();
        }
        List<Problem> failures = new ArrayList<>();
        for (ModelSource source : model.sources()) {
            try {
                return isHub(source)
                        ? hub.fetch(HubRef.parse(source.from()))
                        : file(sources.fetch("model", spec(source), home));
            } catch (FineTuneException e) {
                failures.addAll(e.problems());
            }
        }
        throw failures.size() == 1 ? new FineTuneException(failures, null) : noneOf(model, failures);
    }

    private FineTuneException noneOf(CatalogueModel model, List<Problem> failures) {
        Problem.Builder problem = StoreProblems.UNREACHABLE
                .error("cannot fetch " + model.id() + " from any of its "
                        + model.sources().size() + " places")
                .at(Location.ofKey("model"));
        for (Problem failure : failures) {
            problem.because(
                    failure.summary() + (failure.causes().isEmpty() ? "" : ": " + String.join("; ", failure.causes())));
        }
        problem.remedy(StoreProblems.UNREACHABLE.remedy());
        failures.stream()
                .flatMap(failure -> failure.remedies().stream())
                .distinct()
                .filter(remedy -> !remedy.equals(StoreProblems.UNREACHABLE.remedy()))
                .forEach(problem::remedy);
        return problem.asException();
    }

    private static boolean isHub(ModelSource source) {
        return source.from().startsWith("hf:");
    }

    private static SourceSpec spec(ModelSource source) {
        return new SourceSpec(List.of(source.from()), source.sha256());
    }

    private static Path file(FetchedSource source) {
        return source.files().get(0);
    }
}
