package dev.finetune4j.aws.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.spi.ProviderContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Why an account cannot be made ready is told by CloudFormation's own errors. */
class FoundingFailuresTest {
    private final Map<String, String> environment = new HashMap<>(Map.of(
            "AWS_REGION", "eu-central-1", "AWS_ACCESS_KEY_ID", "AKIA", "AWS_SECRET_ACCESS_KEY", "planted/secret"));

    @Test
    void tellsThatTheRegionIsMissing() {
        environment.remove("AWS_REGION");

        Problem problem = failure();

        assertThat(problem.code()).isEqualTo("FT0855");
        assertThat(problem.remedies()).containsExactly("finetune bootstrap aws --region eu-central-1");
    }

    @Test
    void tellsWhoMayNot() throws IOException {
        assertThat(failure(403, "AccessDenied", "User is not authorized to perform: cloudformation:DescribeStacks"))
                .satisfies(problem -> assertThat(problem.code()).isEqualTo("FT0856"))
                .satisfies(problem -> assertThat(problem.causes().toString())
                        .contains("cloudformation:DescribeStacks")
                        .doesNotContain("planted"));
        assertThat(failure(403, "InvalidClientTokenId", "The security token is invalid")
                        .code())
                .isEqualTo("FT0856");
    }

    @Test
    void tellsWhatIsRefusedAndWhoDoesNotAnswer() throws IOException {
        assertThat(failure(400, "ValidationError", "Template error").code()).isEqualTo("FT0855");
        assertThat(failure(503, "ServiceUnavailable", "later").code()).isEqualTo("FT0857");
        environment.put("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
        assertThat(failure().code()).isEqualTo("FT0857");
    }

    private Problem failure(int status, String code, String message) throws IOException {
        byte[] body =
                ("<ErrorResponse xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\"><Error><Type>Sender</Type><Code>"
                                + code + "</Code><Message>" + message
                                + "</Message></Error><RequestId>1</RequestId></ErrorResponse>")
                        .getBytes(StandardCharsets.UTF_8);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("Content-Type", "text/xml");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            environment.put(
                    "AWS_ENDPOINT_URL",
                    "http://127.0.0.1:" + server.getAddress().getPort());
            return failure();
        } finally {
            server.stop(0);
        }
    }

    private Problem failure() {
        ProviderContext context = new ProviderContext(Path.of("target"), environment, Clock.systemUTC());
        FineTuneException failure =
                catchThrowableOfType(FineTuneException.class, () -> new AwsFounder().prepare(context, Map.of()));
        return failure.problems().get(0);
    }
}
