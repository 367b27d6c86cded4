package dev.finetune4j.training.loop;

import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.training.durable.DurableFiles;
import dev.finetune4j.training.model.TrainableModel;
import dev.finetune4j.training.problem.LoopProblems;
import dev.finetune4j.training.problem.WriteFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints of one run: folders {@code checkpoint-000012} with the model's state, the progress, the best adapter so far and a
 * manifest. A checkpoint is written beside, forced, and renamed, so that one that has its name is complete; the newest
 * {@value #KEPT} are kept.
 */
public final class CheckpointStore {
    /** Checkpoints that are kept. */
    static final int KEPT = WorkOrder.CHECKPOINTS_KEPT;

    private static final Pattern NAME = Pattern.compile("checkpoint-\\d{6,9}");
    private static final String STATE_FILE = "state.safetensors";
    private static final String PROGRESS_FILE = "progress.json";
    private static final String BEST_FOLDER = "best";

    private final Path folder;

    /** The checkpoints in a folder, which need not exist yet. */
    public CheckpointStore(Path folder) {
        this.folder = folder;
    }

    /**
     * Saves the present place.
     *
     * @param model its trainable parameters and moments go in
     * @param progress how far the training is
     * @param bestAdapter folder with the best adapter so far; left out where it does not exist
     * @return bytes of the checkpoint, now durable
     * @throws dev.finetune4j.error.FineTuneException with FT0625, FT0632 or FT0638 if it could not be written; older checkpoints are intact
     */
    long save(TrainableModel model, Progress progress, Path bestAdapter) {
        Path name = folder.resolve(String.format(Locale.ROOT, "checkpoint-%06d", progress.steps()));
        Path partial = folder.resolve(name.getFileName() + DurableFiles.PARTIAL);
        try {
            removeLeftovers();
            Files.createDirectories(partial);
            model.writeState(partial.resolve(STATE_FILE));
            Files.writeString(partial.resolve(PROGRESS_FILE), Json.pretty(progress));
            if (Files.isDirectory(bestAdapter)) {
                DurableFiles.copyTree(bestAdapter, partial.resolve(BEST_FOLDER));
            }
            DurableFiles.forceTree(partial);
            CheckpointManifest.of(partial).writeInto(partial);
            DurableFiles.moveFolder(partial, name);
            removeOld(progress.steps());
            return DurableFiles.size(name);
        } catch (IOException | UncheckedIOException e) {
            WriteFailure.discard(partial, e);
            throw WriteFailure.of("checkpoint of step " + progress.steps(), name, e);
        }
    }

    /**
     * Puts a model where the newest sound checkpoint of this training was.
     *
     * @param model gets the state
     * @param identity what a checkpoint must belong to
     * @param bestAdapter gets the best adapter of that time
     * @param notice told of each checkpoint that is skipped
     * @return the progress, or empty where no checkpoint serves; the model is untouched then
     */
    Optional<Progress> restore(TrainableModel model, String identity, Path bestAdapter, Consumer<Problem> notice) {
        for (Path checkpoint : newestFirst()) {
            Optional<String> damage = CheckpointManifest.damageOf(checkpoint);
            Optional<Progress> progress = damage.isPresent() ? Optional.empty() : progressOf(checkpoint);
            if (progress.isPresent() && progress.get().identity().equals(identity)) {
                model.readState(checkpoint.resolve(STATE_FILE));
                restoreBest(checkpoint, bestAdapter);
                return progress;
            }
            notice.accept(LoopProblems.CHECKPOINT_SKIPPED
                    .warning(checkpoint.getFileName() + " was skipped")
                    .because(damage.orElse("it was made for another order, other rows or another model"))
                    .build());
        }
        return Optional.empty();
    }

    /**
     * A checkpoint that can be gone on from.
     *
     * @param state file with weights and moments
     * @param progress how far the training was
     */
    record Saved(Path state, Progress progress) {}

    /** The sound checkpoints of this training, newest first. */
    List<Saved> sound(String identity) {
        List<Saved> sound = new ArrayList<>();
        for (Path checkpoint : newestFirst()) {
            if (CheckpointManifest.damageOf(checkpoint).isEmpty()) {
                progressOf(checkpoint)
                        .filter(progress -> progress.identity().equals(identity))
                        .ifPresent(progress -> sound.add(new Saved(checkpoint.resolve(STATE_FILE), progress)));
            }
        }
        return sound;
    }

    /** Removes every checkpoint; they have no use once the adapter is durable. */
    public void clear() {
        try {
            DurableFiles.deleteTree(folder);
        } catch (IOException e) {
            throw WriteFailure.of("removal of old checkpoints", folder, e);
        }
    }

    static Optional<Progress> progressOf(Path checkpoint) {
        try {
            return Optional.of(Json.read(Files.readString(checkpoint.resolve(PROGRESS_FILE)), Progress.class));
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private static void restoreBest(Path checkpoint, Path bestAdapter) {
        Path saved = checkpoint.resolve(BEST_FOLDER);
        try {
            if (Files.isDirectory(saved)) {
                DurableFiles.copyTree(saved, bestAdapter);
            }
        } catch (IOException e) {
            throw WriteFailure.of("best adapter of " + checkpoint.getFileName(), bestAdapter, e);
        }
    }

    private List<Path> newestFirst() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.filter(
                            path -> NAME.matcher(path.getFileName().toString()).matches())
                    .sorted(Comparator.comparingInt(CheckpointStore::stepOf).reversed())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int stepOf(Path checkpoint) {
        String name = checkpoint.getFileName().toString();
        return Integer.parseInt(name.substring(name.indexOf('-') + 1));
    }

    /** Checkpoints of later steps were skipped when this training went on, so they are stale. */
    private void removeOld(int step) throws IOException {
        List<Path> stale =
                newestFirst().stream().filter(path -> stepOf(path) > step).toList();
        List<Path> old = newestFirst().stream()
                .filter(path -> stepOf(path) <= step)
                .skip(KEPT)
                .toList();
        for (Path path : Stream.concat(stale.stream(), old.stream()).toList()) {
            DurableFiles.deleteTree(path);
        }
    }

    private void removeLeftovers() throws IOException {
        Files.createDirectories(folder);
        List<Path> leftovers;
        try (Stream<Path> paths = Files.list(folder)) {
            leftovers = paths.filter(path -> path.getFileName().toString().endsWith(DurableFiles.PARTIAL))
                    .toList();
        }
        for (Path leftover : leftovers) {
            DurableFiles.deleteTree(leftover);
        }
    }
}
