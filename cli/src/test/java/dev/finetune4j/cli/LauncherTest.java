package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.cli.ChildProcess.Ended;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The launcher in a checkout of its own, with the classes under test for its jar. */
class LauncherTest {
    private static final long PATIENCE_SECONDS = 120;
    private static final String TOOLS = "awk bash cat chmod cp cut date dirname env find flock grep head mkdir mv nice"
            + " readlink rm sed sleep stty touch";

    @TempDir
    static Path built;

    @TempDir
    Path folder;

    @BeforeAll
    static void buildTheJar() throws IOException {
        Checkout.build(built);
    }

    /** What launchers do behind their commands' backs writes into folders that are removed after the test. */
    @AfterEach
    void endWhatLaunchersLeftRunning() throws Exception {
        for (List<ProcessHandle> left = runningHere(); !left.isEmpty(); left = runningHere()) {
            left.forEach(ProcessHandle::destroyForcibly);
            for (ProcessHandle process : left) {
                process.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void worksThroughALinkFromAFolderWithSpaces() throws Exception {
        Checkout checkout = builtCheckout("a folder with spaces");
        Path link = Files.createSymbolicLink(folder.resolve("link"), checkout.launcher());

        Ended version = launch(link, Map.of(), "--version");
        Ended ps = launch(link, Map.of(), "ps");

        assertThat(version.exitCode()).as(version.err()).isZero();
        assertThat(version.out()).startsWith("finetune ");
        assertThat(version.err()).isEmpty();
        assertThat(ps.out()).contains("no runs yet");
        assertThat(ps.err()).isEqualTo("finetune ps\n");
    }

    @Test
    void saysWhatItDoesFirstAndAsJsonWhereAProgramListens() throws Exception {
        Checkout checkout = builtCheckout("checkout");

        Ended check = launch(checkout.launcher(), Map.of(), "check", "none.yaml", "-o", "json");

        assertThat(check.exitCode()).isEqualTo(3);
        assertThat(check.err().lines())
                .hasSize(2)
                .allSatisfy(line ->
                        assertThat(Json.records().readTree(line).isObject()).isTrue());
        assertThat(check.err()).startsWith("{\"kind\":\"command\",").contains("\"command\":\"check\"");
    }

    @Test
    void makesAnArchiveForItsJavaInTheBackground() throws Exception {
        Checkout checkout = builtCheckout("checkout");
        launch(checkout.launcher(), Map.of(), "--version");

        Path archive = awaitArchive(checkout.target());
        Ended loaded = run(
                Map.of(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:SharedArchiveFile=" + archive,
                "-XX:+UseSerialGC",
                "-Xlog:class+load",
                "-jar",
                checkout.target().resolve("finetune.jar").toString(),
                "--version");

        assertThat(archive.getFileName().toString()).startsWith("startup-" + System.getProperty("java.version"));
        for (Class<?> used : List.of(Main.class, FinetuneCommand.class, CommandLine.class)) {
            assertThat(loaded.out()).contains(used.getName() + " source: shared objects file");
        }
        assertThat(launch(checkout.launcher(), Map.of(), "--version").out()).startsWith("finetune ");
    }

    @Test
    void namesAJavaThatWillNotDo() throws Exception {
        Checkout checkout = builtCheckout("checkout");
        Path old = folder.resolve("jdk-11");
        Files.createDirectories(old.resolve("bin"));
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
        executable(old.resolve("bin/java"), "echo the old Java ran; exit 42");

        Ended wrong = launch(checkout.launcher(), Map.of("JAVA_HOME", "/none"), "ps");
        Ended tooOld = launch(checkout.launcher(), Map.of("JAVA_HOME", old.toString()), "ps");
        Ended none = launch(checkout.launcher(), Map.of("JAVA_HOME", "", "PATH", tools().toString()), "ps");
        Ended json = launch(checkout.launcher(), Map.of("JAVA_HOME", "/no\"ne"), "ps", "--output=json");

        assertThat(wrong.err())
                .contains("error FT0008", "JAVA_HOME is /none, which has no bin/java", "unset JAVA_HOME");
        assertThat(tooOld.err()).contains("error FT0008", "is Java 11.0.2, and finetune needs 17 or newer");
        assertThat(none.err()).contains("error FT0008", "no java was found");
        assertThat(Json.records().readTree(json.err()).at("/code").asText()).isEqualTo("FT0008");
        assertThat(Json.records().readTree(json.out()).at("/exitCode").asInt()).isEqualTo(2);
        assertThat(List.of(wrong, tooOld, none, json))
                .allSatisfy(result -> assertThat(result.exitCode()).isEqualTo(2))
                .allSatisfy(result -> assertThat(result.err().lines()).hasSizeLessThanOrEqualTo(2));
    }

    @Test
    void startsCommandsThatSendOrFetchFilesWithBothCompilers() throws Exception {
        Checkout checkout = checkoutWithoutClasses();
        Map<String, String> java = Map.of("JAVA_HOME", javaThat("echo \"$@\""));

        Map<String, String> started = new TreeMap<>();
        for (String command : CommandNames.all()) {
            started.put(
                    command,
                    launch(checkout.launcher(), java, command, "launch").out());
        }

        assertThat(started)
                .allSatisfy((command, words) -> assertThat(words)
                        .contains(
                                Set.of("launch", "watch", "resume", "fetch", "host")
                                                .contains(command)
                                        ? " -XX:+TieredCompilation "
                                        : " -XX:TieredStopAtLevel=1 ")
                        .containsOnlyOnce("Tiered")
                        .endsWith(" -jar " + checkout.target().resolve("finetune.jar") + " " + command + " launch\n"));
    }

    /** As in containers and under cron. The name is written in bytes: this test's own Java may not have it either. */
    @Test
    void readsArgumentsAsUtf8WhereTheLocaleHasAsciiOnly() throws Exception {
        Path launcher = builtCheckout("checkout").launcher();
        String words = "exec \"$0\" check \"$(printf 't\\303\\244am.yaml')\"";

        for (Map<String, String> ascii : List.of(
                Map.of("LC_ALL", "C"),
                Map.of("LC_ALL", "", "LC_CTYPE", "", "LANG", ""),
                Map.of("LC_ALL", "xx_XX.UTF-8"))) {
            Ended check = run(ascii, "bash", "-c", words, launcher.toString());

            assertThat(check.err()).as(ascii.toString()).contains("error FT0101", "t\u00e4am.yaml");
        }
    }

    @Test
    void leavesALocaleThatIsUtf8AsItIs() throws Exception {
        Path launcher = checkoutWithoutClasses().launcher();
        String java = javaThat("echo \"$LC_ALL-$LANG\"");

        Ended all = launch(launcher, Map.of("JAVA_HOME", java, "LC_ALL", "C.UTF-8", "LANG", "C"), "ps");
        Ended language =
                launch(launcher, Map.of("JAVA_HOME", java, "LC_ALL", "", "LC_CTYPE", "", "LANG", "C.UTF-8"), "ps");

        assertThat(all.out()).isEqualTo("C.UTF-8-C\n");
        assertThat(language.out()).isEqualTo("-C.UTF-8\n");
    }

    /** Few machines have such a locale: the system's word for one stands for it. */
    @Test
    void leavesALocaleOfAnotherCharacterSetThanAsciiAsItIs() throws Exception {
        Path launcher = checkoutWithoutClasses().launcher();
        Path bin = Files.createDirectories(folder.resolve("bin"));
        executable(bin.resolve("locale"), "echo EUC-JP");
        Map<String, String> japanese = Map.of(
                "JAVA_HOME", javaThat("echo \"$LC_ALL\""), "LC_ALL", "C", "PATH", bin + ":" + System.getenv("PATH"));

        assertThat(launch(launcher, japanese, "ps").out()).isEqualTo("C\n");
    }

    @Test
    void givesJavaAnEmptyInputAndNullOutputsForThoseThatAreClosed() throws Exception {
        String launcher = checkoutWithoutClasses().launcher().toString();
        Map<String, String> java = Map.of("JAVA_HOME", javaThat("cat && echo said && echo heard >&2"));

        Ended deaf = run(java, "bash", "-c", "exec \"$0\" chat RUN <&-", launcher);
        Ended mute = run(java, "bash", "-c", "exec \"$0\" chat RUN </dev/null >&-", launcher);
        Ended silent = run(java, "bash", "-c", "exec \"$0\" chat RUN </dev/null 2>&-", launcher);
        Ended shut = run(java, "bash", "-c", "exec \"$0\" chat RUN <&- >&- 2>&-", launcher);

        assertThat(deaf.out()).as(deaf.err()).isEqualTo("said\n");
        assertThat(mute.out()).isEmpty();
        assertThat(mute.err()).isEqualTo("heard\n");
        assertThat(silent.exitCode()).isZero();
        assertThat(silent.out()).isEqualTo("said\n");
        assertThat(shut.exitCode()).isZero();
    }

    @Test
    void buildsOnceWhereTwoFirstUsesMeet() throws Exception {
        Checkout checkout = Checkout.at(folder.resolve("checkout"));
        String path = mavenThat("echo built >> '" + folder.resolve("builds") + "'; sleep 2; cp -R '" + built + "/.' '"
                + checkout.target() + "'");

        ChildProcess first = start(checkout.launcher(), Map.of("PATH", path), "--version");
        ChildProcess second = start(checkout.launcher(), Map.of("PATH", path), "explain", "FT0009", "-o", "json");
        Ended one = first.await();
        Ended two = second.await();

        assertThat(one.out()).as(one.err()).startsWith("finetune ");
        assertThat(two.out()).as(two.err()).contains("\"FT0009\"");
        assertThat(folder.resolve("builds")).hasContent("built");
        assertThat(two.err().lines())
                .allSatisfy(line ->
                        assertThat(Json.records().readTree(line).isObject()).isTrue());
        assertThat(launch(checkout.launcher(), Map.of("PATH", path), "--version")
                        .err())
                .isEmpty();
    }

    @Test
    void leavesOutTheChecksOfTheSourcesOnlyWhereNothingWasBuilt() throws Exception {
        Checkout checkout = Checkout.at(folder.resolve("checkout"));
        Path builds = folder.resolve("builds");
        String path = mavenThat("echo \"$@\" >> '" + builds + "'; cp -R '" + built + "/.' '" + checkout.target() + "'");

        launch(checkout.launcher(), Map.of("PATH", path), "--version");
        Files.writeString(checkout.root().resolve("pom.xml"), "newer than the jar");
        launch(checkout.launcher(), Map.of("PATH", path), "--version");

        assertThat(builds)
                .content()
                .matches(
                        "-B .* -Derrorprone.options=-XepDisableAllChecks package -pl cli -am\n-B [^E]* package -pl cli -am\n");
    }

    @Test
    void showsWhyABuildFailed() throws Exception {
        Checkout checkout = Checkout.at(folder.resolve("checkout"));
        String path = mavenThat("echo '[ERROR] no such artifact'; exit 1");

        Ended failed = launch(checkout.launcher(), Map.of("PATH", path), "ps");

        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.err()).contains("[ERROR] no such artifact", "error FT0009", "mvn package -pl cli -am");
    }

    @Test
    void aCheckoutThatCannotBeWrittenWorksOnceItIsBuilt() throws Exception {
        Checkout bare = Checkout.at(folder.resolve("bare"));
        Checkout whole = builtCheckout("whole");
        Files.writeString(whole.root().resolve("pom.xml"), "newer than the jar");
        Path home = Files.createDirectories(folder.resolve("home"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        makeReadOnly(bare.root());
        makeReadOnly(whole.root());
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));

        Ended refused = run(Map.of("HOME", home.toString()), unprivileged(bare.launcher(), "--version"));
        Ended version = run(Map.of("HOME", home.toString()), unprivileged(whole.launcher(), "--version"));

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("error FT0009", "cannot be written", "cp -r '" + bare.root() + "'");
        assertThat(version.out()).as(version.err()).startsWith("finetune ");
        assertThat(awaitArchive(home.resolve(".cache/finetune4j"))).isNotEmptyFile();
        makeWritable(bare.root());
        makeWritable(whole.root());
    }

    /** Processes with this test's folder in their command lines, as all have that a launcher in it starts. */
    private List<ProcessHandle> runningHere() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains(folder.toString()))
                        .isPresent())
                .toList();
    }

