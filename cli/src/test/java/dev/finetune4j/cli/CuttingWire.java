package dev.finetune4j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

/**
 * Wires to servers that are cut at a byte, all at once: what was to be sent before it has arrived, nothing does after it. Counts what goes over
 * them in turns, a request or an answer each.
 */
final class CuttingWire implements AutoCloseable {
    private static final int BUFFER = 16 << 10;

    private final List<URI> servers;
    private final List<ServerSocket> doors = new ArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private Cut cut = Cut.NEVER;
    private Runnable whenCut = () -> {};
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
        static final Cut NEVER = new Cut(Integer.MAX_VALUE - 1, 0);
    }

    /** Opens a wire to each server. */
    CuttingWire(List<URI> servers) throws IOException {
        this.servers = List.copyOf(servers);
        for (URI server : servers) {
            ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            doors.add(door);
            start(() -> accept(door, server));
        }
    }

    /** Where clients find each server. */
    List<URI> addresses() {
        return IntStream.range(0, doors.size())
                .mapToObj(i -> URI.create(servers.get(i).getScheme() + "://127.0.0.1:"
                        + doors.get(i).getLocalPort()))
                .toList();
    }

    /**
     * Mends the wires and counts anew.
     *
     * @param at where they are cut next
     * @param whenCut called at the byte, before the client can see that they are cut
     */
    synchronized void cutAt(Cut at, Runnable whenCut) throws IOException {
        hangUp();
        cut = at;
        this.whenCut = whenCut;
        turns = 0;
        isCut = false;
    }

    private void accept(ServerSocket door, URI server) {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                Socket upstream = new Socket(server.getHost(), server.getPort());
                connect(client, upstream);
            } catch (IOException e) {
                // Closed, or the server has gone: whoever speaks next learns of it.
            }
        }
    }

    private synchronized void connect(Socket client, Socket upstream) throws IOException {
        sockets.add(client);
        sockets.add(upstream);
        if (isCut) {
            hangUp();
            return;
        }
        Line line = new Line();
        start(() -> pass(client, upstream, line, true));
        start(() -> pass(upstream, client, line, false));
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
                    hangUp();
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

    private void hangUp() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    @Override
    public void close() {
        try {
            for (ServerSocket door : doors) {
                door.close();
            }
            hangUp();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
