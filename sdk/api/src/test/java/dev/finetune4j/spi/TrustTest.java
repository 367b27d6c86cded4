package dev.finetune4j.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates are read once for each content of a file, whoever asks, and read anew where that changed. */
class TrustTest {
    @TempDir
    private Path folder;

    @Test
    void readsOnceWhatTwoFilesSayInTurns() throws IOException, GeneralSecurityException {
        Map<String, String> one = naming(file("one.pem", pem(0)));
        Map<String, String> other = naming(file("other.pem", pem(1)));

        SSLContext ofOne = Trust.context(one);
        SSLContext ofOther = Trust.context(other);

        assertThat(ofOther).isNotSameAs(ofOne);
        assertThat(Trust.context(one)).isSameAs(ofOne);
        assertThat(Trust.context(other)).isSameAs(ofOther);
        assertThat(Trust.context(naming(file("copy.pem", pem(0)))))
                .as("what it says counts, not where")
                .isSameAs(ofOne);
    }

    @Test
    void readsAFileAnewThatChanged() throws IOException, GeneralSecurityException {
        Map<String, String> environment = naming(file("own.pem", pem(2)));
        SSLContext before = Trust.context(environment);

        file("own.pem", pem(2) + pem(3));

        assertThat(Trust.context(environment)).isNotSameAs(before);
    }

    @Test
    void readsOnceForThreadsThatAskAtOnce() throws Exception {
        Map<String, String> environment = naming(file("own.pem", pem(4)));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<SSLContext>> asking = List.of(
                    () -> Trust.context(environment),
                    () -> Trust.context(environment),
                    () -> Trust.context(environment),
                    () -> Trust.context(environment));

            SSLContext expected = null;
            for (Future<SSLContext> found : threads.invokeAll(asking)) {
                expected = expected == null ? found.get() : expected;
                assertThat(found.get()).isSameAs(expected);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a letter\n", "-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n"})
    void refusesAFileWithoutCertificates(String content) throws IOException {
        Map<String, String> environment = naming(file("own.pem", content));

        assertThatThrownBy(() -> Trust.context(environment))
                .isInstanceOf(IOException.class)
                .hasMessageMatching(
                        "(?s)SSL_CERT_FILE names \\S+own.pem for certificates to believe, and none can be read there: .+");
    }

    @Test
    void tellsWhatIsWrongWithTheFile() {
        Path absent = folder.resolve("absent.pem");

        assertThatThrownBy(() -> Trust.context(naming(absent)))
                .hasMessage(
                        "SSL_CERT_FILE names " + absent + " for certificates to believe, and there is no such file");
        assertThatThrownBy(() -> Trust.context(naming(folder)))
                .hasMessageStartingWith(
                        "SSL_CERT_FILE names " + folder + " for certificates to believe, which cannot be read: ");
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private static Map<String, String> naming(Path file) {
        return Map.of(Trust.VARIABLE, file.toString());
    }

    /** One of those that Java believes. */
    private static String pem(int index) throws GeneralSecurityException {
        TrustManagerFactory usual = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        usual.init((KeyStore) null);
        X509Certificate one = Arrays.stream(usual.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .flatMap(manager -> Arrays.stream(((X509TrustManager) manager).getAcceptedIssuers()))
                .skip(index)
                .findFirst()
                .orElseThrow();
        return "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder().encodeToString(one.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }
}
