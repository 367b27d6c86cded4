package dev.finetune4j.engine.data.source;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpDownloadTest {
    private static final String CONTENT = "0123456789".repeat(50);

    private final WireMockServer server = new WireMockServer(options().dynamicPort());
    private final List<String> heard = new ArrayList<>();
    private final List<Socket> stalled = new CopyOnWriteArrayList<>();

    /** For an answer; a busy machine takes its time. */
    private Duration patience = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    @BeforeEach
    void start() {
        server.start();
    }

    @AfterEach
    void stop() throws IOException {
        server.stop();
        for (Socket socket : stalled) {
            socket.close();
        }
    }

    @Test
    void downloadsAFileAndTellsHowItGoesOn() throws IOException {
        server.stubFor(get("/rows")
                .willReturn(aResponse().withHeader("Content-Length", "500").withBody(CONTENT)));

        download("/rows");

        assertThat(folder.resolve("rows")).hasContent(CONTENT);
        assertThat(heard).contains("the rows 0/-1", "the rows 500/500");
        assertThat(folder.toFile().list()).containsExactly("rows");
    }

    @Test
    void takesUpWhatCameBeforeIfTheServerStillHasThatVersion() throws IOException {
        server.stubFor(get("/rows")
                .withHeader("Range", equalTo("bytes=200-"))
                .withHeader("If-Range", equalTo("\"v1\""))
                .willReturn(aResponse()
                        .withStatus(206)
                        .withHeader("Content-Range", "bytes 200-499/500")
                        .withBody(CONTENT.substring(200))));
        Files.writeString(folder.resolve("rows.part"), CONTENT.substring(0, 200));
        Files.writeString(folder.resolve("rows.etag"), "\"v1\"");

        download("/rows");

        assertThat(folder.resolve("rows")).hasContent(CONTENT);
        assertThat(folder.toFile().list()).containsExactly("rows");
    }

    @Test
    void startsAgainIfTheServerHasAnotherVersion() throws IOException {
        server.stubFor(
                get("/rows").willReturn(aResponse().withHeader("ETag", "\"v2\"").withBody(CONTENT)));
        Files.writeString(folder.resolve("rows.part"), "of another version");
        Files.writeString(folder.resolve("rows.etag"), "\"v1\"");

        download("/rows");

        assertThat(folder.resolve("rows")).hasContent(CONTENT);
    }

    @Test
    void takesAFileThatWasCompleteButNotYetNamed() throws IOException {
        server.stubFor(get("/rows")
                .withHeader("Range", equalTo("bytes=500-"))
                .willReturn(aResponse().withStatus(416).withHeader("Content-Range", "bytes */500")));
        Files.writeString(folder.resolve("rows.part"), CONTENT);
        Files.writeString(folder.resolve("rows.etag"), "\"v1\"");

        download("/rows");

        assertThat(folder.resolve("rows")).hasContent(CONTENT);
    }

    @Test
    void startsAgainIfThePartIsLongerThanTheFile() throws IOException {
        server.stubFor(get("/rows")
                .withHeader("Range", equalTo("bytes=700-"))
                .willReturn(aResponse().withStatus(416).withHeader("Content-Range", "bytes */500")));
        server.stubFor(get("/rows")
                .withHeader("Range", absent())
                .willReturn(aResponse().withBody(CONTENT)));
        Files.writeString(folder.resolve("rows.part"), "x".repeat(700));
        Files.writeString(folder.resolve("rows.etag"), "\"v1\"");

        download("/rows");

        assertThat(folder.resolve("rows")).hasContent(CONTENT);
    }

    @Test
    void triesAgainAfterAResetAndAfterAnError() throws IOException {
        server.stubFor(get("/rows")
                .inScenario("flaky")
                .whenScenarioStateIs(Scenario.STARTED)
                .willReturn(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER))
                .willSetStateTo("busy"));
        server.stubFor(get("/rows")
                .inScenario("flaky")
                .whenScenarioStateIs("busy")
                .willReturn(aResponse().withStatus(503))
                .willSetStateTo("well"));
        server.stubFor(get("/rows")
                .inScenario("flaky")
                .whenScenarioStateIs("well")
                .willReturn(aResponse().withBody(CONTENT)));

        download("/rows");

        assertThat(folder.resolve("rows")).hasContent(CONTENT);
        assertThat(heard).anyMatch(line -> line.contains("again: the server answered 503"));
    }

    @Test
    void noticesATruncatedBody() throws IOException {
        try (ServerSocket breaking = serverOfHalfABody(Ending.CLOSED)) {
            assertThatThrownBy(() -> download(addressOf(breaking)))
                    .isInstanceOf(DownloadException.class)
                    .hasMessage("the connection broke off after 4 of 500 bytes (3 tries)");
        }
        assertThat(folder.resolve("rows")).doesNotExist();
    }

    @Test
    void noticesGarbageAfterTheHeader() {
        server.stubFor(get("/rows").willReturn(aResponse().withFault(Fault.MALFORMED_RESPONSE_CHUNK)));

        assertThatThrownBy(() -> download("/rows"))
                .isInstanceOf(DownloadException.class)
                .hasMessageContaining("3 tries");
    }

    @Test
    void givesUpOnABodyThatStalls() throws IOException {
        patience = Duration.ofMillis(700);
        try (ServerSocket stalling = serverOfHalfABody(Ending.STALLED)) {
            assertThatThrownBy(() -> download(addressOf(stalling)))
                    .isInstanceOf(DownloadException.class)
                    .hasMessage("the connection broke off after 4 of 500 bytes (3 tries)");
        }
    }

    @Test
    void noticesAConnectionThatEndsBeforeAnyAnswer() {
        server.stubFor(get("/rows").willReturn(aResponse().withFault(Fault.EMPTY_RESPONSE)));

        assertThatThrownBy(() -> download("/rows"))
                .isInstanceOf(DownloadException.class)
                .hasMessage("localhost broke off the connection before it answered (3 tries)");
    }

    /** What a server does after half a body. */
    private enum Ending {
        CLOSED,
        STALLED
    }

    /** WireMock may reset the connection of a body that is too short before the header is out; this server never does. */
    private ServerSocket serverOfHalfABody(Ending ending) throws IOException {
        ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Thread answers = new Thread(() -> answerWithHalfABody(listening, ending));
        answers.setDaemon(true);
        answers.start();
        return listening;
    }

    private void answerWithHalfABody(ServerSocket listening, Ending ending) {
        try {
            while (true) {
                Socket socket = listening.accept();
                readRequest(socket);
                socket.getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n0123"
                                .getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().flush();
                if (ending == Ending.CLOSED) {
                    socket.close();
                } else {
                    stalled.add(socket);
                }
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    /** A socket that is closed with unread bytes is reset, which is another failure. */
    private static void readRequest(Socket socket) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        String line = lines.readLine();
        while (line != null && !line.isEmpty()) {
            line = lines.readLine();
        }
    }

    private static URI addressOf(ServerSocket listening) {
        return URI.create("http://localhost:" + listening.getLocalPort() + "/rows");
    }

    @Test
    void saysThatAServerDoesNotAnswer() {
        patience = Duration.ofMillis(700);
        server.stubFor(get("/rows").willReturn(aResponse().withFixedDelay(5000)));

        assertThatThrownBy(() -> download("/rows")).hasMessage("no answer from localhost (3 tries)");
    }

    @Test
    void doesNotTryAgainWhatCannotPass() {
        server.stubFor(get("/rows").willReturn(aResponse().withStatus(404)));
        server.stubFor(get("/mine").willReturn(aResponse().withStatus(401)));

        assertThatThrownBy(() -> download("/rows")).hasMessage("the server has no such file (404)");
        assertThatThrownBy(() -> download("/mine")).hasMessage("the server wants credentials (401)");
        server.verify(1, getRequestedFor(urlEqualTo("/rows")));
    }

    @Test
    void stopsAtTheSizeLimitWhateverTheServerClaims() {
        server.stubFor(get("/claims").willReturn(aResponse().withBody("x".repeat(2000))));
        server.stubFor(
                get("/hides").willReturn(aResponse().withBody("x".repeat(2000)).withChunkedDribbleDelay(4, 20)));

        assertThatThrownBy(() -> download("/claims")).hasMessageContaining("more than 1,000 bytes");
        assertThatThrownBy(() -> download("/hides")).hasMessageContaining("more than 1,000 bytes");
    }

    @Test
    void followsRedirectsButKeepsCredentialsAtHome() throws IOException {
        WireMockServer other = new WireMockServer(options().dynamicPort());
        other.start();
        other.stubFor(get("/store").willReturn(aResponse().withBody(CONTENT)));
        server.stubFor(get("/rows")
                .willReturn(aResponse().withStatus(302).withHeader("Location", other.baseUrl() + "/store")));

        download("/rows");

        assertThat(folder.resolve("rows")).hasContent(CONTENT);
        server.verify(getRequestedFor(urlEqualTo("/rows")).withHeader("Authorization", equalTo("Bearer planted")));
        other.verify(getRequestedFor(urlEqualTo("/store")).withHeader("Authorization", absent()));
        other.stop();
    }

    @Test
    void doesNotFollowRedirectsForever() {
        server.stubFor(get("/rows").willReturn(aResponse().withStatus(302).withHeader("Location", "/rows")));

        assertThatThrownBy(() -> download("/rows")).hasMessageContaining("more than 10 times");
    }

    @Test
    void saysThatThereIsNoConnection() {
        server.stop();

        assertThatThrownBy(() -> download("/rows")).hasMessage("no connection to localhost (3 tries)");
    }

    private void download(String path) throws IOException {
        download(URI.create("http://localhost:" + (server.isRunning() ? server.port() : 1) + path));
    }

    private void download(URI uri) throws IOException {
        HttpDownload.Patience quick = new HttpDownload.Patience(3, Duration.ofMillis(1), patience);
        new HttpDownload(Map.of(), quick)
                .to(
                        new HttpDownload.Order(uri, Map.of("Authorization", "Bearer planted"), 1000, "the rows"),
                        folder.resolve(uri.getPath().substring(1)),
                        (what, done, total) -> heard.add(what + " " + done + "/" + total));
    }
}
