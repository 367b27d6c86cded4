package dev.finetune4j.offlinecloud.wire;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.finetune4j.offlinecloud.wire.Faults.Fault;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/**
 * Serves services of several protocols at one port of this machine's loopback address, lets their calls go wrong as planned, and keeps a
 * record of them.
 */
public final class OfflineServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(OfflineServer.class.getName());

    static {
        // Without it the JDK's server sends an answer's head and body 40 ms apart. It reads this once, when it is
        // loaded.
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
    }

    private final HttpServer server;
    private final ExecutorService threads;
    private final List<Protocol> protocols;
    private final Gate gate;
    private final Faults faults;
    private final CallLog calls;

    private OfflineServer(
            HttpServer server,
            ExecutorService threads,
            List<Protocol> protocols,
            Gate gate,
            Faults faults,
            CallLog calls) {
        this.server = server;
        this.threads = threads;
        this.protocols = List.copyOf(protocols);
        this.gate = gate;
        this.faults = faults;
        this.calls = calls;
    }

    /**
     * Begins to serve on a port that is free.
     *
     * @param protocols asked in this order who speaks what a request speaks; the last one gets what nobody does
     * @param gate decides who may do what
     * @param faults what is to go wrong with the next calls
     * @param calls keeps a record of them
     * @throws IOException if no port can be had
     */
    public static OfflineServer start(List<Protocol> protocols, Gate gate, Faults faults, CallLog calls)
            throws IOException {
        return start(HttpServer.create(anyPort(), 0), protocols, gate, faults, calls);
    }

    /**
     * Begins to serve over TLS on a port that is free.
     *
     * @param protocols asked in this order who speaks what a request speaks; the last one gets what nobody does
     * @param gate decides who may do what
     * @param faults what is to go wrong with the next calls
     * @param calls keeps a record of them
     * @param tls has the server's certificate and key
     * @throws IOException if no port can be had
     */
    public static OfflineServer start(List<Protocol> protocols, Gate gate, Faults faults, CallLog calls, SSLContext tls)
            throws IOException {
        HttpsServer https = HttpsServer.create(anyPort(), 0);
        https.setHttpsConfigurator(new HttpsConfigurator(tls));
        return start(https, protocols, gate, faults, calls);
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static OfflineServer start(
            HttpServer http, List<Protocol> protocols, Gate gate, Faults faults, CallLog calls) {
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "offline-cloud");
            thread.setDaemon(true);
            return thread;
        });
        OfflineServer server = new OfflineServer(http, threads, protocols, gate, faults, calls);
        http.setExecutor(threads);
        http.createContext("/", server::handle);
        http.start();
        return server;
    }

    /** Where clients find it. */
    public URI endpoint() {
        String scheme = server instanceof HttpsServer ? "https://" : "http://";
        return URI.create(scheme + server.getAddress().getHostString() + ":"
                + server.getAddress().getPort());
    }

    private void handle(HttpExchange exchange) throws IOException {
        Instant now = faults.serviceTime();
        try (exchange) {
            Protocol.Request request = protocol(exchange).receive(exchange);
            Optional<Fault> fault = faults.next(request.operation());
            if (fault.isPresent() && fault.get() instanceof Fault.LostRequest) {
                note(request, 0, false);
                return; // closed without an answer
            }
            try (Answer answer = answer(exchange, now, request, fault)) {
                if (fault.isPresent() && fault.get() instanceof Fault.LostAnswer && isGood(answer)) {
                    note(request, 0, true);
                    return; // closed without an answer
                }
                if (fault.isPresent() && fault.get() instanceof Fault.LateError late && isGood(answer)) {
                    try (Answer error = request.refusal(late.error())) {
                        note(request, error.status(), true);
                        send(exchange, error, Long.MAX_VALUE);
                    }
                    return;
                }
                note(request, answer.status(), isGood(answer));
                send(
                        exchange,
                        answer,
                        fault.isPresent() && fault.get() instanceof Fault.BrokenAnswer broken
                                ? broken.bytes()
                                : Long.MAX_VALUE);
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the offline cloud met an unexpected error", e);
            throw e;
        }
    }

    private Protocol protocol(HttpExchange exchange) {
        return protocols.stream()
                .filter(candidate -> candidate.isSpokenBy(exchange))
                .findFirst()
                .orElse(protocols.get(protocols.size() - 1));
    }

    private Answer answer(HttpExchange exchange, Instant now, Protocol.Request request, Optional<Fault> fault)
            throws IOException {
        try {
            SigningTime.check(exchange, now, request.allowedSkew());
            request.admit();
            gate.check(request.session());
            for (Access access : request.accesses()) {
                gate.admit(request.session(), access);
            }
            if (fault.isPresent() && fault.get() instanceof Fault.Denial) {
                throw denial(request);
            }
            if (fault.isPresent() && fault.get() instanceof Fault.Refusal refusal) {
                throw refusal.error();
            }
            return request.answer();
        } catch (ServiceError error) {
            return request.refusal(error);
        }
    }

    private ServiceError denial(Protocol.Request request) throws ServiceError {
        List<Access> accesses = request.accesses();
        return accesses.isEmpty()
                ? ServiceError.of("AccessDeniedException", "Access Denied")
                : gate.denial(request.session(), accesses.get(0));
    }

    private static boolean isGood(Answer answer) {
        return answer.status() < 300;
    }

    /** A client that is answered before it has sent all sees a broken connection instead of the answer. */
    private static void send(HttpExchange exchange, Answer answer, long most) throws IOException {
        exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
        answer.send(exchange, most);
    }

    private void note(Protocol.Request request, int status, boolean hadEffect) {
        calls.add(new Call(request.operation(), request.parameters(), status, hadEffect));
    }

    /** Ends all connections. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
