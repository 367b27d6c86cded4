package dev.finetune4j.spi;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.LinkedHashMap;
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

    /** A process meets one or two; the offline clouds of tests have a certificate each. */
    private static final int MOST_KNOWN = 16;

    /**
     * By the digest of what is added, since a file may hold a key besides. Java's own certificates take longer to read than most calls of a
     * service.
     */
    private static final Map<String, SSLContext> KNOWN = new LinkedHashMap<>(MOST_KNOWN, 0.75f, true);

    private Trust() {}

    /**
     * A context for connections; the same for as long as the file says the same, so that they share what was agreed on in handshakes.
     *
     * @param environment of which {@value #VARIABLE} is read
     * @throws IOException if the file cannot be read, or holds no certificates, which its message tells in a sentence
     */
    public static SSLContext context(Map<String, String> environment) throws IOException {
        String file = environment.getOrDefault(VARIABLE, "");
        String meant = VARIABLE + " names " + file + " for certificates to believe, ";
        try {
            return file.isEmpty() ? SSLContext.getDefault() : context(Files.readAllBytes(Path.of(file)));
        } catch (NoSuchFileException e) {
            throw new IOException(meant + "and there is no such file", e);
        } catch (GeneralSecurityException e) {
            throw new IOException(meant + "and none can be read there: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException(meant + "which cannot be read: " + e.getMessage(), e);
        }
    }

    /** One thread reads what others wait for. */
    private static SSLContext context(byte[] pem) throws IOException, GeneralSecurityException {
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(pem));
        synchronized (KNOWN) {
            SSLContext known = KNOWN.get(digest);
            if (known != null) {
                return known;
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(pem), null);
            KNOWN.put(digest, context);
            if (KNOWN.size() > MOST_KNOWN) {
                KNOWN.remove(KNOWN.keySet().iterator().next());
            }
            return context;
        }
    }

    private static TrustManager[] managers(byte[] pem) throws IOException, GeneralSecurityException {
        KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
        all.load(null, null);
        int count = 0;
        for (Certificate one :
                CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem))) {
            all.setCertificateEntry("own-" + count++, one);
        }
        if (count == 0) {
            throw new CertificateException("there are none");
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
}
