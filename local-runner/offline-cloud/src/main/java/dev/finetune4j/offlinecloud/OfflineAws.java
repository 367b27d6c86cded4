package dev.finetune4j.offlinecloud;

import dev.finetune4j.offlinecloud.logs.LogBook;
import dev.finetune4j.offlinecloud.logs.OfflineLogs;
import dev.finetune4j.offlinecloud.sagemaker.Container;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.offlinecloud.wire.Faults;
import dev.finetune4j.offlinecloud.wire.JsonProtocol;
import dev.finetune4j.offlinecloud.wire.JsonService;
import dev.finetune4j.offlinecloud.wire.OfflineServer;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;

/**
 * Amazon's cloud in this process, as far as it trains: SageMaker's training jobs and their logs behind the real protocol, for any client. It lives as
 * long as it is open and keeps nothing.
 *
 * <pre>{@code
 * try (OfflineAws aws = OfflineAws.start(Account.sample(), clock, Pace.LIFELIKE, PlannedContainer.succeedingAfter(ofHours(3)))) {
 *     SageMakerClient client = SageMakerClient.builder().endpointOverride(aws.endpoint())...build();
 * }
 * }</pre>
 */
public final class OfflineAws implements AutoCloseable {
    private static final long BETWEEN_LOOKS_MILLIS = 20;
    private static final int KEY_BYTES = 8;

    private final OfflineSageMaker sageMaker;
    private final LogBook logs;
    private final Faults faults;
    private final String accessKeyId;
    private final OfflineServer server;
    private final Thread life;

    private OfflineAws(
            OfflineSageMaker sageMaker, LogBook logs, Faults faults, String accessKeyId, OfflineServer server) {
        this.sageMaker = sageMaker;
        this.logs = logs;
        this.faults = faults;
        this.accessKeyId = accessKeyId;
        this.server = server;
        life = new Thread(this::live, "offline-cloud life");
        life.setDaemon(true);
        life.start();
    }

    /** On a clock that goes by itself something happens whether anybody asks or not. */
    private void live() {
        try {
            while (true) {
                sageMaker.advance();
                Thread.sleep(BETWEEN_LOOKS_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    /**
     * Opens it on a free port of the loopback address.
     *
     * @param account whose jobs it runs, and where
     * @param clock by which jobs live; may be virtual
     * @param pace how long it takes for what is not training
     * @param container what jobs run
     * @throws IOException if no port can be had
     */
    public static OfflineAws start(OfflineSageMaker.Account account, Clock clock, Pace pace, Container container)
            throws IOException {
        LogBook logs = new LogBook(clock);
        OfflineSageMaker sageMaker = new OfflineSageMaker(account, clock, pace, container, logs);
        List<JsonService> services = List.of(sageMaker, new OfflineLogs(logs, account.region(), account.id()));
        Faults faults = new Faults();
        String key = accessKey();
        OfflineServer server = OfflineServer.start(List.of(new JsonProtocol(account.region(), key, services)), faults);
        return new OfflineAws(sageMaker, logs, faults, key, server);
    }

    /** Nobody else on this machine can guess it: containers may be real, and then a job is a command. */
    private static String accessKey() {
        byte[] random = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(random);
        return "OFFL" + HexFormat.of().withUpperCase().formatHex(random);
    }

    /** Where clients find it. */
    public URI endpoint() {
        return server.endpoint();
    }

    /** The only access key that is known; its secret may be anything, since no signature is computed. */
    public String accessKeyId() {
        return accessKeyId;
    }

    /** The service itself, to let machines run out or be taken back. */
    public OfflineSageMaker sageMaker() {
        return sageMaker;
    }

    /** What containers printed. */
    public LogBook logs() {
        return logs;
    }

    /** What is to go wrong with the next calls. */
    public Faults faults() {
        return faults;
    }

    /** Calls of an operation so far, in the order of the answers. */
    public List<Call> calls(String operation) {
        return server.calls().stream()
                .filter(call -> call.operation().equals(operation))
                .toList();
    }

    /** Ends all connections and containers. */
    @Override
    public void close() {
        server.close();
        life.interrupt();
        sageMaker.shutDown();
    }
}
