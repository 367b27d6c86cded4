package dev.finetune4j.offlinecloud.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.offlinecloud.azure.entra.AccessTokens;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.testkit.VirtualClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccessTokensTest {
    private static final List<String> AUDIENCES = List.of("https://management.azure.com/");

    private final VirtualClock clock = new VirtualClock();
    private final AccessTokens tokens = new AccessTokens("tenant", clock);

    @Test
    void aTokenLastsForAnHour() {
        String token = "Bearer " + tokens.issue("client", "https://management.azure.com");
        clock.advance(Duration.ofMinutes(59));
        assertThatCode(() -> tokens.check(token, AUDIENCES)).doesNotThrowAnyException();

        clock.advance(Duration.ofMinutes(1));

        assertThatThrownBy(() -> tokens.check(token, AUDIENCES))
                .isInstanceOfSatisfying(
                        ServiceError.class, error -> assertThat(error.code()).isEqualTo("ExpiredAuthenticationToken"))
                .hasMessageContaining("2026-01-01T01:00:00Z");
    }

    @Test
    void aTokenOfAnotherIsNone() {
        String other = "Bearer " + new AccessTokens("tenant", clock).issue("client", "https://management.azure.com");

        assertThatThrownBy(() -> tokens.check(other, AUDIENCES)).hasMessage("The access token is invalid.");
    }
}
