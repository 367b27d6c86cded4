package dev.finetune4j.aws.internal;

import dev.finetune4j.spi.CreateOnce;
import java.util.Optional;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Makes a thing of Amazon's once; see {@link CreateOnce}. Amazon's answers to a create do not describe the thing, so that the next look shows it.
 *
 * @param <T> what the service tells of the thing
 */
public abstract class AwsCreateOnce<T> extends CreateOnce<T, SdkException> {
    private static final AwsRequestOverrideConfiguration ONE_TRY = AwsRequestOverrideConfiguration.builder()
            .addPlugin(client -> client.overrideConfiguration(
                    settings -> settings.retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                            .maxAttempts(1)
                            .build())))
            .build();

    /** For one thing. */
    protected AwsCreateOnce() {
        super(SdkException.class);
    }

    /**
     * Asks the service for it.
     *
     * @param oneTry goes with the call: Amazon's client does not repeat it, which would hide what became of the tries before the last
     */
    protected abstract void create(AwsRequestOverrideConfiguration oneTry);

    /** Whether an error says that the name is taken. */
    protected abstract boolean isTaken(SdkException failure);

    @Override
    protected final Optional<T> create() {
        create(ONE_TRY);
        return Optional.empty();
    }

    @Override
    protected final Refusal refusal(SdkException failure) {
        if (isTaken(failure)) {
            return Refusal.TAKEN;
        }
        return switch (AwsFailure.of(failure)) {
            case OUTAGE -> Refusal.UNANSWERED;
            case BUSY -> Refusal.BUSY;
            case DENIED, CREDENTIALS, REFUSED -> Refusal.FINAL;
        };
    }
}
