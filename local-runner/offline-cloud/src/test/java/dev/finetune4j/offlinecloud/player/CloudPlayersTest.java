package dev.finetune4j.offlinecloud.player;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.spi.CloudPlayer;
import dev.finetune4j.spi.CloudPlayer.Order;
import dev.finetune4j.spi.CloudPlayer.PlayedCloud;
import dev.finetune4j.spi.ProviderContext;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CloudPlayersTest {
    /** How a cloud refuses an order that it does not know. */
    private static final Pattern KNOWN = Pattern.compile("must be one of \\[([a-z, -]+)]");

    @TempDir
    private Path home;

    @Test
    void areFoundWithoutBeingNamed() {
        assertThat(ServiceLoader.load(CloudPlayer.class))
                .extracting(CloudPlayer::vendor)
                .containsExactlyInAnyOrder("aws", "azure");
    }

    @Test
    void tellOfEveryOrderThatAmazonsTakes() throws Exception {
        CloudPlayer player = new AwsPlayer();
        assertThat(player.preparation(context())).isEmpty();

        try (PlayedCloud cloud =
                player.start(context(), Files.createDirectory(home.resolve("aws")), "eu-west-1", null)) {
            assertThat(cloud.variables()).containsEntry("AWS_REGION", "eu-west-1");
            assertThat(cloud.places()).anyMatch(place -> place.startsWith("sagemaker: {"));
            tellsOfEveryOrder(player, cloud, HttpClient.newHttpClient());
        }
    }

    @Test
    void tellOfEveryOrderThatMicrosoftsTakes() throws Exception {
        Path shared = Files.createDirectories(Path.of("../../target/azurite")).toRealPath();
        Files.createSymbolicLink(Files.createDirectories(home.resolve("cache")).resolve("azurite"), shared);
        CloudPlayer player = new AzurePlayer();

        try (PlayedCloud cloud =
                player.start(context(), Files.createDirectory(home.resolve("azure")), "northeurope", null)) {
            assertThat(player.preparation(context())).as("once it is installed").isEmpty();
            assertThat(cloud.places())
                    .anyMatch(place -> place.startsWith("azure-ml: {") && place.contains("region: northeurope"));
            tellsOfEveryOrder(player, cloud, trusting(Path.of(cloud.variables().get("SSL_CERT_FILE"))));
        }
    }

    /** npm leaves a folder that looks whole. */
    @Test
    void anInstallationThatWasBrokenOffIsDoneAgainAndTold() throws Exception {
        Path store = Files.createDirectories(home.resolve("cache/azurite"));
        Files.createDirectories(store.resolve("node_modules/azurite/dist/src/blob"));
        Files.createFile(store.resolve("node_modules/azurite/dist/src/blob/main.js"));

        assertThat(new AzurePlayer().preparation(context()))
                .hasValueSatisfying(told -> assertThat(told).contains("npm installs Azurite", store.toString()));
    }

    @Test
    void aStoreThatCannotBeInstalledIsAProblemOfThisMachine() throws Exception {
        Files.writeString(Files.createDirectories(home.resolve("cache")).resolve("azurite"), "no folder");

        assertThatThrownBy(() -> new AzurePlayer().start(context(), home.resolve("azure"), "westeurope", null))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        failure -> assertThat(failure.problems())
                                .singleElement()
                                .satisfies(problem -> assertThat(problem.kind()).isEqualTo(PlayerProblems.NO_AZURITE)));
    }

    private ProviderContext context() {
        return new ProviderContext(home, Map.of("PATH", System.getenv("PATH")), Clock.systemUTC());
    }

    private static void tellsOfEveryOrder(CloudPlayer player, PlayedCloud cloud, HttpClient client) throws Exception {
        URI control = URI.create(cloud.variables().get(CloudPlayer.CONTROL_VARIABLE));
        String refused = post(client, control, "{\"do\": \"nothing\"}");
        Matcher known = KNOWN.matcher(refused);
        assertThat(known.find()).as(refused).isTrue();

        assertThat(player.orders())
                .extracting(Order::name)
                .containsExactlyInAnyOrder(known.group(1).split(", "));
        assertThat(post(client, control, player.exampleOrder())).startsWith("{\"done\":");
        assertThat(List.of(player.about(), player.usualRegion()))
                .allSatisfy(words -> assertThat(words).isNotBlank());
    }

    private static String post(HttpClient client, URI to, String order) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(to)
                                .POST(BodyPublishers.ofString(order))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    private static HttpClient trusting(Path pem) throws Exception {
        KeyStore keys = KeyStore.getInstance(KeyStore.getDefaultType());
        keys.load(null, null);
        try (InputStream in = Files.newInputStream(pem)) {
            keys.setCertificateEntry(
                    "offline", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).build();
    }
}
