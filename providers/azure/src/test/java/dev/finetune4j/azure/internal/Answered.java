package dev.finetune4j.azure.internal;

import com.azure.core.credential.AccessToken;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.BinaryData;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An answer of one of Microsoft's services, as its client throws it. */
public final class Answered extends HttpResponse {
    private final int status;
    private final HttpHeaders headers = new HttpHeaders();
    private final byte[] body;

    private Answered(int status, String body) {
        super(new HttpRequest(HttpMethod.GET, "https://management.azure.com/"));
        this.status = status;
        this.body = body.getBytes(StandardCharsets.UTF_8);
    }

    /** With an error in the resource manager's form. */
    public static HttpResponseException with(int status, String code, String message) {
        Answered answer =
                new Answered(status, "{\"error\":{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}}");
        answer.headers.set(HttpHeaderName.fromString("x-ms-correlation-request-id"), "c0ffee");
        return new HttpResponseException("Status code " + status, answer);
    }

    /** An answer with a body, in which there may be no error at all. */
    public static Answered to(int status, String body) {
        return new Answered(status, body);
    }

    /** The same with a header. */
    public Answered with(HttpHeaderName name, String value) {
        headers.set(name, value);
        return this;
    }

    /** A connection to the public cloud whose calls come here. */
    public static AzureConnection connection(HttpClient http) {
        return new AzureConnection(
                AzureCloud.of(AzureCloud.PUBLIC).orElseThrow(),
                request -> Mono.just(new AccessToken(
                        "token", OffsetDateTime.now(ZoneOffset.UTC).plusHours(1))),
                http);
    }

    /** With an error in the form of blob storage, in the words of its client, which begin with a guess. */
    public static HttpResponseException ofStorage(int status, String code) {
        String body = "<?xml version=\"1.0\"?><Error><Code>" + code
                + "</Code><Message>This request is not authorized to perform this operation using this permission.\n"
                + "RequestId:c0ffee\nTime:2026-11-28T22:00:00Z</Message></Error>";
        Answered answer = new Answered(status, body);
        answer.headers.set(HttpHeaderName.fromString("x-ms-error-code"), code);
        answer.headers.set(HttpHeaderName.fromString("x-ms-request-id"), "c0ffee");
        return new HttpResponseException(
                "If you are using a StorageSharedKeyCredential, and the server returned an error message\nStatus code "
                        + status + ", \"" + body + "\"",
                answer);
    }

    @Override
    public int getStatusCode() {
        return status;
    }

    @Override
    @Deprecated
    public @Nullable String getHeaderValue(String name) {
        return headers.getValue(HttpHeaderName.fromString(name));
    }

    @Override
    public HttpHeaders getHeaders() {
        return headers;
    }

    @Override
    public Flux<ByteBuffer> getBody() {
        return Flux.just(ByteBuffer.wrap(body));
    }

    @Override
    public BinaryData getBodyAsBinaryData() {
        return BinaryData.fromBytes(body);
    }

    @Override
    public Mono<byte[]> getBodyAsByteArray() {
        return Mono.just(body);
    }

    @Override
    public Mono<String> getBodyAsString() {
        return getBodyAsString(StandardCharsets.UTF_8);
    }

    @Override
    public Mono<String> getBodyAsString(Charset charset) {
        return Mono.just(new String(body, charset));
    }
}
