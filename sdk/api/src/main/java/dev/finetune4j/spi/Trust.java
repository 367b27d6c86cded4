package dev.finetune4j.spi;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whose certificates are believed: those that Java believes, and what {@value #VARIABLE} adds, as a company's own or that of an offline cloud. */
public final class Trust {
    /** Names a file of certificates in PEM, as OpenSSL has it. */
    public static final String VARIABLE = "SSL_CERT_FILE";

    /** The last of a file: Java's own certificates take longer to read than most calls of a service. */
    private static volatile @Nullable Known known;

    private Trust() {}

    /**
     * A context for connections; the same for as long as the file says the same, so that they share what was agreed on in handshakes.
     *
     * @param environment of which {@value #VARIABLE} is read
     * @throws IOException if the file cannot be read, or holds no certificates
     */
    public static SSLContext context(Map<String, String> environment) throws IOException {
        try {
            String file = environment.getOrDefault(VARIABLE, "");
            if (file.isEmpty()) {
                return SSLContext.getDefault();
            }
            String pem = Files.readString(Path.of(file), StandardCharsets.ISO_8859_1);
            Known last = known;
            if (last != null && last.pem.equals(pem)) {
                return last.context;
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(pem), null);
            known = new Known(pem, context);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("no certificates could be read: " + e.getMessage(), e);
        }
    }

    private static TrustManager[] managers(String pem) throws IOException, GeneralSecurityException {
        KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
        all.load(null, null);
        int count = 0;
        InputStream bytes = new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1));
        for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(bytes)) {
            all.setCertificateEntry("own-" + count++, one);
        }
        for (TrustManager manager : managers((KeyStore) null)) {
            if (manager instanceof X509TrustManager usual) {
                for (X509Certificate one : usual.getAcceptedIssuers()) {
                    all.setCertificateEntry("usual-" + count++, one);
                }
            }
        }
        return managers(all);
    }

    private static TrustManager[] managers(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private record Known(String pem, SSLContext context) {}
}
