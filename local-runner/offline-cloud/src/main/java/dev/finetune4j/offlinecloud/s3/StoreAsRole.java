package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A store as a role sees it.
 *
 * @param s3 the store
 * @param role ARN of the role
 */
record StoreAsRole(OfflineS3 s3, String role) implements ObjectStore {
    private static final Pattern URI = Pattern.compile("s3://([^/]+)/?(.*)", Pattern.DOTALL);

    @Override
    public List<Found> list(String prefix) throws IOException {
        S3Address address = address(prefix);
        demand(S3Accesses.list(address.bucket(), address.key()), "Data download failed: ");
        return s3.list(prefix);
    }

    @Override
    public void fetch(String uri, Path file) throws IOException {
        S3Address address = address(uri);
        demand(S3Accesses.object("s3:GetObject", address.bucket(), address.key()), "Data download failed: ");
        demandKey("GetObject", address.bucket(), "Data download failed: ");
        s3.fetch(uri, file);
    }

    @Override
    public void upload(Path file, String uri) throws IOException {
        S3Address address = address(uri);
        demand(S3Accesses.object("s3:PutObject", address.bucket(), address.key()), "Artifact upload failed: ");
        demandKey("PutObject", address.bucket(), "Artifact upload failed: ");
        if (s3.isShared(address.bucket())) {
            throw new IOException("Artifact upload failed: Access Denied: " + address.bucket());
        }
        s3.upload(file, uri);
    }

    @Override
    public ObjectStore actingAs(String other) {
        return new StoreAsRole(s3, other);
    }

    private void demandKey(String operation, String bucket, String failure) throws IOException {
        String key = s3.keyOf(bucket).orElse("");
        if (!key.isEmpty()) {
            for (Access access : S3Accesses.toKey(operation, key, s3.region())) {
                demand(access, failure);
            }
        }
    }

    private void demand(Access access, String failure) throws IOException {
        try {
            s3.gate().admitRole(role, s3.told(access));
        } catch (ServiceError error) {
            throw new IOException(failure + error.getMessage(), error);
        }
    }

    private static S3Address address(String uri) throws IOException {
        Matcher parts = URI.matcher(uri);
        if (!parts.matches()) {
            throw new IOException(uri + " is no address in S3");
        }
        return new S3Address(parts.group(1), parts.group(2));
    }
}
