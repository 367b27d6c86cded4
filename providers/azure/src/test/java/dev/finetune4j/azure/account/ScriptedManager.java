package dev.finetune4j.azure.account;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import dev.finetune4j.azure.internal.Answered;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A resource manager of other habits than the offline one's: it tells in another way where a result will be, and refuses in words that are given. */
final class ScriptedManager implements HttpClient {
    private static final String RESULT = "/operationResults/1";
    private static final int OK = 200;
    private static final int ACCEPTED = 202;
    private static final int NOT_FOUND = 404;

    private @Nullable HttpResponse refusal;
    private @Nullable HttpHeaderName addressing;
    private int looks;

    /** The next call is refused in such words. */
    void refuse(int status, String code, String message) {
        refusal = Answered.to(status, "{\"error\":{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}}");
    }

    /** From now on it tells by this header where to look for what it works out; null for no header. */
    void tellsWhereBy(@Nullable HttpHeaderName header) {
        addressing = header;
    }

    /** What would be made, as far as it says so. */
    WorkspaceDeployment prepared() {
        WorkspaceDeployment deployment = OfflineGroup.deployment(Answered.connection(this), Duration.ofMillis(1));
        WorkspaceTemplate template = WorkspaceTemplate.shipped();
        deployment.prepare(template, template.parameters(Map.of()), template.parameters(Map.of()));
        return deployment;
    }

    @Override
    public Mono<HttpResponse> send(HttpRequest request) {
        return Mono.fromSupplier(() -> answer(request.getUrl().getPath()));
    }

    private HttpResponse answer(String path) {
        HttpResponse refused = refusal;
        if (refused != null) {
            refusal = null;
            return refused;
        }
        if (path.endsWith("/whatIf")) {
            HttpHeaderName header = addressing;
            Answered accepted = Answered.to(ACCEPTED, "");
            return header == null
                    ? accepted
                    : accepted.with(header, "https://management.azure.com" + RESULT + "?api-version=1");
        }
        if (path.equals(RESULT)) {
            return Answered.to(
                    OK,
                    looks++ < 1
                            ? "{\"status\":\"Running\"}"
                            : "{\"status\":\"Succeeded\",\"properties\":{\"changes\":[{\"changeType\":\"Create\",\"resourceId\":"
                                    + "\"/providers/Microsoft.Storage/storageAccounts/ft4j1\"}]}}");
        }
        return Answered.to(NOT_FOUND, "{\"error\":{\"code\":\"DeploymentNotFound\",\"message\":\"none\"}}");
    }
}
