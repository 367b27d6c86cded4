package dev.finetune4j.offlinecloud.wire;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * A certificate of this machine's loopback address that nobody signed but itself, with its key. It is made anew for whoever serves over
 * TLS, and lasts a month.
 *
 * @param certificate PEM file that clients trust
 * @param authorities PEM file with the certificate, and after it the authorities that this Java runtime trusts: clients that take it go on
 *     to find the rest of the world
 * @param key PEM file with the server's key
 * @param server has certificate and key, for a server
 * @param client trusts the certificate and no other, for a client
 */
public record LoopbackCertificate(Path certificate, Path authorities, Path key, SSLContext server, SSLContext client) {
    private static final String ALIAS = "loopback";
    private static final String PASSWORD_VARIABLE = "STORE_PASSWORD";
    private static final int PASSWORD_BYTES = 16;
    private static final int LINE = 64;

    /**
     * Makes one with the JDK's own tool.
     *
     * @param folder where its files go
     * @throws IOException if the tool fails, or this runtime is one without it
     */
    public static LoopbackCertificate create(Path folder) throws IOException {
        byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        String password = HexFormat.of().formatHex(random);
        Path store = folder.resolve("loopback.p12");
        generate(store, password);
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                keys.load(in, password.toCharArray());
            }
            Key key = keys.getKey(ALIAS, password.toCharArray());
            String own = pem("CERTIFICATE", keys.getCertificate(ALIAS).getEncoded());
            return new LoopbackCertificate(
                    Files.writeString(folder.resolve("certificate.pem"), own),
                    Files.writeString(folder.resolve("authorities.pem"), own + authoritiesOfThisRuntime()),
                    Files.writeString(folder.resolve("key.pem"), pem("PRIVATE KEY", key.getEncoded())),
                    server(keys, password),
                    client(keys));
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate of the loopback address cannot be read", e);
        }
    }

    private static void generate(Path store, String password) throws IOException {
        Path tool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        List<String> command = List.of(
                tool.toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1,dns:localhost,dns:*.blob.core.localhost",
                "-ext",
                "bc:critical=ca:true", // clients take it for its own authority
                "-ext",
                "ku:critical=digitalSignature,keyCertSign",
                "-ext",
                "eku=serverAuth",
                "-validity",
                "30",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass:env",
                PASSWORD_VARIABLE);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put(PASSWORD_VARIABLE, password);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(tool + " made no certificate: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a certificate was made", e);
        }
    }

    private static String pem(String kind, byte[] content) {
        String text = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
    }

    private static String authoritiesOfThisRuntime() throws GeneralSecurityException {
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init((KeyStore) null);
        StringBuilder all = new StringBuilder();
        for (TrustManager manager : managers.getTrustManagers()) {
            if (manager instanceof X509TrustManager trusted) {
                for (X509Certificate authority : trusted.getAcceptedIssuers()) {
                    all.append(pem("CERTIFICATE", authority.getEncoded()));
                }
            }
        }
        return all.toString();
    }

    private static SSLContext server(KeyStore keys, String password) throws GeneralSecurityException {
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, password.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static SSLContext client(KeyStore keys) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(ALIAS, keys.getCertificate(ALIAS));
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
