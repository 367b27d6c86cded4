package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Making, finding and removing buckets. */
final class BucketCalls {
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int BAD_REQUEST = 400;
    private static final String FIRST_REGION = "us-east-1";
    private static final Pattern NAME = Pattern.compile(
            "(?!xn--|sthree-)(?!.*\\.\\.)(?!\\d+\\.\\d+\\.\\d+\\.\\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

    private final OfflineS3 s3;

    BucketCalls(OfflineS3 s3) {
        this.s3 = s3;
    }

    Answer list(S3Request request) {
        String prefix = request.parameter("prefix").orElse("");
        String region = request.parameter("bucket-region").orElse("");
        List<Xml> buckets = s3.buckets().stream()
                .filter(bucket -> bucket.owner().equals(s3.account())
                        && bucket.name().startsWith(prefix)
                        && (region.isEmpty() || bucket.region().equals(region)))
                .map(bucket -> Xml.of(
                        "Bucket",
                        List.of(
                                Xml.of("Name", bucket.name()),
                                Xml.of("CreationDate", ListCalls.time(bucket.created())),
                                Xml.of("BucketRegion", bucket.region()))))
                .toList();
        return S3Call.xml(Xml.of(
                "ListAllMyBucketsResult",
                List.of(Xml.of("Owner", List.of(Xml.of("ID", s3.account()))), Xml.of("Buckets", buckets))));
    }

    /**
     * Makes a bucket.
     *
     * @param region of the endpoint that is asked
     */
    Answer create(S3Request request, String region) throws ServiceError, IOException {
        byte[] body = request.body().readAllBytes();
        String constraint =
                body.length == 0 ? "" : Xml.read(new ByteArrayInputStream(body)).textOf("LocationConstraint");
        if (!NAME.matcher(request.bucket()).matches()) {
            throw new ServiceError(BAD_REQUEST, "InvalidBucketName", "The specified bucket is not valid.")
                    .with("BucketName", request.bucket());
        }
        String wanted = constraint.isEmpty() ? FIRST_REGION : constraint;
        if (!wanted.equals(region) && !region.equals(FIRST_REGION)) {
            throw new ServiceError(
                    BAD_REQUEST,
                    "IllegalLocationConstraintException",
                    "The " + (constraint.isEmpty() ? "unspecified" : constraint)
                            + " location constraint is incompatible for the region specific endpoint this request was sent to.");
        }
        s3.make(request.bucket(), wanted, s3.account());
        return Answer.empty(OK, Map.of("Location", "/" + request.bucket()));
    }

    Answer head(S3Request request, Bucket bucket) {
        return Answer.empty(OK, Map.of("x-amz-bucket-region", bucket.region(), "x-amz-access-point-alias", "false"));
    }

    Answer location(S3Request request, Bucket bucket) {
        return S3Call.xml(Xml.of("LocationConstraint", bucket.region().equals(FIRST_REGION) ? "" : bucket.region()));
    }

    Answer delete(S3Request request, Bucket bucket) throws ServiceError {
        s3.remove(bucket);
        return Answer.empty(NO_CONTENT, Map.of());
    }
}
