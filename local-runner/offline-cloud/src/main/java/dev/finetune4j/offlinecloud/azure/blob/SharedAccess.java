package dev.finetune4j.offlinecloud.azure.blob;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs shared access signatures, by which whoever has a link may do what it says. */
final class SharedAccess {
    private static final String VERSION = "2021-12-02";

    /** Clocks of client and service may differ by as much. */
    private static final Duration BEFORE = Duration.ofMinutes(15);

    private SharedAccess() {}

    /** The query of links to a container or one of its blobs. */
    static String service(
            String account, String container, String blob, String permissions, Instant now, Duration time) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("sv", VERSION);
        query.put("sr", blob.isEmpty() ? "c" : "b");
        query.put("sp", permissions);
        query.put("st", seconds(now.minus(BEFORE)));
        query.put("se", seconds(now.plus(time)));
        String resource = "/blob/" + account + "/" + container + (blob.isEmpty() ? "" : "/" + blob);
        return signed(
                query,
                permissions,
                String.valueOf(query.get("st")),
                String.valueOf(query.get("se")),
                resource,
                "", // no stored policy
                "", // any address
                "", // http or https
                VERSION,
                String.valueOf(query.get("sr")),
                "", // no snapshot
                "", // no encryption scope
                "", // and no header of the answer is another than the blob's
                "",
                "",
                "",
                "");
    }

    /** The query of links to all that the account holds. */
    static String account(String account, Instant now, Duration time) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("sv", VERSION);
        query.put("ss", "b");
        query.put("srt", "sco");
        query.put("sp", "rwdlac");
        query.put("st", seconds(now.minus(BEFORE)));
        query.put("se", seconds(now.plus(time)));
        return signed(
                query,
                account,
                "rwdlac",
                "b",
                "sco",
                String.valueOf(query.get("st")),
                String.valueOf(query.get("se")),
                "",
                "",
                VERSION,
                "",
                "");
    }

    private static String signed(Map<String, String> query, String... lines) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(Azurite.KEY), "HmacSHA256"));
            byte[] signature = mac.doFinal(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
            query.put("sig", Base64.getEncoder().encodeToString(signature));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has HmacSHA256", e);
        }
        return query.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static String seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
