package dev.finetune4j.offlinecloud;

import dev.finetune4j.offlinecloud.bedrock.OfflineBedrock;
import dev.finetune4j.offlinecloud.bedrock.TuningPace;
import dev.finetune4j.offlinecloud.cloudwatch.OfflineMetrics;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.control.ControlProtocol;
import dev.finetune4j.offlinecloud.control.Orders;
import dev.finetune4j.offlinecloud.iam.IamQueries;
import dev.finetune4j.offlinecloud.iam.OfflineIam;
import dev.finetune4j.offlinecloud.logs.LogBook;
import dev.finetune4j.offlinecloud.logs.OfflineLogs;
import dev.finetune4j.offlinecloud.prices.OfflinePrices;
import dev.finetune4j.offlinecloud.quotas.OfflineQuotas;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import dev.finetune4j.offlinecloud.s3.S3Protocol;
import dev.finetune4j.offlinecloud.sagemaker.OfflineHub;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.offlinecloud.sts.OfflineSts;
import dev.finetune4j.offlinecloud.sts.RoleSessions;
import dev.finetune4j.offlinecloud.wire.AbsentServices;
import dev.finetune4j.offlinecloud.wire.AccessKey;
import dev.finetune4j.offlinecloud.wire.AccessKeys;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.offlinecloud.wire.CallLog;
import dev.finetune4j.offlinecloud.wire.Faults;
import dev.finetune4j.offlinecloud.wire.JsonProtocol;
import dev.finetune4j.offlinecloud.wire.JsonService;
import dev.finetune4j.offlinecloud.wire.OfflineServer;
import dev.finetune4j.offlinecloud.wire.QueryProtocol;
import dev.finetune4j.offlinecloud.wire.RestJsonProtocol;
import dev.finetune4j.offlinecloud.wire.SignatureCheck;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Amazon's cloud in this process, as far as it trains: SageMaker's training jobs with their logs, metrics and quotas, JumpStart's hub,
 * Bedrock's model customization, the price list, S3, STS and IAM, behind the real protocols, for any client. It lives as long as it is open
 * and keeps nothing.
 *
 * <pre>{@code
 * try (OfflineAws aws = OfflineAws.start(Account.sample(), clock, Pace.LIFELIKE, PlannedContainer.succeedingAfter(ofHours(3)))) {
 *     SageMakerClient client = SageMakerClient.builder().endpointOverride(aws.endpoint())...build();
 * }
 * }</pre>
 */
public final class OfflineAws implements AutoCloseable {
    private static final long BETWEEN_LOOKS_MILLIS = 20;

    /** A machine renews its role's credentials as long as it is there. */
    private static final Duration LONGEST_JOB = Duration.ofDays(30);

    private static final String CONTROL = "/offline-cloud/control/";

    private final OfflineSageMaker sageMaker;
    private final List<OfflineBedrock> bedrocks;
    private final OfflinePrices prices;
    private final LogBook logs;
    private final OfflineS3 s3;
    private final OfflineIam iam;
    private final Faults faults;
    private final CallLog calls;
    private final AccessKey user;
    private final RoleSessions sessions;
    private final String control;
    private final OfflineServer server;
    private final Thread life;

