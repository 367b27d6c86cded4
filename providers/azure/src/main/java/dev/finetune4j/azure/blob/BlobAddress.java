package dev.finetune4j.azure.blob;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in blob storage.
 *
 * @param endpoint of the storage account, without a slash at the end
 * @param account name of the storage account
 * @param container of the account
 * @param key what it is called in the container; empty for the container itself, ends with a slash where it is a folder
 */
public record BlobAddress(String endpoint, String account, String container, String key) {
    private static final Pattern ACCOUNT_HOST = Pattern.compile("([^.]+)\\.blob\\..+");
    private static final Pattern ACCOUNT = Pattern.compile("[a-z0-9]{3,24}");
    private static final Pattern CONTAINER = Pattern.compile("(?!-)(?!.*--)[a-z0-9-]{3,63}(?<!-)");
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9!_.()/-]*");

    /**
     * A store as a job file names it: {@code https://ACCOUNT.blob.core.windows.net/CONTAINER/PREFIX}, or {@code
     * https://HOST/ACCOUNT/CONTAINER/PREFIX} as Azurite has it.
     *
     * @return empty where the text is no such address
     */
    public static Optional<BlobAddress> parse(String text) {
        URI address;
        try {
            address = new URI(text);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
        if (!"https".equals(address.getScheme())
                || address.getHost() == null
                || address.getRawUserInfo() != null
                || address.getRawQuery() != null) {
            return Optional.empty();
        }
        String root = "https://" + address.getRawAuthority();
        String path = address.getPath().replaceFirst("^/", "");
        Matcher host = ACCOUNT_HOST.matcher(address.getHost());
        if (host.matches()) {
            return of(root, host.group(1), path); // which refuses an account of another form
        }
        String account = path.replaceFirst("/.*", "");
        return of(
                root + "/" + account, account, path.substring(account.length()).replaceFirst("^/", ""));
    }

    private static Optional<BlobAddress> of(String endpoint, String account, String path) {
        String container = path.replaceFirst("/.*", "");
        String prefix = path.substring(container.length()).replaceFirst("^/", "");
        String key = prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
        boolean isGood = ACCOUNT.matcher(account).matches()
                && CONTAINER.matcher(container).matches()
                && KEY.matcher(key).matches();
        return isGood ? Optional.of(new BlobAddress(endpoint, account, container, key)) : Optional.empty();
    }

    /** What has a name below this one. */
    BlobAddress below(String name) {
        return new BlobAddress(endpoint, account, container, key + name);
    }

    @Override
    public String toString() {
        return endpoint + "/" + container + "/" + key;
    }
}
