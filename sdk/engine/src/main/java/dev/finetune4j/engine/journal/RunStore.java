package dev.finetune4j.engine.journal;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** All runs of a home folder: {@code <home>/runs/<run id>/}. */
public final class RunStore {
    private static final int DIGEST_CHARACTERS = 8;

    private final Path folder;

    /** The runs below a home folder; makes nothing. */
    public RunStore(Path home) {
        this.folder = home.resolve("runs");
    }

    /** The folder of a run, whether it exists or not. */
    public RunFolder folder(RunId id) {
        return new RunFolder(id, folder.resolve(id.value()));
    }

    /**
     * The id of an attempt.
     *
     * @param jobName the job's name
     * @param digest over job, data and model, lower-case hex
     * @param attempt attempt from 1
     */
    public static RunId id(String jobName, String digest, int attempt) {
        return new RunId(RunId.beginning(jobName) + digest.substring(0, DIGEST_CHARACTERS) + "-" + attempt);
    }

    /** The attempts at a job with these data and model so far, first to last. */
    public List<RunId> attempts(String jobName, String digest) {
        String first = id(jobName, digest, 1).value();
        String prefix = first.substring(0, first.length() - 1);
        return ids().stream()
                .filter(id -> id.value().startsWith(prefix)
                        && id.value().substring(prefix.length()).matches("[1-9]\\d{0,5}"))
                .sorted(Comparator.comparingInt(
                        id -> Integer.parseInt(id.value().substring(prefix.length()))))
                .toList();
    }

    /**
     * The run that a person means by an id or the start of one.
     *
     * @throws FineTuneException with FT0504 if none or several match, or nothing was given: every id begins with that, and what removes a
     *     run is not to take the only one for the one that was meant
     */
    public RunFolder resolve(String asked) {
        List<RunId> ids = ids();
        if (asked.isBlank()) {
            throw RunProblems.noSuchRun(asked, newestFirst(ids));
        }
        List<RunId> matching =
                ids.stream().filter(id -> id.value().startsWith(asked)).toList();
        Optional<RunId> exact =
                matching.stream().filter(id -> id.value().equals(asked)).findFirst();
        if (exact.isPresent() || matching.size() == 1) {
            return folder(exact.orElseGet(() -> matching.get(0)));
        }
        throw matching.isEmpty()
                ? RunProblems.noSuchRun(asked, newestFirst(ids))
                : RunProblems.ambiguousRun(
                        asked,
                        newestFirst(ids).stream().filter(matching::contains).toList());
    }

    /** Every run whose journal has begun, newest first; a damaged one is left out here and reported when it is asked for. */
    public List<RunView> list() {
        return listing().runs();
    }

    /** The runs of {@link #list}, and those that it leaves out. */
    public Listing listing() {
        List<RunView> runs = new ArrayList<>();
        List<RunId> unreadable = new ArrayList<>();
        for (RunId id : ids()) {
            try {
                RunView.of(folder(id).read()).ifPresent(runs::add);
            } catch (FineTuneException e) {
                unreadable.add(id);
            }
        }
        runs.sort(Comparator.comparing(RunView::createdAt)
                .reversed()
                .thenComparing(view -> view.id().value()));
        return new Listing(runs, unreadable);
    }

    /**
     * All runs, each journal read once.
     *
     * @param runs those whose journal has begun, newest first
     * @param unreadable those whose journal is damaged or cannot be read, in the order of their names
     */
    public record Listing(List<RunView> runs, List<RunId> unreadable) {
        /** Copies the lists. */
        public Listing {
            runs = List.copyOf(runs);
            unreadable = List.copyOf(unreadable);
        }
    }

    /** The folders of runs, those first whose journals have grown last. */
    public Stream<RunFolder> lately() {
        return ids().stream()
                .map(this::folder)
                .sorted(Comparator.comparingLong(
                                (RunFolder run) -> run.journal().toFile().lastModified())
                        .reversed()
                        .thenComparing(run -> run.id().value()));
    }

    /** The runs of {@link #list}, then those whose journal tells nothing. */
    private List<RunId> newestFirst(List<RunId> ids) {
        return Stream.concat(list().stream().map(RunView::id), ids.stream())
                .distinct()
                .toList();
    }

    /** The folders of runs whose journals have grown since. */
    public List<RunFolder> changedSince(Instant since) {
        return ids().stream()
                .map(this::folder)
                .filter(run -> run.journal().toFile().lastModified() >= since.toEpochMilli())
                .toList();
    }

    /** A run as {@link #list} tells it; empty where that leaves it out. */
    public Optional<RunView> view(RunFolder folder) {
        try {
            return RunView.of(folder.read());
        } catch (FineTuneException e) {
            return Optional.empty();
        }
    }

    /** Ids of all run folders, in the order of their names. */
    List<RunId> ids() {
        try (Stream<Path> folders = Files.list(folder)) {
            return folders.filter(Files::isDirectory)
                    .map(path -> String.valueOf(path.getFileName()))
                    .filter(RunStore::isRunId)
                    .sorted(Comparator.comparing((String name) -> name.toLowerCase(Locale.ROOT))
                            .thenComparing(Comparator.naturalOrder()))
                    .map(RunId::parse)
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw RunProblems.unreadable(folder, e);
        }
    }

    private static boolean isRunId(String name) {
        try {
            RunId.parse(name);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
