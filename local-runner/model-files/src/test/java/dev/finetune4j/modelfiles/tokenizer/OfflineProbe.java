package dev.finetune4j.modelfiles.tokenizer;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Uses a tokenizer in a process of its own, since libraries load once, and ends with the number of sockets that it saw. */
final class OfflineProbe {
    static final int PROBE_IS_BLIND = 99;

    private OfflineProbe() {}

    @SuppressWarnings("deprecation") // the only hook that sees every socket of the JDK
    public static void main(String[] arguments) throws IOException {
        AtomicInteger sockets = new AtomicInteger();
        Socket.setSocketImplFactory(() -> {
            sockets.incrementAndGet();
            throw new IllegalStateException("no socket may be opened");
        });

        try (Tokenizer tokenizer = Tokenizer.open(TokenizerJson.read(Path.of(arguments[0])))) {
            tokenizer.encode("fox");
            sockets.addAndGet(openSocketsOfTheProcess());
        }

        System.exit(seesSockets(sockets.get(), sockets) ? sockets.get() - 1 : PROBE_IS_BLIND);
    }

    /** Internet sockets of this process, native code's too; the JDK itself holds a local pair. */
    private static int openSocketsOfTheProcess() throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return 0;
        }
        String internet = "";
        for (String protocol : List.of("tcp", "tcp6", "udp", "udp6")) {
            Path table = Path.of("/proc/self/net", protocol);
            internet += Files.exists(table) ? Files.readString(table) : "";
        }
        String sockets = internet;
        try (Stream<Path> links = Files.list(descriptors)) {
            return (int) links.map(OfflineProbe::socketNumber)
                    .filter(number -> !number.isEmpty() && sockets.contains(" " + number + " "))
                    .count();
        }
    }

    private static String socketNumber(Path link) {
        try {
            String target = Files.readSymbolicLink(link).toString();
            return target.startsWith("socket:[") ? target.substring(8, target.length() - 1) : "";
        } catch (IOException e) {
            // The descriptor of the listing itself is gone by now.
            return "";
        }
    }

    private static boolean seesSockets(int before, AtomicInteger sockets) throws IOException {
        try {
            new Socket("localhost", 9).close();
        } catch (IllegalStateException e) {
            return sockets.get() == before + 1;
        }
        return false;
    }
}
