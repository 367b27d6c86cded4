package dev.finetune4j.offlinecloud.azure.blob;

import dev.finetune4j.offlinecloud.wire.LoopbackCertificate;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Blob storage on this machine: Microsoft's emulator Azurite, as a process of its own, over https with a certificate made for it. It takes
 * tokens of Entra ID without looking at their signature, and keeps what is stored in its memory until it is closed. It has an account of any name,
 * with the same key.
 */
public final class Azurite implements AutoCloseable {
    /** The account that is there from the start. */
    public static final String ACCOUNT = "devstoreaccount1";

    /** The account's key, which is the same everywhere and protects nothing. */
    public static final String KEY =
            "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static final String PACKAGE = "azurite@3.35.0";
    private static final String MAIN = "node_modules/azurite/dist/src/blob/main.js";
    private static final String ADDITIONS = "azurite-additions.js";
    private static final Pattern ASKS = Pattern.compile("may (\\d+) (\\S+) (\\S+) (\\S+)");
    private static final Pattern LISTENS = Pattern.compile("listens on (https://\\S+)");

    private final Process process;
    private final Path folder;
    private final LoopbackCertificate certificate;
    private final URI endpoint;
    private volatile BlobGuard guard = (operation, account, container) -> true;

    private Azurite(Process process, Path folder, LoopbackCertificate certificate) throws IOException {
        this.process = process;
        this.folder = folder;
        this.certificate = certificate;
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        endpoint = listening(lines);
        Thread questions = new Thread(() -> answer(lines), "azurite questions");
        questions.setDaemon(true);
        questions.start();
    }

    /**
     * Starts it on a free port of the loopback address, and installs it before if it is not there. Takes some seconds, and half a minute
     * with the installation.
     *
     * @param installation folder that npm installs it into; several processes may share it
     * @throws IOException if Node.js or npm is missing, or it does not start
     */
    public static Azurite start(Path installation) throws IOException {
        Path main = installed(installation.toAbsolutePath());
        Path folder = Files.createTempDirectory("azurite-");
        LoopbackCertificate certificate = LoopbackCertificate.create(folder);
        Path additions = folder.resolve(ADDITIONS);
        try (InputStream in = Objects.requireNonNull(Azurite.class.getResourceAsStream(ADDITIONS))) {
            Files.copy(in, additions);
        }
        Process process = started(new ProcessBuilder(
                        "node",
                        "--require",
                        additions.toString(),
                        main.toString(),
                        "--blobHost",
                        "127.0.0.1",
                        "--blobPort",
                        "0",
                        "--inMemoryPersistence",
                        "--disableTelemetry",
                        "--silent",
                        "--skipApiVersionCheck",
                        "--oauth",
                        "basic",
                        "--cert",
                        certificate.certificate().toString(),
                        "--key",
                        certificate.key().toString())
                .directory(folder.toFile()));
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "azurite end"));
        return new Azurite(process, folder, certificate);
    }

    /** Whether {@link #start} would find this version completely installed in a folder, and would not have npm fetch it. */
    public static boolean isInstalled(Path installation) {
        return Files.exists(done(installation));
    }

    /** One thread of this process at a time, which cannot lock a file twice. */
    private static synchronized Path installed(Path installation) throws IOException {
        Path main = installation.resolve(MAIN);
        Path done = done(installation);
        Files.createDirectories(installation);
        try (FileChannel channel = FileChannel.open(
                installation.resolve("install.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock(); // until the channel is closed
            if (!Files.exists(done)) {
                Process npm = started(new ProcessBuilder(
                        "npm",
                        "install",
                        "--silent",
                        "--no-audit",
                        "--no-fund",
                        "--prefix",
                        installation.toString(),
                        PACKAGE));
                String said = new String(npm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (waited(npm) != 0) {
                    throw new IOException("npm could not install " + PACKAGE + " into " + installation
                            + "; look at what it says, then try again: " + said);
                }
                Files.createFile(done);
            }
        }
        return main;
    }

    /** Written once npm has ended well: what it leaves where it was broken off looks like an installation, too. */
    private static Path done(Path installation) {
        return installation.resolve(PACKAGE + ".installed");
    }

    private static Process started(ProcessBuilder builder) throws IOException {
        try {
            return builder.redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new IOException(
                    builder.command().get(0)
                            + " is not on the PATH, which Azurite needs: install Node.js 20 with npm, as by"
                            + " \"apt-get install nodejs npm\"",
                    e);
        }
    }

    private static int waited(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroy();
            throw new IOException("interrupted while Azurite was installed", e);
        }
    }

    private static URI listening(BufferedReader lines) throws IOException {
        StringBuilder said = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher address = LISTENS.matcher(line);
            if (address.find()) {
                return URI.create(address.group(1) + "/" + ACCOUNT);
            }
            said.append(line).append('\n');
        }
        throw new IOException("Azurite did not start: " + said);
    }

    /** It asks for each call that comes with a token. What else it says does not matter, but it would wait once a pipe that nobody reads is full. */
    private void answer(BufferedReader lines) {
        try (BufferedWriter answers = process.outputWriter(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher asked = ASKS.matcher(line);
                if (asked.matches()) {
                    boolean isAllowed = guard.allows(asked.group(2), asked.group(3), asked.group(4));
                    answers.write(asked.group(1) + " " + isAllowed + "\n");
                    answers.flush();
                }
            }
        } catch (IOException e) {
            // ended
        }
    }

    /** From now on callers with tokens may do what this allows; at first they may do everything. Links that are signed may do what they say. */
    public void guardedBy(BlobGuard other) {
        guard = other;
    }

    /** Where the first account is: {@code https://127.0.0.1:PORT/devstoreaccount1}. */
    public URI endpoint() {
        return endpoint;
    }

    /** What it is served with; clients trust its PEM file. */
    public LoopbackCertificate certificate() {
        return certificate;
    }

    /** A client of the first account. */
    public BlobStore store() {
        return new BlobStore(endpoint, certificate.client());
    }

    /** Ends it, and forgets what was stored. */
    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
