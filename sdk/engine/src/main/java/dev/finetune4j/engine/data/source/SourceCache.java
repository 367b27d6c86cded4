package dev.finetune4j.engine.data.source;

import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.SourceSpec;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Files that jobs name, fetched once and kept by content under {@code cache/sources} of finetune4j's home. What was fetched once
 * needs no network any more; a file on the web that is not pinned stays as it was when it was first fetched.
 *
 * <pre>
 * cache/sources/content/SHA256/NAME   a fetched file
 * cache/sources/addresses/DIGEST      the SHA-256 that an address gave
 * cache/sources/locks, .../partial    of fetches under way
 * </pre>
 *
 * <p>Safe for use by several processes and threads at once: an address is fetched by one, the others wait for it.
 */
public final class SourceCache {
    private final Path folder;
    private final AddressFetcher fetcher;
    private final FetchProgress progress;

    /**
     * A cache.
     *
     * @param home finetune4j's home
     * @param fetcher brings what is not there
     * @param progress hears how fetching goes on
     */
    public SourceCache(Path home, AddressFetcher fetcher, FetchProgress progress) {
        this.folder = home.resolve("cache").resolve("sources");
        this.fetcher = fetcher;
        this.progress = progress;
    }

    /**
     * A cache that fetches with the machine's own clients.
     *
     * @param home finetune4j's home
     * @param environment environment variables, for proxies
     * @param progress hears how fetching goes on
     */
    public static SourceCache standard(Path home, Map<String, String> environment, FetchProgress progress) {
        HttpDownload download = new HttpDownload(environment, HttpDownload.Patience.usual());
        return new SourceCache(home, new AddressFetchers(download, new SystemCommands()), progress);
    }

    /**
     * The files of a source, from the first of its addresses that gives them.
     *
     * @param place what problems point at, such as {@code data.sources.patterns}
     * @param spec addresses and digest
     * @param baseFolder what paths are relative to: the folder of the job file
     * @throws FineTuneException with FT0201 and what happened at each address if none gives the file, or with that one problem if
     *     there is a single address; FT0202 if the content is not the one that is pinned
     */
    public FetchedSource fetch(String place, SourceSpec spec, Path baseFolder) {
        Optional<FetchedSource> pinned = Optional.ofNullable(spec.sha256()).flatMap(this::stored);
        if (pinned.isPresent()) {
            return pinned.get();
        }
        List<Problem> failures = new ArrayList<>();
        for (String text : spec.from()) {
            try {
                SourceAddress address = SourceAddress.parse(text, place);
                FetchedSource found = address instanceof SourceAddress.LocalPath local
                        ? local(local, baseFolder)
                        : cachedOrFetched(address, text, spec.sha256());
                return verified(place, address, found, spec.sha256());
            } catch (FineTuneException e) {
                failures.addAll(e.problems());
            }
        }
        throw spec.from().size() == 1 ? new FineTuneException(failures, null) : noneOf(place, spec, failures);
    }

    /**
     * The files of a source if they were fetched before; asks no network and no other program.
     *
     * @param spec addresses other than paths, and digest
     */
    public Optional<FetchedSource> find(SourceSpec spec) {
        Optional<FetchedSource> pinned = Optional.ofNullable(spec.sha256()).flatMap(this::stored);
        if (pinned.isPresent() || spec.sha256() != null) {
            return pinned;
        }
        return spec.from().stream()
                .map(this::ofAddress)
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<FetchedSource> ofAddress(String text) {
        Path known = folder.resolve("addresses").resolve(key(text));
        try {
            return Files.isRegularFile(known) ? stored(Files.readString(known).strip()) : Optional.empty();
        } catch (IOException e) {
            throw DataProblems.unreadable(known.toString(), e);
        }
    }

    private static String key(String address) {
        return Json.sha256(address.getBytes(StandardCharsets.UTF_8));
    }

    private static FineTuneException noneOf(String place, SourceSpec spec, List<Problem> failures) {
        Problem.Builder problem = DataProblems.SOURCE_UNREACHABLE
                .error("none of the " + spec.from().size() + " addresses gives the file")
                .at(Location.ofKey(place));
        for (Problem failure : failures) {
            problem.because(
                    failure.summary() + (failure.causes().isEmpty() ? "" : ": " + String.join("; ", failure.causes())));
            failure.remedies().forEach(problem::remedy);
        }
        return problem.asException();
    }

    private static FetchedSource local(SourceAddress.LocalPath address, Path baseFolder) {
        List<Path> files = LocalFiles.find(address.path(), baseFolder);
        try {
            if (files.size() == 1) {
                return new FetchedSource(files, FileDigest.of(files.get(0)));
            }
            MessageDigest all = FileDigest.sha256();
            for (Path file : files) {
                all.update((baseFolder.relativize(file) + "\0" + FileDigest.of(file) + "\n")
                        .getBytes(StandardCharsets.UTF_8));
            }
            return new FetchedSource(files, FileDigest.hex(all));
        } catch (IOException e) {
            throw DataProblems.unreadable(address.path(), e);
        }
    }

    @SuppressWarnings("try") // the lock is held, not used
    private FetchedSource cachedOrFetched(SourceAddress address, String text, @Nullable String pinned) {
        String key = key(text);
        Runnable waiting = () -> progress.at(address + " (another process fetches it)", 0, FetchProgress.UNKNOWN);
        try (ExclusiveLock lock = ExclusiveLock.acquire(folder.resolve("locks").resolve(key), waiting)) {
            Optional<FetchedSource> before = ofAddress(text);
            // A pinned file whose address gave something else before may have been corrected since.
            if (before.isPresent()
                    && (pinned == null || pinned.equals(before.get().sha256()))) {
                return before.get();
            }
            return fetchAndStore(address, key);
        } catch (IOException e) {
            throw DataProblems.unwritable(folder.toString(), e);
        }
    }

    private FetchedSource fetchAndStore(SourceAddress address, String key) throws IOException {
        Path partial = folder.resolve("partial").resolve(key);
        Files.createDirectories(partial);
        Path file = fetcher.fetch(address, partial, progress);
        String sha256 = FileDigest.of(file);
        Path home = folder.resolve("content").resolve(sha256);
        Files.createDirectories(home);
        Path target = home.resolve(String.valueOf(file.getFileName()));
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        FileTree.remove(partial);
        Path addresses = folder.resolve("addresses");
        Files.createDirectories(addresses);
        Path fresh = Files.writeString(addresses.resolve(key + ".new"), sha256 + "\n");
        Files.move(fresh, addresses.resolve(key), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return new FetchedSource(List.of(target), sha256);
    }

    private Optional<FetchedSource> stored(String sha256) {
        Path home = folder.resolve("content").resolve(sha256);
        if (!Files.isDirectory(home)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(home)) {
            return files.sorted().findFirst().map(file -> new FetchedSource(List.of(file), sha256));
        } catch (IOException e) {
            throw DataProblems.unreadable(home.toString(), e);
        }
    }

    private static FetchedSource verified(
            String place, SourceAddress address, FetchedSource found, @Nullable String pinned) {
        if (pinned == null || pinned.equals(found.sha256())) {
            return found;
        }
        throw DataProblems.SOURCE_CHANGED
                .error(address + " is not the file that the job pins")
                .at(Location.ofKey(place))
                .because("pinned sha256 " + pinned)
                .because("found sha256  " + found.sha256())
                .remedy("if the new content is what you want: sha256: " + found.sha256())
                .asException();
    }
}
