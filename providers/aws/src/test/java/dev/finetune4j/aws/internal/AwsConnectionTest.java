package dev.finetune4j.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.profiles.ProfileFile;

/** What Amazon's client throws becomes a line that somebody can act upon. */
class AwsConnectionTest {
    @TempDir
    private Path folder;

    @Test
    void tellsInALineThatThereAreNoCredentials() throws Exception {
        Path profile = Files.createFile(folder.resolve("config"));
        AwsCredentialsProviderChain chain = AwsCredentialsProviderChain.of(
                EnvironmentVariableCredentialsProvider.create(),
                ProfileCredentialsProvider.builder()
                        .profileFile(ProfileFile.builder()
                                .content(profile)
                                .type(ProfileFile.Type.CONFIGURATION)
                                .build())
                        .build());

        SdkClientException nowhere = catchThrowableOfType(SdkClientException.class, chain::resolveCredentials);

        assertThat(AwsConnection.isAboutCredentials(nowhere)).isTrue();
        assertThat(AwsConnection.reason(nowhere))
                .startsWith("no credentials were found: AWS_ACCESS_KEY_ID")
                .doesNotContain("Chain", "Provider");
    }
}
