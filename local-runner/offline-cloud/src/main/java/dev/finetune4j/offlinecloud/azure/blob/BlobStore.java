package dev.finetune4j.offlinecloud.azure.blob;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** An account's containers and blobs, as the services of the offline cloud and its machines use them. */
public final class BlobStore {
    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;
    private static final Duration LINK = Duration.ofHours(12);

    private final URI account;
    private final HttpClient http;

    BlobStore(URI account, SSLContext trust) {
        this(account, HttpClient.newBuilder().sslContext(trust).build());
    }

    private BlobStore(URI account, HttpClient http) {
        this.account = account;
        this.http = http;
    }

    /** Another account at the same place. */
    public BlobStore of(String name) {
        return new BlobStore(account.resolve("/" + name), http);
    }

    /** What the account is called. */
    public String name() {
        return account.getPath().substring(1);
    }

    /** Where the account is. */
    public URI account() {
        return account;
    }

    /** Makes a container, unless it is there. */
    public void createContainer(String container) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(container, "restype=container")).PUT(BodyPublishers.noBody());
        send(request, BodyHandlers.discarding(), CONFLICT);
    }

    /** Removes a container with all that is in it, if it is there. */
    private void deleteContainer(String container) throws IOException {
        send(
                HttpRequest.newBuilder(uri(container, "restype=container")).DELETE(),
                BodyHandlers.discarding(),
                NOT_FOUND);
    }

    /** Removes all containers with all that is in them. */
    public void clear() throws IOException {
        byte[] all = send(HttpRequest.newBuilder(uri("", "comp=list")).GET(), BodyHandlers.ofByteArray())
                .body();
        NodeList containers = xml(all).getElementsByTagName("Container");
        for (int i = 0; i < containers.getLength(); i++) {
            deleteContainer(text((Element) containers.item(i), "Name"));
        }
    }

    /** Stores a text under a name, in place of what may have been there. */
    public void put(String container, String blob, String text) throws IOException {
        put(container, blob, BodyPublishers.ofString(text));
    }

    /** Stores a file under a name, in place of what may have been there. */
    public void put(String container, String blob, Path file) throws IOException {
        put(container, blob, BodyPublishers.ofByteArray(Files.readAllBytes(file)));
    }

    private void put(String container, String blob, BodyPublisher content) throws IOException {
        send(
                HttpRequest.newBuilder(uri(path(container, blob), ""))
                        .header("x-ms-blob-type", "BlockBlob")
                        .PUT(content),
                BodyHandlers.discarding());
    }

    /**
     * Fetches a blob.
     *
     * @throws IOException if there is none
     */
    public void download(String container, String blob, Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        byte[] content = send(
                        HttpRequest.newBuilder(uri(path(container, blob), "")).GET(), BodyHandlers.ofByteArray())
                .body();
        Files.write(file, content);
    }

    /** Removes a blob, if it is there. */
    public void delete(String container, String blob) throws IOException {
        send(HttpRequest.newBuilder(uri(path(container, blob), "")).DELETE(), BodyHandlers.discarding(), NOT_FOUND);
    }

    /** Names of the blobs whose name begins in some way, in the order of letters. */
    public List<String> list(String container, String prefix) throws IOException {
        List<String> names = new ArrayList<>();
        String marker = "";
        do {
            String query = "restype=container&comp=list&prefix=" + encode(prefix)
                    + (marker.isEmpty() ? "" : "&marker=" + encode(marker));
            byte[] page = send(HttpRequest.newBuilder(uri(container, query)).GET(), BodyHandlers.ofByteArray())
                    .body();
            Element root = xml(page);
            NodeList blobs = root.getElementsByTagName("Blob");
            for (int i = 0; i < blobs.getLength(); i++) {
                names.add(text((Element) blobs.item(i), "Name"));
            }
            marker = text(root, "NextMarker");
        } while (!marker.isEmpty());
        return names;
    }

    private static Element xml(byte[] page) throws IOException {
        try {
            Document document =
                    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(page));
            return document.getDocumentElement();
        } catch (SAXException | ParserConfigurationException e) {
            throw new IOException("Azurite's list cannot be read", e);
        }
    }

    private static String text(Element parent, String name) {
        NodeList found = parent.getElementsByTagName(name);
        return found.getLength() == 0 ? "" : String.valueOf(found.item(0).getTextContent());
    }

    /** A link by which anybody may read a blob for twelve hours. */
    public URI readable(String container, String blob) {
        return URI.create(account + "/" + path(container, blob) + "?"
                + SharedAccess.service(name(), container, blob, "r", Instant.now(), LINK));
    }

    /** The query by which anybody may list, read and write a container's blobs for twelve hours. */
    public String writable(String container) {
        return SharedAccess.service(name(), container, "", "racwdl", Instant.now(), LINK);
    }

    private URI uri(String path, String query) {
        String access = SharedAccess.account(name(), Instant.now(), LINK);
        return URI.create(account + "/" + path + "?" + (query.isEmpty() ? "" : query + "&") + access);
    }

    private static String path(String container, String blob) {
        return container + "/"
                + Arrays.stream(blob.split("/", -1)).map(BlobStore::encode).collect(Collectors.joining("/"));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Sends a request; what is expected besides an answer of success is no failure. */
    private <T> HttpResponse<T> send(HttpRequest.Builder request, BodyHandler<T> handler, Integer... expected)
            throws IOException {
        try {
            HttpResponse<T> response =
                    http.send(request.header("x-ms-version", "2021-12-02").build(), handler);
            if (response.statusCode() >= 300 && !List.of(expected).contains(response.statusCode())) {
                throw new IOException(response.request().method() + " of "
                        + response.request().uri().getPath() + " was answered with " + response.statusCode() + " "
                        + response.headers().firstValue("x-ms-error-code").orElse(""));
            }
            return response;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a blob was moved", e);
        }
    }
}
