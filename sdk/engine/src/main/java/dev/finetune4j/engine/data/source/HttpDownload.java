package dev.finetune4j.engine.data.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Downloads one file by HTTP: takes up an interrupted download where it ended if the server still has the same file, tries again
 * after failures that may pass, follows redirects without ever leaving https, and stops at a size limit. Thread-safe.
 */
public final class HttpDownload {
    /**
     * What to download.
     *
     * @param uri where from
     * @param headers sent to the host of {@code uri} only, not to where it redirects; may hold secrets
     * @param maxBytes the largest file that is accepted
     * @param what what progress calls the file
     */
    public record Order(URI uri, Map<String, String> headers, long maxBytes, String what) {
        /** Copies the headers. */
        public Order {
            headers = Map.copyOf(headers);
        }

        /** Names no header, since they hold secrets. */
        @Override
        public String toString() {
            return "Order[" + SourceAddress.withoutSecrets(uri) + "]";
        }
    }

    /**
     * How patient to be.
     *
     * @param tries times that a download is tried in all
     * @param pause before the second try; doubles before each further one
     * @param stall how long nothing may come before a try counts as failed
     */
    public record Patience(int tries, Duration pause, Duration stall) {
        /** For real networks: five tries within about 15 seconds, and a minute without a byte. */
        public static Patience usual() {
            return new Patience(5, Duration.ofSeconds(1), Duration.ofMinutes(1));
        }
    }

    private static final int BUFFER_BYTES = 1 << 16;
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(10);
    private static final int MAX_REDIRECTS = 10;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (?:(\\d+)-\\d+|\\*)/(\\d+)");

    private final EnvironmentProxy proxy;
    private final Patience patience;
    private @Nullable HttpClient client;

    /**
     * Downloads through the proxies that the environment names.
     *
     * @param environment environment variables
     * @param patience how patient to be
     */
    public HttpDownload(Map<String, String> environment, Patience patience) {
        this.proxy = new EnvironmentProxy(environment);
        this.patience = patience;
    }

    /** Made when it is first needed: to read the certificates that it trusts takes about a tenth of a second. */
    private synchronized HttpClient client() {
        if (client == null) {
            client = HttpClient.newBuilder()
                    .connectTimeout(LONGEST_CONNECT)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .proxy(proxy)
                    .build();
        }
        return client;
    }

    /**
     * Downloads a file. What came before a failure stays beside it as {@code NAME.part} and is taken up by the next call.
     *
     * @throws DownloadException if the file cannot be had
     * @throws IOException if it cannot be written
     */
    public void to(Order order, Path file, FetchProgress progress) throws IOException {
        Partial partial = new Partial(file);
        Duration pause = patience.pause();
        for (int attempt = 1; ; attempt++) {
            try {
                attempt(order, partial, progress);
                Files.move(partial.file, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
                Files.deleteIfExists(partial.validator);
                return;
            } catch (Passing e) {
                if (attempt == patience.tries()) {
                    throw new DownloadException(e.getMessage() + " (" + attempt + " tries)", e.status, e.getCause());
                }
                progress.at(order.what() + " (again: " + e.getMessage() + ")", partial.size(), FetchProgress.UNKNOWN);
                sleep(pause);
                pause = pause.multipliedBy(2);
            }
        }
    }

    /** A failure that may pass. */
    private static final class Passing extends Exception {
        private static final long serialVersionUID = 1L;

        private final int status;

        Passing(String reason, int status, IOException cause) {
            super(reason, cause);
            this.status = status;
        }

        Passing(String reason, int status) {
            super(reason);
            this.status = status;
        }
    }

    /** What came of a file so far, and the mark by which the server knows that version of it. */
    private static final class Partial {
        private final Path file;
        private final Path validator;

        Partial(Path complete) {
            this.file = complete.resolveSibling(complete.getFileName() + ".part");
            this.validator = complete.resolveSibling(complete.getFileName() + ".etag");
        }

        long size() throws IOException {
            return Files.exists(file) ? Files.size(file) : 0;
        }

        Optional<String> etag() throws IOException {
            return Files.exists(validator) ? Optional.of(Files.readString(validator)) : Optional.empty();
        }

        void restart(Optional<String> etag) throws IOException {
            Files.deleteIfExists(file);
            Files.deleteIfExists(validator);
            // A weak mark does not promise the same bytes.
            if (etag.isPresent() && !etag.get().startsWith("W/")) {
                Files.writeString(validator, etag.get());
            }
        }
    }

    private void attempt(Order order, Partial partial, FetchProgress progress) throws IOException, Passing {
        long before = partial.etag().isPresent() ? partial.size() : 0;
        progress.at(order.what(), before, FetchProgress.UNKNOWN);
        HttpResponse<InputStream> response = send(order, before, partial.etag());
        try (InputStream body = response.body()) {
            int status = response.statusCode();
            if (status == 416 && before > 0) {
                long total = total(response);
                if (total == before) {
                    return;
                }
                partial.restart(Optional.empty());
                throw new Passing("the file changed at the server", status);
            }
            if (status == 429 || status >= 500) {
                throw new Passing("the server answered " + status, status);
            }
            if (status != 200 && status != 206) {
                throw new DownloadException(meaning(status), status, null);
            }
            boolean isRest = status == 206 && start(response) == before;
            if (status == 206 && !isRest) {
                partial.restart(Optional.empty());
                throw new Passing("the server sent another part of the file than asked", status);
            }
            if (!isRest) {
                partial.restart(response.headers().firstValue("etag"));
            }
            long have = isRest ? before : 0;
            long total = isRest
                    ? total(response)
                    : response.headers().firstValueAsLong("content-length").orElse(-1);
            if (total > order.maxBytes()) {
                throw tooLarge(order);
            }
            receive(order, body, partial.file, have, total, progress);
        }
    }

    private void receive(Order order, InputStream body, Path file, long have, long total, FetchProgress progress)
            throws IOException, Passing {
        long done = have;
        byte[] buffer = new byte[BUFFER_BYTES];
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                StallGuard guard = new StallGuard(body, patience.stall())) {
            while (true) {
                int read = read(body, buffer, done, total);
                if (read < 0) {
                    break;
                }
                guard.progress();
                done += read;
                if (done > order.maxBytes()) {
                    throw tooLarge(order);
                }
                out.write(buffer, 0, read);
                progress.at(order.what(), done, total);
            }
        }
        if (total >= 0 && done != total) {
            throw new Passing(broken(done, total), 200);
        }
    }