    private Checkout builtCheckout(String name) throws Exception {
        Checkout checkout = Checkout.at(folder.resolve(name));
        Ended copied = run(Map.of(), "cp", "-R", built + "/.", checkout.target().toString());
        assertThat(copied.exitCode()).as(copied.err()).isZero();
        return checkout;
    }

    /** For what a script does instead of Java. */
    private Checkout checkoutWithoutClasses() throws IOException {
        Checkout checkout = Checkout.at(folder.resolve("checkout"));
        Files.createFile(checkout.target().resolve("finetune.jar"));
        return checkout;
    }

    /** A JAVA_HOME whose java is a script. */
    private String javaThat(String does) throws IOException {
        Path jdk = folder.resolve("jdk-17");
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
        executable(jdk.resolve("bin/java"), does);
        return jdk.toString();
    }

    /** Waits for the archive that a launcher makes behind its command's back. */
    private static Path awaitArchive(Path where) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(PATIENCE_SECONDS).toNanos();
        while (System.nanoTime() < deadline) {
            if (Files.isDirectory(where)) {
                try (Stream<Path> files = Files.list(where)) {
                    List<Path> archives = files.filter(file -> file.toString().endsWith(".jsa"))
                            .toList();
                    if (!archives.isEmpty()) {
                        return archives.get(0);
                    }
                }
            }
            Thread.sleep(100);
        }
        throw new AssertionError("no archive was made in " + where);
    }

    /** A PATH on which mvn is a script; everything else is this machine's. */
    private String mavenThat(String does) throws IOException {
        executable(Files.createDirectories(folder.resolve("bin")).resolve("mvn"), does);
        return folder.resolve("bin") + ":" + System.getenv("PATH");
    }

    /** A folder with what the launcher calls but Java and Maven. */
    private Path tools() throws IOException {
        Path bin = Files.createDirectories(folder.resolve("tools"));
        for (String tool : TOOLS.split(" ", -1)) {
            for (String place : new String[] {"/bin", "/usr/bin"}) {
                if (Files.exists(Path.of(place, tool)) && Files.notExists(bin.resolve(tool))) {
                    executable(bin.resolve(tool), "exec " + place + "/" + tool + " \"$@\"");
                }
            }
        }
        return bin;
    }

    private static void executable(Path file, String script) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** For root every folder can be written, so the launcher is run as nobody there. */
    private static String[] unprivileged(Path launcher, String... arguments) {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        }
        command.add(launcher.toString());
        command.addAll(List.of(arguments));
        return command.toArray(String[]::new);
    }

    private void makeReadOnly(Path path) throws Exception {
        assertThat(run(Map.of(), "chmod", "-R", "a+rX,a-w", path.toString()).exitCode())
                .isZero();
    }

    private void makeWritable(Path path) throws Exception {
        assertThat(run(Map.of(), "chmod", "-R", "u+w", path.toString()).exitCode())
                .isZero();
    }

    private Ended launch(Path launcher, Map<String, String> environment, String... arguments) throws Exception {
        return start(launcher, environment, arguments).await();
    }

    private ChildProcess start(Path launcher, Map<String, String> environment, String... arguments) throws IOException {
        return start(
                environment,
                Stream.concat(Stream.of(launcher.toString()), Stream.of(arguments))
                        .toArray(String[]::new));
    }

    private Ended run(Map<String, String> environment, String... command) throws Exception {
        return start(environment, command).await();
    }

    private ChildProcess start(Map<String, String> environment, String... command) throws IOException {
        Map<String, String> all = new HashMap<>(Map.of(
                "JAVA_HOME", System.getProperty("java.home"),
                "FINETUNE_HOME", folder.resolve("finetune-home").toString()));
        all.putAll(environment);
        return ChildProcess.start(folder, all, command);
    }
}
