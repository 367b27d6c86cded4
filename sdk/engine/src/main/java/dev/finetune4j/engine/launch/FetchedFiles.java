package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.run.RunState;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What a run left at its place, on this machine.
 *
 * @param run the run
 * @param state how it ended
 * @param folder where its files are
 * @param files how many there are below the folder
 * @param bytes their size
 */
public record FetchedFiles(RunId run, RunState state, Path folder, long files, long bytes) {
    static FetchedFiles in(RunId run, RunState state, Path folder) {
        if (Files.notExists(folder)) {
            return new FetchedFiles(run, state, folder, 0, 0);
        }
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> files = all.filter(Files::isRegularFile).toList();
            long bytes = 0;
            for (Path file : files) {
                bytes += Files.size(file);
            }
            return new FetchedFiles(run, state, folder, files.size(), bytes);
        } catch (UncheckedIOException e) {
            throw RunProblems.unreadable(folder, Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw RunProblems.unreadable(folder, e);
        }
    }
}