    /** Tells a connection that breaks off, which may pass, from a disk that fails, which does not. */
    private static int read(InputStream body, byte[] buffer, long done, long total) throws Passing {
        try {
            return body.read(buffer);
        } catch (IOException e) {
            throw new Passing(broken(done, total), 200, e);
        }
    }

    private static String broken(long done, long total) {
        return total < 0
                ? String.format(Locale.ROOT, "the connection broke off after %,d bytes", done)
                : String.format(Locale.ROOT, "the connection broke off after %,d of %,d bytes", done, total);
    }

    private HttpResponse<InputStream> send(Order order, long from, Optional<String> etag) throws IOException, Passing {
        URI uri = order.uri();
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(patience.stall());
            if (isSameHost(uri, order.uri())) {
                order.headers().forEach(request::header);
            }
            if (from > 0 && etag.isPresent()) {
                request.header("Range", "bytes=" + from + "-").header("If-Range", etag.get());
            }
            HttpResponse<InputStream> response = exchange(request.build());
            if (!REDIRECTS.contains(response.statusCode())) {
                return response;
            }
            uri = target(uri, response);
        }
        throw new DownloadException("it redirects more than " + MAX_REDIRECTS + " times", 0, null);
    }

    private static URI target(URI from, HttpResponse<InputStream> response) throws IOException {
        response.body().close();
        String location = response.headers().firstValue("location").orElse("");
        try {
            URI to = from.resolve(location);
            boolean leavesHttps = "https".equals(from.getScheme()) && !"https".equals(to.getScheme());
            if (leavesHttps || to.getHost() == null) {
                throw new DownloadException("it redirects away from https", response.statusCode(), null);
            }
            return to;
        } catch (IllegalArgumentException e) {
            throw new DownloadException("it redirects to an address that is not understood", response.statusCode(), e);
        }
    }

    private HttpResponse<InputStream> exchange(HttpRequest request) throws DownloadException, Passing {
        try {
            return client().send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (HttpTimeoutException e) {
            throw new Passing("no answer from " + request.uri().getHost(), 0, e);
        } catch (ConnectException e) {
            throw new Passing("no connection to " + request.uri().getHost(), 0, e);
        } catch (IOException e) {
            throw new Passing(request.uri().getHost() + " broke off the connection before it answered", 0, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DownloadException("interrupted", 0, e);
        }
    }

    private static boolean isSameHost(URI a, URI b) {
        return a.getHost().equals(b.getHost()) && a.getPort() == b.getPort();
    }

    private static String meaning(int status) {
        return switch (status) {
            case 401 -> "the server wants credentials (401)";
            case 403 -> "the server refuses access (403)";
            case 404, 410 -> "the server has no such file (" + status + ")";
            case 407 -> "the proxy wants credentials (407)";
            default -> "the server answered " + status;
        };
    }

    private static DownloadException tooLarge(Order order) {
        return new DownloadException(
                String.format(Locale.ROOT, "it has more than %,d bytes, the most that is fetched", order.maxBytes()),
                200,
                null);
    }

    private static long start(HttpResponse<?> response) {
        Matcher range = range(response);
        return range.matches() && range.group(1) != null ? Long.parseLong(range.group(1)) : -1;
    }

    private static long total(HttpResponse<?> response) {
        Matcher range = range(response);
        return range.matches() ? Long.parseLong(range.group(2)) : -1;
    }

    private static Matcher range(HttpResponse<?> response) {
        String header = response.headers().firstValue("content-range").orElse("");
        return CONTENT_RANGE.matcher(header.length() > 60 ? "" : header);
    }

    private static void sleep(Duration pause) throws DownloadException {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DownloadException("interrupted", 0, e);
        }
    }
}