    private OfflineAws(
            OfflineSageMaker sageMaker,
            List<OfflineBedrock> bedrocks,
            OfflinePrices prices,
            LogBook logs,
            OfflineS3 s3,
            OfflineIam iam,
            Faults faults,
            CallLog calls,
            AccessKey user,
            RoleSessions sessions,
            String control,
            OfflineServer server) {
        this.sageMaker = sageMaker;
        this.bedrocks = List.copyOf(bedrocks);
        this.prices = prices;
        this.logs = logs;
        this.s3 = s3;
        this.iam = iam;
        this.faults = faults;
        this.calls = calls;
        this.user = user;
        this.sessions = sessions;
        this.control = control;
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
                bedrocks.forEach(OfflineBedrock::advance);
                Thread.sleep(BETWEEN_LOOKS_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    /**
     * Opens it on a free port of the loopback address. What is stored in S3 lies in a folder for temporary files until it is closed; a
     * container that works on the same buckets is made with a store of its own.
     *
     * @param account whose jobs it runs, and where
     * @param clock by which jobs live; may be virtual
     * @param pace how long it takes for what is not training
     * @param container what jobs run
     * @throws IOException if no port can be had
     */
    public static OfflineAws start(Account account, Clock clock, Pace pace, Container container) throws IOException {
        Path folder = Files.createTempDirectory("offline-s3-");
        return start(account, clock, pace, container, new OfflineS3(folder, account.id(), account.region(), clock));
    }

    /**
     * Opens it on a free port of the loopback address.
     *
     * @param account whose jobs it runs, and where
     * @param clock by which jobs live; may be virtual
     * @param pace how long it takes for what is not training
     * @param container what jobs run
     * @param s3 the buckets; its objects go when this is closed
     * @throws IOException if no port can be had
     */
    public static OfflineAws start(Account account, Clock clock, Pace pace, Container container, OfflineS3 s3)
            throws IOException {
        return start(account, clock, pace, container, s3, OfflineHub.shipped(account.region(), clock));
    }

    /**
     * Opens it on a free port of the loopback address, with a hub of the user's own.
     *
     * @param account whose jobs it runs, and where
     * @param clock by which jobs live; may be virtual
     * @param pace how long it takes for what is not training
     * @param container what jobs run
     * @param s3 the buckets; its objects go when this is closed
     * @param hub JumpStart's models
     * @throws IOException if no port can be had
     */
    public static OfflineAws start(
            Account account, Clock clock, Pace pace, Container container, OfflineS3 s3, OfflineHub hub)
            throws IOException {
        LogBook logs = new LogBook(clock);
        AccessKeys keys = new AccessKeys();
        SignatureCheck signatures = new SignatureCheck(keys);
        RoleSessions sessions = new RoleSessions(account.id(), keys, clock);
        OfflineIam iam = new OfflineIam(account.id(), account.region(), account.roles(), sessions, clock);
        s3.guard(iam);
        OfflineSageMaker sageMaker = new OfflineSageMaker(account, clock, pace, container, logs, iam, s3, hub);
        List<OfflineBedrock> bedrocks = bedrocks(account, clock, s3, iam);
        List<JsonService> tuning = new ArrayList<>(bedrocks);
        bedrocks.forEach(bedrock -> tuning.add(bedrock.runtime()));
        OfflinePrices prices = OfflinePrices.shipped();
        List<JsonService> services = List.of(
                sageMaker,
                prices,
                new OfflineMetrics(sageMaker.metrics()),
                new OfflineLogs(logs, account.region(), account.id()),
                new OfflineQuotas(
                        account.region(),
                        account.id(),
                        clock,
                        Map.of("sagemaker", sageMaker::quotas, "bedrock", bedrocks.get(0)::quotas)));
        Faults faults = new Faults(clock);
        CallLog calls = new CallLog();
        String control = CONTROL + UUID.randomUUID(); // nothing that jobs know
        Orders orders = new Orders(sageMaker, bedrocks, logs, faults);
        OfflineServer server = OfflineServer.start(
                List.of(
                        new ControlProtocol(control, orders, calls),
                        new JsonProtocol(account.region(), signatures, services),
                        new RestJsonProtocol(account.region(), signatures, tuning),
                        new QueryProtocol(new OfflineSts(iam, sessions), signatures),
                        new QueryProtocol(new IamQueries(iam, clock), signatures),
                        new AbsentServices(),
                        new S3Protocol(s3, signatures)),
                iam,
                faults,
                calls);
        container.connect(role -> {
            AccessKey key = sessions.begin(role, "SageMaker", LONGEST_JOB).key();
            return Map.of(
                    "AWS_ENDPOINT_URL", server.endpoint().toString(),
                    "AWS_REGION", account.region(),
                    "AWS_DEFAULT_REGION", account.region(), // Python knows this one only
                    "AWS_ACCESS_KEY_ID", key.id(),
                    "AWS_SECRET_ACCESS_KEY", key.secret(),
                    "AWS_SESSION_TOKEN", key.token());
        });
        return new OfflineAws(
                sageMaker, bedrocks, prices, logs, s3, iam, faults, calls, keys.make(""), sessions, control, server);
    }

    /** In the account's region, and where in its partition models can be tuned. */
    private static List<OfflineBedrock> bedrocks(Account account, Clock clock, OfflineS3 s3, OfflineIam iam) {
        return Stream.concat(Stream.of(account.region()), OfflineBedrock.tuningRegions(account.region()).stream())
                .distinct()
                .map(region -> new Account(account.id(), region, account.roles()))
                .map(there -> new OfflineBedrock(there, clock, TuningPace.LIFELIKE, s3, iam))
                .toList();
    }

    /** Where clients find it. */
    public URI endpoint() {
        return server.endpoint();
    }

    /**
     * Where programs that are not Java order what is to go wrong: {@code POST} of {@code {"do": "sell-out", "machine": "ml.g5.xlarge"}}, and
     * {@code GET} of the calls that were made.
     */
    public URI control() {
        return endpoint().resolve(control);
    }

    /** The access key of the account's own user. */
    public String accessKeyId() {
        return user.id();
    }

    /** The secret that belongs to it. */
    public String secretAccessKey() {
        return user.secret();
    }

    /** Begins a session of the account's own user, as STS does for {@code GetSessionToken}. */
    public AccessKey beginSession(Duration length) {
        return sessions.beginAsUser(iam.user(), length).key();
    }

    /** The service itself, to let machines run out or be taken back. */
    public OfflineSageMaker sageMaker() {
        return sageMaker;
    }

    /** Bedrock itself in the account's region, to let jobs fail, quotas be small, or all go fast. */
    public OfflineBedrock bedrock() {
        return bedrocks.get(0);
    }

    /**
     * Bedrock in another region: it tunes in few of them, so that it is there besides the account's own region.
     *
     * @throws IllegalArgumentException if it is not played there
     */
    public OfflineBedrock bedrock(String region) {
        return bedrocks.stream()
                .filter(one -> one.ownRegion().equals(Optional.of(region)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Bedrock is not played in " + region));
    }

    /** The price list, to let something cost something else. */
    public OfflinePrices prices() {
        return prices;
    }

    /** The buckets, to make some of them and to look into them. */
    public OfflineS3 s3() {
        return s3;
    }

    /** What callers and roles may do, which is everything until somebody says otherwise. */
    public OfflineIam iam() {
        return iam;
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
        return calls.of(operation);
    }

    /** Ends all connections and containers. */
    @Override
    public void close() {
        server.close();
        life.interrupt();
        sageMaker.shutDown();
        s3.close();
    }
}
