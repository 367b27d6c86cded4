package dev.finetune4j.aws.internal;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Objects;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.Abortable;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.utils.AttributeMap;

/**
 * The JDK's HTTP client, where an answer that is no HTTP, breaks off or comes from somebody else counts as a failed call, which is tried
 * again: Amazon's clients throw unchecked exceptions of the JDK for some of these, and take others for an empty success.
 */
final class CheckedHttpClient implements SdkHttpClient {
    private final SdkHttpClient client;

    private CheckedHttpClient(SdkHttpClient client) {
        this.client = client;
    }

    static Builder builder() {
        return new Builder();
    }

    static final class Builder implements SdkHttpClient.Builder<Builder> {
        @Override
        public SdkHttpClient buildWithDefaults(AttributeMap defaults) {
            return new CheckedHttpClient(UrlConnectionHttpClient.builder().buildWithDefaults(defaults));
        }
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        ExecutableHttpRequest prepared = client.prepareRequest(request);
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                HttpExecuteResponse response;
                try {
                    response = prepared.call();
                } catch (UncheckedIOException e) {
                    throw e.getCause();
                } catch (IllegalArgumentException e) {
                    throw new IOException("the answer is no HTTP", e);
                }
                if (response.httpResponse().isSuccessful() && !isOfAmazon(response.httpResponse())) {
                    response.responseBody().ifPresent(Abortable::abort);
                    throw new IOException("the answer is not from Amazon: it has no x-amz header");
                }
                return HttpExecuteResponse.builder()
                        .response(response.httpResponse())
                        .responseBody(response.responseBody()
                                .map(body -> AbortableInputStream.create(new Body(body), body))
                                .orElse(null))
                        .build();
            }

            @Override
            public void abort() {
                prepared.abort();
            }
        };
    }

    /** Every answer of every service has the id of the request; what stands in between and says that all is well has not. */
    private static boolean isOfAmazon(SdkHttpResponse response) {
        return response.headers().keySet().stream()
                .filter(Objects::nonNull)
                .anyMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("x-amz"));
    }

    private static final class Body extends FilterInputStream {
        Body(InputStream body) {
            super(body);
        }

        @Override
        public int read() {
            try {
                return super.read();
            } catch (IOException e) {
                throw broken(e);
            }
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            try {
                return super.read(bytes, offset, length);
            } catch (IOException e) {
                throw broken(e);
            }
        }

        private static SdkClientException broken(IOException failure) {
            return SdkClientException.create("the answer breaks off: " + failure.getMessage(), failure);
        }
    }

    @Override
    public String clientName() {
        return client.clientName();
    }

    @Override
    public void close() {
        client.close();
    }
}
