package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.aws.internal.AwsCreateOnce;
import dev.finetune4j.aws.internal.RoleLook;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.spi.ProviderContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.bedrock.BedrockClient;
import software.amazon.awssdk.services.bedrock.model.ConflictException;
import software.amazon.awssdk.services.bedrock.model.ResourceNotFoundException;
import software.amazon.awssdk.services.bedrock.model.Tag;

/**
 * A client of Bedrock, and what its failures mean. Safe for use by several threads.
 *
 * @param client Amazon's
 * @param region the region that it asks
 * @param context with whose credentials
 */
record BedrockCalls(BedrockClient client, String region, ProviderContext context) implements AutoCloseable {
    /** Tries of one call by Amazon's client, but of a create, of which {@link AwsCreateOnce} sees each. */
    static final int ATTEMPTS = 4;

    /** Who acts as a job's role. */
    private static final String SERVICE = "bedrock.amazonaws.com";

    private static final Duration LONGEST_CALL = Duration.ofSeconds(60);

    /** Calls of a region, with the credentials of the environment, a profile or the machine. Asks nothing yet. */
    static BedrockCalls open(String region, ProviderContext context) {
        AwsConnection connection = new AwsConnection(region, "BEDROCK", ATTEMPTS, LONGEST_CALL);
        return new BedrockCalls(connection.open(BedrockClient.builder(), context), region, context);
    }

    /**
     * What the service answers.
     *
     * @param what what is asked about, for a person
     * @throws FineTuneException with what a failure means
     */
    <T> T told(String what, Supplier<T> question) {
        try {
            return question.get();
        } catch (SdkException e) {
            throw BedrockErrors.told(e, what, region);
        }
    }

    /** The same of a thing, or what is done with it; empty only where the service answered that there is none. */
    <T> Optional<T> ifThere(String what, Supplier<T> question) {
        return told(what, () -> {
            try {
                return Optional.of(question.get());
            } catch (ResourceNotFoundException e) {
                return Optional.empty();
            }
        });
    }

    /** Tags of a thing by their keys; none where it is gone. */
    Map<String, String> tags(String arn) {
        return ifThere(
                        arn,
                        () -> client.listTagsForResource(request -> request.resourceARN(arn)).tags().stream()
                                .collect(Collectors.toMap(Tag::key, Tag::value)))
                .orElse(Map.of());
    }

    /**
     * Makes a thing of a name unless it is there; see {@link AwsCreateOnce}.
     *
     * @param <T> what the service tells of the thing
     */
    abstract class Once<T> extends AwsCreateOnce<T> {
        private final String name;
        private final String role;

        /** A thing for which the service acts as nobody's role. */
        Once(String name) {
            this(name, "");
        }

        /** @param role ARN of the role as which the service makes it */
        Once(String name, String role) {
            this.name = name;
            this.role = role;
        }

        @Override
        protected boolean isTaken(SdkException failure) {
            return failure instanceof ConflictException;
        }

        @Override
        protected FineTuneException told(SdkException failure) {
            return role.isEmpty() || !BedrockErrors.isOfRole(failure)
                    ? BedrockErrors.told(failure, name, region)
                    : BedrockErrors.roleUnusable(
                            failure,
                            name,
                            RoleLook.at(role, SERVICE, region, context),
                            context.clock().instant());
        }

        @Override
        protected FineTuneException hidden() {
            return BedrockErrors.hidden(name);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
