package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A store as a job's role sees it.
 *
 * @param s3 the store
 * @param role ARN of the role
 * @param region of the job, which its buckets must be in
 */
record StoreAsRole(OfflineS3 s3, String role, String region) implements ObjectStore {
    private static final String DOWNLOAD = "Data download failed: ";
    private static final String UPLOAD = "Artifact upload failed: ";
    private static final String OTHER_REGION = ": bucket must be in the same region as the job";
    private static final Pattern URI = Pattern.compile("s3://([^/]+)/?(.*)", Pattern.DOTALL);

    @Override
    public List<Found> list(String prefix) throws IOException {
        S3Address address = address(prefix);
        demandRegion(address, DOWNLOAD + "BucketRegionError: " + prefix + OTHER_REGION);
        demand(S3Accesses.list(address.bucket(), address.key()), DOWNLOAD);
        return s3.list(prefix);
    }

    @Override
    public void fetch(String uri, Path file) throws IOException {
        S3Address address = address(uri);
        demandRegion(address, DOWNLOAD + "BucketRegionError: " + uri + OTHER_REGION);
        demand(S3Accesses.object("s3:GetObject", address.bucket(), address.key()), DOWNLOAD);
        demandKey("GetObject", address.bucket(), DOWNLOAD);
        s3.fetch(uri, file);
    }

    @Override
    public void upload(Path file, String uri) throws IOException {
        S3Address address = address(uri);
        demandRegion(
                address,
                "Artifact upload failed:Unable to upload file to " + uri
                        + " (BucketRegionError: bucket must be in the same region as the job)");
        demand(S3Accesses.object("s3:PutObject", address.bucket(), address.key()), UPLOAD);
        demandKey("PutObject", address.bucket(), UPLOAD);
        if (s3.isShared(address.bucket())) {
            throw new IOException(UPLOAD + "Access Denied: " + address.bucket());
        }
        s3.upload(file, uri);
    }

    @Override
    public ObjectStore actingAs(String otherRole, String otherRegion) {
        return new StoreAsRole(s3, otherRole, otherRegion);
    }

    private void demandRegion(S3Address address, String failure) throws IOException {
        if (s3.find(address.bucket())
                .filter(bucket -> !bucket.region().equals(region))
                .isPresent()) {
            throw new IOException(failure);
        }
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
