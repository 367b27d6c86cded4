package dev.finetune4j.engine.data.source;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Chooses a proxy by {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code ALL_PROXY} and {@code NO_PROXY}, as curl and pip do. */
final class EnvironmentProxy extends ProxySelector {
    private static final int DEFAULT_PORT = 3128;

    private final Map<String, String> environment;

    EnvironmentProxy(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    @Override
    public List<Proxy> select(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toUpperCase(Locale.ROOT);
        String address = value(scheme + "_PROXY", value("ALL_PROXY", ""));
        if (address.isBlank() || isExcepted(String.valueOf(uri.getHost()))) {
            return List.of(Proxy.NO_PROXY);
        }
        URI proxy = URI.create(address.contains("://") ? address : "http://" + address);
        int port = proxy.getPort() < 0 ? DEFAULT_PORT : proxy.getPort();
        return List.of(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.getHost(), port)));
    }

    private boolean isExcepted(String host) {
        if (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]")) {
            return true;
        }
        for (String exception : value("NO_PROXY", "").split(",")) {
            String domain = exception.strip().replaceFirst("^\\*?\\.", "");
            if (domain.equals("*") || (!domain.isEmpty() && (host.equals(domain) || host.endsWith("." + domain)))) {
                return true;
            }
        }
        return false;
    }

    private String value(String name, String otherwise) {
        @Nullable String upper = environment.get(name);
        return upper == null ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), otherwise) : upper;
    }

    @Override
    public void connectFailed(URI uri, SocketAddress proxy, IOException failure) {
        // There is no second proxy to choose; the failure reaches the caller of the request.
    }
}
