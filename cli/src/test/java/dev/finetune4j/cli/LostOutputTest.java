package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.finetune4j.cli.ChildProcess.Ended;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Whoever redirects a result may go on with an empty file, unless the exit code says so. */
class LostOutputTest {
    private static final int MOST_KIBIBYTES = 64;

    @TempDir
    Path folder;

    @Test
    void aResultThatThereIsNoRoomForIsAProblem() throws Exception {
        Ended text = run(intoFull(), "schema");
        Ended json = run(intoFull(), "ps", "-o", "json");
        Ended failed = run(intoFull(), "check", "none.yaml", "-o", "json");

        assertThat(text.exitCode()).as(text.err()).isEqualTo(2);
        assertThat(text.err())
                .contains(
                        "error FT0005: the result could not be written to stdout",
                        "File too large",
                        "try   finetune schema > /path/with/space/FILE",
                        "or    ulimit -f unlimited    # this shell writes no larger files")
                .doesNotContain("choose a file", "df -h");
        assertThat(json.exitCode()).as(json.err()).isEqualTo(2);
        String last = json.err().lines().reduce((before, line) -> line).orElseThrow();
        assertThat(Json.records().readTree(last).at("/code").asText()).isEqualTo("FT0005");
        assertThat(failed.exitCode()).as("what failed before").isEqualTo(3);
    }

    @Test
    void theSameCommandIsProposedButNoSecondRun() throws Exception {
        Ended launched = run(intoFull(), "launch", "none.yaml", "--again", "--yes", "-o", "json");

        assertThat(launched.err())
                .contains("finetune launch none.yaml --yes -o json > /path/with/space/FILE")
                .doesNotContain("--again");
    }

    @Test
    void theCommandIsProposedWithoutItsSecrets() throws Exception {
        Ended checked = run(intoFull(), "check", "https://there.example/job.yaml?sig=abcdefgh", "-o", "json");

        assertThat(checked.err())
                .contains("finetune check 'https://there.example/job.yaml?sig=[redacted]' -o json >")
                .doesNotContain("sig=abcdefgh' -o json >");
    }

    /** The one place on a system that always says so; not every system has it. */
    @Test
    void aFullDiskIsSaidToBeFull() throws Exception {
        assumeThat(Path.of("/dev/full")).exists();

        Ended schema = run("exec \"$@\" >/dev/full", "schema");

        assertThat(schema.exitCode()).as(schema.err()).isEqualTo(2);
        assertThat(schema.err()).contains("no space is left on the disk", "or    df -h    # make room on the disk");
    }

    @Test
    void whatNoRoomHelpsIsNotOfferedAny() throws Exception {
        Ended closed = run("exec \"$@\" >&-", "schema");

        assertThat(closed.exitCode()).as(closed.err()).isEqualTo(2);
        assertThat(closed.err())
                .contains("try   finetune schema > /path/with/space/FILE")
                .doesNotContain("df -h");
    }

    @Test
    void aReaderThatHasReadEnoughIsNone() throws Exception {
        Ended schema = run("\"$@\" | true; exit \"${PIPESTATUS[0]}\"", "schema");
        Ended appended = run("exec \"$@\" >> >(true)", "schema");

        assertThat(schema.exitCode()).as(schema.err()).isZero();
        assertThat(schema.err()).isEqualTo("finetune schema\n");
        assertThat(appended.exitCode()).as(appended.err()).isZero();
    }

    /** A pipe that is full where nobody waits for it; its reader comes once the command has something to write. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aReaderThatIsLateGetsAll() throws Exception {
        String full = "dd if=/dev/zero bs=4096 count=4096 oflag=nonblock 2>/dev/null; ";
        Ended late = run("{ " + full + "\"$@\"; echo $? >&2; } | { sleep 5; tr -d '\\0'; }", "schema");

        assertThat(late.err()).isEqualTo("finetune schema\n0\n");
        assertThat(late.out()).isEqualTo(run("exec \"$@\"", "schema").out());
    }

    /** Of a connection that was reset the system has no word of a pipe, as it has none in other languages than English. */
    @Test
    void aReaderThatIsGoneIsKnownInEveryLanguage() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ChildProcess ps = start("exec \"$@\" >/dev/tcp/127.0.0.1/" + server.getLocalPort(), "ps", "-o", "json");
            Socket reader = server.accept();
            reader.setSoLinger(true, 0);
            reader.close();

            Ended ended = ps.await();

            assertThat(ended.exitCode()).as(ended.err()).isZero();
            assertThat(ended.err()).doesNotContain("FT0005");
        }
    }

    /** A file that may not grow stands for one on a full disk: that can be had on every system. */
    private String intoFull() throws IOException {
        Path full = Files.write(folder.resolve("full"), new byte[MOST_KIBIBYTES << 10]);
        return "ulimit -f " + MOST_KIBIBYTES + "; exec \"$@\" >>'" + full + "'";
    }

    private Ended run(String script, String... arguments) throws Exception {
        return start(script, arguments).await();
    }

    private ChildProcess start(String script, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("bash", "-c", script, "-"));
        command.addAll(JavaProcess.command(List.of(), Main.class, List.of(arguments)));
        return ChildProcess.start(
                folder, Map.of("FINETUNE_HOME", folder.resolve("home").toString()), command.toArray(String[]::new));
    }
}
