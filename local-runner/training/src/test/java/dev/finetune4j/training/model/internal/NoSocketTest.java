package dev.finetune4j.training.model.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bringing libtorch up asks nothing of the network. The engine starts in a process of its own whose JVM logs each class that it loads:
 * Java code cannot open a socket, or begin an HTTP request, without loading one of the classes below.
 */
class NoSocketTest {
    private static final String SOCKET_CLASSES = "java\\.net\\.(Socket|HttpURLConnection|SocksSocketImpl)"
            + "|sun\\.nio\\.ch\\.(Net|NioSocketImpl)|java\\.net\\.http\\..*";

    @TempDir
    Path folder;

    @Test
    void startingTheEngineLoadsNoSocketClass() throws Exception {
        assertThat(socketClasses(StartsTheEngine.class)).isEmpty();
    }

    @Test
    void openingASocketWouldBeSeen() throws Exception {
        assertThat(socketClasses(OpensASocket.class)).contains("java.net.Socket");
    }

    /** Runs a main class and gives the socket classes that it made the JVM load. */
    private List<String> socketClasses(Class<?> main) throws IOException, InterruptedException {
        Path log = folder.resolve("classes.log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:off",
                "-Xlog:class+load=info:file=" + log,
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(folder.resolve("output")))
                .isZero();
        return Files.readAllLines(log).stream()
                .map(line -> line.substring(line.lastIndexOf(']') + 1).trim().split(" ")[0])
                .filter(name -> name.matches(SOCKET_CLASSES))
                .toList();
    }

    /** What a worker does first. */
    static final class StartsTheEngine {
        private StartsTheEngine() {}

        /** Starts it. */
        public static void main(String[] arguments) {
            TorchRuntime.start(1);
            try (TorchScript script = TorchScript.load()) {
                script.integers(new int[] {1, 2}).close();
            }
        }
    }

    /** What must not happen. */
    static final class OpensASocket {
        private OpensASocket() {}

        /** Talks to itself. */
        public static void main(String[] arguments) throws IOException {
            try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
                if (!socket.isConnected()) {
                    throw new IOException("not connected");
                }
            }
        }
    }
}
