package dev.finetune4j.azure.ml;

import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.Context;
import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.azure.internal.ArmResources;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.json.Json;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The run history of a workspace, which tells of a job what the resource manager does not. Safe for use by several threads. */
final class RunHistory {
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int NOT_FOUND = 404;
    private static final int BEYOND = 416;

    /** A part of a log. */
    static final class LogPart {
        private final boolean isReadable;
        private final byte[] bytes;

        private LogPart(boolean isReadable, byte[] bytes) {
            this.isReadable = isReadable;
            this.bytes = bytes;
        }

        /** Whether it can be read now; one that is gone, or closed to us, hinders no job. */
        boolean isReadable() {
            return isReadable;
        }

        /** From the place that was asked for to the end; none where the log ends before. */
        byte[] bytes() {
            return bytes;
        }
    }

    private final ArmResources manager;
    private final String workspace;
    private final HttpPipeline managing;
    private final HttpPipeline anonymous;
    private @Nullable String endpoint;

    /** @param workspace its path in the resource manager */
    RunHistory(ArmResources manager, String workspace, AzureConnection connection) {
        this.manager = manager;
        this.workspace = workspace;
        managing = connection.managing();
        anonymous = connection.anonymous();
    }

    /** What it tells of a job; empty while it does not know the job. */
    Optional<RunDetails> details(String job) {
        String address = endpoint() + "/history/v1.0" + workspace + "/runs/" + job + "/details";
        try (HttpResponse answer = managing.sendSync(new HttpRequest(HttpMethod.GET, address), Context.NONE)) {
            return answer.getStatusCode() == NOT_FOUND
                    ? Optional.empty()
                    : Optional.of(new RunDetails(json(answer, "run history of " + job)));
        }
    }

    /** What a log has from a byte on, counted from 0. */
    LogPart log(String address, long from) {
        HttpRequest request =
                new HttpRequest(HttpMethod.GET, address).setHeader(HttpHeaderName.RANGE, "bytes=" + from + "-");
        try (HttpResponse answer = anonymous.sendSync(request, Context.NONE)) {
            int status = answer.getStatusCode();
            if (status != OK && status != PARTIAL) {
                return new LogPart(status == BEYOND, new byte[0]);
            }
            byte[] content = answer.getBodyAsBinaryData().toBytes();
            return new LogPart(true, status == OK ? rest(content, from) : content);
        }
    }

    private static byte[] rest(byte[] content, long from) {
        return java.util.Arrays.copyOfRange(content, (int) Math.min(from, content.length), content.length);
    }

    /** The workspace names it by way of a list of its services. */
    private synchronized String endpoint() {
        String known = endpoint;
        if (known == null) {
            String list = manager.find(workspace)
                    .map(there -> there.at("/properties/discoveryUrl").asText())
                    .filter(address -> !address.isEmpty())
                    .orElseThrow(() -> AzureMlErrors.noWorkspace(workspace));
            try (HttpResponse answer = managing.sendSync(new HttpRequest(HttpMethod.GET, list), Context.NONE)) {
                known = json(answer, "services of the workspace")
                        .path("history")
                        .asText();
            }
            endpoint = known;
        }
        return known;
    }

    private static JsonNode json(HttpResponse answer, String what) {
        if (answer.getStatusCode() != OK) {
            throw new HttpResponseException(what + ": " + answer.getStatusCode(), answer.buffer());
        }
        return Json.read(answer.getBodyAsBinaryData().toString(), JsonNode.class);
    }
}
