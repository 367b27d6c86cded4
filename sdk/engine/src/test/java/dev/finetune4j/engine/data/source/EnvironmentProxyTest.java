package dev.finetune4j.engine.data.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentProxyTest {
    @Test
    void choosesTheProxyOfTheScheme() {
        Map<String, String> environment = Map.of(
                "https_proxy", "http://proxy.corp:8080", "ALL_PROXY", "all.corp", "NO_PROXY", "corp, .example.org");

        assertThat(proxy(environment, "https://pypi.org/x"))
                .contains("proxy.corp")
                .contains("8080");
        assertThat(proxy(environment, "http://pypi.org/x")).contains("all.corp").contains("3128");
        assertThat(proxy(environment, "https://git.corp/x")).isEqualTo("[DIRECT]");
        assertThat(proxy(environment, "https://a.example.org/x")).isEqualTo("[DIRECT]");
        assertThat(proxy(environment, "http://localhost:8080/x")).isEqualTo("[DIRECT]");
        assertThat(proxy(Map.of(), "https://pypi.org/x")).isEqualTo("[DIRECT]");
        assertThat(proxy(Map.of("HTTPS_PROXY", "p", "NO_PROXY", "*"), "https://pypi.org/x"))
                .isEqualTo("[DIRECT]");
    }

    private static String proxy(Map<String, String> environment, String uri) {
        return new EnvironmentProxy(environment).select(URI.create(uri)).toString();
    }
}
