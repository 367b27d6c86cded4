package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.journal.DiskFiles;
import dev.finetune4j.engine.journal.DurableFiles;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.testkit.fake.Life;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A run that cannot be driven gives its lock back, whatever goes wrong. */
class HeldRunTest extends HomeWithAPlace {
    @Test
    void isFreeWhereThereIsNoMemoryToOpenItsJournal() throws Exception {
        fixture.place.script(Life.fails());
        RunFolder folder = fixture.folder(fixture.runToEnd());
        Journals outOfMemory = file -> {
            throw new OutOfMemoryError("no room for the journal");
        };

        try (Launcher launcher = fixture.launcher(outOfMemory)) {
            assertThatThrownBy(() -> launcher.runs().resume(folder)).hasMessage("no room for the journal");
        }

        assertThat(LaunchFixture.isFree(folder)).isTrue();
    }

    @Test
    void isFreeAndTellsWhyWhereItsJournalDoesNotClose() throws Exception {
        RunFolder folder = fixture.folder(fixture.runToEnd());
        Journals unclosable = file -> new Unclosable(new DiskFiles().open(file));

        try (Launcher launcher = fixture.launcher(unclosable)) {
            assertThatThrownBy(() -> launcher.runs().resume(folder))
                    .hasMessageContaining("FT0509")
                    .satisfies(e -> assertThat(e.getSuppressed())
                            .hasSize(1)
                            .allSatisfy(further -> assertThat(further).hasMessageContaining("FT0501")));
        }

        assertThat(LaunchFixture.isFree(folder)).isTrue();
    }

    @Test
    void isFreeWhereItsJournalCannotBeReadOnceItsLockIsTaken() throws Exception {
        RunFolder folder = fixture.folder(fixture.abandonedRun());
        byte[] journal = Files.readAllBytes(folder.journal());

        try (Launcher launcher = fixture.launcher(new Damaging(folder))) {
            List<ThrowingCallable> takings = List.of(
                    () -> launcher.runs().attach(folder),
                    () -> launcher.runs().stop(folder, "a user"),
                    () -> launcher.launch(fixture.prepared(), List.of()));
            for (ThrowingCallable taking : takings) {
                Files.write(folder.journal(), journal);
                assertThatThrownBy(taking).hasMessageContaining("FT0502");

                assertThat(LaunchFixture.isFree(folder)).isTrue();
            }
        }
    }

    /** A disk that damages the journal of a run as its lock is taken. */
    private record Damaging(RunFolder run) implements DurableFiles {
        @Override
        public void createFolder(Path folder) throws IOException {
            Files.writeString(run.journal(), "no entry\nnor another one\n");
        }

        @Override
        public AppendFile open(Path file) throws IOException {
            return new DiskFiles().open(file);
        }
    }

    /** A disk whose journals are opened as a test says. */
    @FunctionalInterface
    private interface Journals extends DurableFiles {
        @Override
        default void createFolder(Path folder) throws IOException {
            new DiskFiles().createFolder(folder);
        }
    }

    /** A file on a disk that fails as it is closed. */
    private record Unclosable(DurableFiles.AppendFile file) implements DurableFiles.AppendFile {
        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void write(byte[] bytes) throws IOException {
            file.write(bytes);
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public void force() throws IOException {
            file.force();
        }

        @Override
        public void close() throws IOException {
            file.close();
            throw new IOException("the disk is gone");
        }
    }
}
