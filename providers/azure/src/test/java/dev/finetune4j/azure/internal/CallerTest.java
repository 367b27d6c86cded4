package dev.finetune4j.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.credential.AccessToken;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Who calls is known from his token. */
class CallerTest {
    @Test
    void isReadFromATokenOfAPersonOrAnApplication() {
        assertThat(caller(token("{\"oid\":\"42\",\"scp\":\"user_impersonation\"}")))
                .contains(new Caller("42", true));
        assertThat(caller(token("{\"oid\":\"43\",\"appid\":\"7\"}"))).contains(new Caller("43", false));
    }

    @Test
    void isNotKnownFromOtherTokens() {
        for (String token : new String[] {"opaque", token("{\"sub\":\"me\"}"), token("[]"), "a.!.c", token("{")}) {
            assertThat(caller(token)).isEmpty();
        }
    }

    private static String token(String claims) {
        return "head." + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(StandardCharsets.UTF_8))
                + ".signature";
    }

    private static Optional<Caller> caller(String token) {
        return Caller.of(new AzureConnection(
                AzureCloud.of(AzureCloud.PUBLIC).orElseThrow(),
                request -> Mono.just(new AccessToken(
                        token, OffsetDateTime.now(ZoneOffset.UTC).plusHours(1))),
                request -> Mono.error(new IllegalStateException("nobody is asked"))));
    }
}
