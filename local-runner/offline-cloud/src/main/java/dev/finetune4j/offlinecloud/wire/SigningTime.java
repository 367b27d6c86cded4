package dev.finetune4j.offlinecloud.wire;

import com.sun.net.httpserver.HttpExchange;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;

/** When a request says that it was signed. A signature holds for some minutes before and after that. */
final class SigningTime {
    /** Of most services. */
    static final Duration USUAL_SKEW = Duration.ofMinutes(5);

    private static final int FORBIDDEN = 403;
    private static final String AMZ_DATE = "X-Amz-Date";
    private static final DateTimeFormatter BASIC =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private SigningTime() {}

    /** By header, or in the query of an address that is signed itself; empty where a request does not say. */
    static Optional<Instant> of(HttpExchange exchange) {
        if (Signature.isPresigned(exchange)) {
            return time(Signature.parameter(exchange, AMZ_DATE));
        }
        Optional<Instant> own = header(exchange, AMZ_DATE).flatMap(SigningTime::time);
        return own.isPresent() ? own : header(exchange, "Date").flatMap(SigningTime::httpDate);
    }

    /** As signatures have a time. */
    static String text(Instant time) {
        return BASIC.format(time);
    }

    private static Optional<String> header(HttpExchange exchange, String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
    }

    /**
     * Refuses a request that was signed too long ago or is not signed yet; one that is not signed, or by its address, is none of both.
     *
     * @param now by the service's clock
     * @param allowed how far it may be away from that
     */
    static void check(HttpExchange exchange, Instant now, Duration allowed) throws ServiceError {
        Optional<Instant> signed = Signature.isPresigned(exchange) ? Optional.empty() : of(exchange);
        if (signed.isEmpty() || Duration.between(signed.get(), now).abs().compareTo(allowed) <= 0) {
            return;
        }
        boolean isLate = signed.get().isBefore(now);
        throw new ServiceError(
                        FORBIDDEN,
                        "InvalidSignatureException",
                        (isLate ? "Signature expired: " : "Signature not yet current: ")
                                + BASIC.format(signed.get())
                                + (isLate ? " is now earlier than " : " is still later than ")
                                + BASIC.format(isLate ? now.minus(allowed) : now.plus(allowed))
                                + " (" + BASIC.format(now) + (isLate ? " - " : " + ") + allowed.toMinutes() + " min.)")
                .with("RequestTime", BASIC.format(signed.get()))
                .with("ServerTime", DateTimeFormatter.ISO_INSTANT.format(now))
                .with("MaxAllowedSkewMilliseconds", String.valueOf(allowed.toMillis()));
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(BASIC.parse(text, Instant::from));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> httpDate(String text) {
        try {
            return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from));
        } catch (DateTimeParseException e) {
            return time(text);
        }
    }
}
