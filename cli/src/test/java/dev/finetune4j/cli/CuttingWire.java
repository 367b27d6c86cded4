package dev.finetune4j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A wire to a server that is cut at a byte: what was to be sent before it has arrived, nothing does after it. Counts what goes over it in
 * turns, a request or an answer each.
 */
final class CuttingWire implements AutoCloseable {
    private static final int BUFFER = 16 << 10;

    private final URI server;
    private final ServerSocket door;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final Cut cut;
    private final Runnable whenCut;
    private int turns;
    private boolean isCut;

    /**
     * Where a wire is cut.
     *
     * @param turn the requests and answers that pass whole before
     * @param bytes what passes of the next one; the whole of it where it is shorter
     */
    record Cut(int turn, long bytes) {
        /** Nowhere. */
        static final Cut NEVER = new Cut(Integer.MAX_VALUE, 0);
    }

    /**
     * Opens a wire.
     *
     * @param server an address of plain HTTP
     * @param whenCut called at the byte, before the client can see that the wire is cut
     */
    CuttingWire(URI server, Cut cut, Runnable whenCut) throws IOException {
        this.server = server;
        this.cut = cut;
        this.whenCut = whenCut;
        this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    /** Where clients find the server. */
    URI address() {
        return URI.create("http://127.0.0.1:" + door.getLocalPort());
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                Socket upstream = new Socket(server.getHost(), server.getPort());
                sockets.add(client);
                sockets.add(upstream);
                Line line = new Line();
                start(() -> pass(client, upstream, line, true));
                start(() -> pass(upstream, client, line, false));
            } catch (IOException e) {
                close();
            }
        }
    }

    /** One connection: who spoke last on it, and how much of this turn has passed. */
    private static final class Line {
        private boolean isRequest;
        private boolean hasBegun;
        private long passed;
    }

    private void pass(Socket from, Socket to, Line line, boolean isRequest) {
        byte[] buffer = new byte[BUFFER];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (!forward(buffer, count, out, line, isRequest)) {
                    close();
                    return;
                }
            }
        } catch (IOException e) {
            // One side is gone; both sockets are closed here, so that the other side learns of it.
        }
    }

    private synchronized boolean forward(byte[] buffer, int count, OutputStream out, Line line, boolean isRequest)
            throws IOException {
        if (isCut) {
            return false;
        }
        if (!line.hasBegun || line.isRequest != isRequest) {
            line.hasBegun = true;
            line.isRequest = isRequest;
            line.passed = 0;
            turns++;
        }
        boolean isLast = turns > cut.turn() + 1 || (turns == cut.turn() + 1 && line.passed + count >= cut.bytes());
        int passing = turns > cut.turn() + 1
                ? 0
                : isLast ? (int) Math.max(0, Math.min(count, cut.bytes() - line.passed)) : count;
        out.write(buffer, 0, passing);
        out.flush();
        line.passed += passing;
        if (isLast) {
            isCut = true;
            whenCut.run();
        }
        return !isLast;
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "cutting-wire");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            door.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
