package dev.finetune4j.azure.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import dev.finetune4j.azure.internal.Answered;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.offlinecloud.azure.AzurePace;
import dev.finetune4j.offlinecloud.azure.OfflineAzure;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.spi.ProviderContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of jobs in Azurite: each content once, home again unchanged, and nothing beside the folder. */
@SuppressWarnings("NullAway.Init") // before all tests, and before each
class BlobStoreTest {
    private static Azurite blobs;
    private static OfflineAzure azure;

    @TempDir
    private Path folder;

    private AzureConnection connection;
    private BlobStore store;

    @BeforeAll
    static void start() throws IOException {
        blobs = Azurite.start(Path.of("../../target/azurite"));
        azure = OfflineAzure.start(
                Workspace.sample(),
                Clock.systemUTC(),
                AzurePace.SWIFT,
                PlannedContainer.succeedingAfter(Duration.ofHours(1)),
                blobs);
    }

    @AfterAll
    static void end() {
        azure.close();
        blobs.close();
    }

    @BeforeEach
    void open() {
        connection = connection(azure.variables());
        store = BlobStore.open(address("jobs"), connection);
    }

    private AzureConnection connection(Map<String, String> environment) {
        return AzureConnection.open(Map.of(), new ProviderContext(folder, environment, Clock.systemUTC()));
    }

    private static BlobAddress address(String container) {
        return BlobAddress.parse(azure.store().replaceFirst("/jobs$", "/" + container) + "/prefix")
                .orElseThrow();
    }

    @Test
    void readsAddressesOfBothForms() {
        assertThat(BlobAddress.parse("https://acc.blob.core.windows.net/jobs"))
                .contains(new BlobAddress("https://acc.blob.core.windows.net", "acc", "jobs", ""));
        assertThat(BlobAddress.parse("https://127.0.0.1:10000/acc1/jobs/a/b/"))
                .contains(new BlobAddress("https://127.0.0.1:10000/acc1", "acc1", "jobs", "a/b/"));
        assertThat(BlobAddress.parse("http://acc.blob.core.windows.net/jobs")).isEmpty();
        assertThat(BlobAddress.parse("https://acc.blob.core.windows.net/jobs?sig=x"))
                .isEmpty();
        assertThat(BlobAddress.parse("https://acc.blob.core.windows.net/J")).isEmpty();
    }

    @Test
    void storesEachContentOnceAndBringsItHome() throws IOException {
        Path data = Files.createDirectories(folder.resolve("data/deep"));
        Files.writeString(data.resolve("a"), "one");
        Files.writeString(folder.resolve("data/b"), "two");

        String name = store.stage(folder.resolve("data"));
        assertThat(store.stage(folder.resolve("data")))
                .isEqualTo(name)
                .isEqualTo(store.stagedName(folder.resolve("data")));
        Path home = store.download(name, folder.resolve("home"));

        assertThat(home.resolve("deep/a")).hasContent("one");
        assertThat(home.resolve("b")).hasContent("two");
        store.delete(name);
        assertThat(store.list(name)).isEmpty();
    }

    @Test
    void tellsWhatCannotBeStored() {
        assertThatThrownBy(() -> BlobStore.open(address("nothing"), connection).list("inputs/"))
                .hasMessageContaining("FT0961");
        assertThatThrownBy(() -> store.stage(folder.resolve("absent"))).hasMessageContaining("FT0965");
        Map<String, String> stranger = new HashMap<>(azure.variables());
        stranger.put("AZURE_CLIENT_SECRET", "not the secret");
        assertThatThrownBy(() ->
                        BlobStore.open(address("jobs"), connection(stranger)).list("inputs/"))
                .hasMessageContaining("FT0964");
        assertThat(store.told(Answered.ofStorage(403, "AuthorizationPermissionMismatch"), "store", "x"))
                .hasMessageContaining("FT0962");
        assertThat(store.told(new IllegalStateException("reset"), "store", "x")).hasMessageContaining("FT0963");
    }

    @Test
    void bringsNothingHomeThatIsDamagedOrLeadsOut() {
        assertThatThrownBy(() -> store.download("empty/", folder.resolve("home")))
                .hasMessageContaining("FT0968");

        blob("damaged/a")
                .uploadWithResponse(
                        new com.azure.storage.blob.options.BlobParallelUploadOptions(BinaryData.fromString("other"))
                                .setMetadata(Map.of("sha256", "0".repeat(64))),
                        null,
                        com.azure.core.util.Context.NONE);
        assertThatThrownBy(() -> store.download("damaged/", folder.resolve("home")))
                .hasMessageContaining("FT0966");

        blob("odd//a").upload(BinaryData.fromString("x"), true);
        assertThatThrownBy(() -> store.download("odd/", folder.resolve("home"))).hasMessageContaining("FT0967");
        assertThat(folder.resolve("home")).isEmptyDirectory();
    }

    private BlobClient blob(String name) {
        return new BlobContainerClientBuilder()
                .endpoint(store.root().endpoint())
                .containerName("jobs")
                .credential(connection.credential())
                .httpClient(connection.http())
                .buildClient()
                .getBlobClient("prefix/" + name);
    }
}
