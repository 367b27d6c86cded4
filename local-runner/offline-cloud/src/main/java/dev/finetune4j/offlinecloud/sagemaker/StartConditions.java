package dev.finetune4j.offlinecloud.sagemaker;

import dev.finetune4j.offlinecloud.s3.ObjectStore;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.Gate;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.util.regex.Matcher;

/**
 * What the service looks at as a job's role before it takes the job: whether the inputs are there and the image may be pulled. Its messages
 * are those that others were told.
 */
final class StartConditions {
    private final JobRequest request;
    private final String region;
    private final ObjectStore store;
    private final Gate gate;

    /**
     * What is looked at.
     *
     * @param region where the job is to run
     * @param store all of it, of which the role may see a part
     * @param gate decides what the role may do
     */
    StartConditions(JobRequest request, String region, ObjectStore store, Gate gate) {
        this.request = request;
        this.region = region;
        this.store = store;
        this.gate = gate;
    }

    /** Refuses a job that could not start. What a manifest names is looked for when the job is on its machine. */
    void check(JobAccesses accesses) throws ServiceError {
        for (InputChannel channel : InputChannel.all(request)) {
            if (channel.type().equals(InputChannel.PREFIX) && !hasObjects(channel.uri())) {
                throw noObjects(channel.uri());
            }
        }
        try {
            for (Access access : accesses.toPull(request.body())) {
                gate.admitRole(request.role(), access);
            }
        } catch (ServiceError denial) {
            throw noImage();
        }
    }

    private boolean hasObjects(String uri) {
        try {
            return !store.actingAs(request.role(), region).list(uri).isEmpty();
        } catch (IOException e) {
            return false; // no such bucket, another region's, or not for the role: the service does not tell which
        }
    }

    private ServiceError noObjects(String uri) {
        return ServiceError.invalid("No S3 objects found under S3 URL \"" + uri
                + "\" given in input data source. Please ensure that the bucket exists in the selected region ("
                + region
                + "), that objects exist under that S3 prefix, and that the role \"" + request.role()
                + "\" has \"s3:ListBucket\" permissions on bucket \"" + uri.replaceFirst("s3://([^/]+).*", "$1")
                + "\".");
    }

    private ServiceError noImage() {
        Matcher image = JobAccesses.IMAGE.matcher(
                request.body().at("/AlgorithmSpecification/TrainingImage").asText());
        String place = image.matches() ? image.group(3) + " in registry ID: " + image.group(1) : "";
        return ServiceError.invalid("Access denied for repository: " + place
                + ". Please check if your ECR repository and image exist and role " + request.role()
                + " has proper pull permissions for SageMaker: " + String.join(", ", JobAccesses.PULL));
    }
}
