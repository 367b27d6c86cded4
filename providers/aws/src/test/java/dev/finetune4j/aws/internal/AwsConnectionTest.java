package dev.finetune4j.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/** What Amazon's client throws becomes a line that somebody can act upon. */
class AwsConnectionTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "InvalidSignatureException | Signature expired: 20261127T071000Z is now earlier than 20261127T071500Z | timedatectl",
                "InvalidSignatureException | Signature not yet current: 20261127T073000Z is still later | timedatectl",
                "RequestExpired | Request has expired. | timedatectl",
                "RequestTimeTooSkewed | The difference between the request time and the current time is too large. | timedatectl",
                "ExpiredTokenException | The security token included in the request is expired | aws sso login",
                "UnrecognizedClientException | The security token included in the request is invalid. | get-caller-identity",
                "SignatureDoesNotMatch | The request signature we calculated does not match | get-caller-identity",
            })
    void saysTheOneThingToDoAboutCredentials(String code, String message, String remedy) {
        AwsServiceException failure = AwsServiceException.builder()
                .statusCode(400)
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode(code)
                        .errorMessage(message)
                        .build())
                .build();

        assertThat(AwsFailure.of(failure)).isEqualTo(AwsFailure.CREDENTIALS);
        assertThat(AwsConnection.credentialsRemedy(failure)).contains(remedy);
    }

    /** As Amazon's own tools read it. */
    @Test
    void findsTheProfilesInTheHomeThatATildeMeans() throws Exception {
        Files.writeString(folder.resolve("config"), "[default]\nregion = eu-west-1");

        assertThat(AwsConnection.region(Map.of(), Map.of("AWS_CONFIG_FILE", "~/config", "HOME", folder.toString())))
                .contains("eu-west-1");
    }

    @Test
    void findsTheProfilesWhereTheEnvironmentSaysNoHome() throws Exception {
        Files.createDirectory(folder.resolve(".aws"));
        Files.writeString(folder.resolve(".aws/config"), "[default]\nregion = eu-west-3");
        String before = System.setProperty("user.home", folder.toString());
        try {
            assertThat(AwsConnection.region(Map.of(), Map.of())).contains("eu-west-3");
            assertThat(AwsConnection.region(Map.of(), Map.of("AWS_CONFIG_FILE", "~/.aws/config")))
                    .contains("eu-west-3");
        } finally {
            System.setProperty("user.home", before);
        }
    }

    @Test
    void takesTheRegionOfTheProfileWhereNothingElseSaysOne() throws Exception {
        Path config = Files.writeString(folder.resolve("config"), """
                [default]
                region = eu-west-1
                [profile tuning]
                region = eu-central-1
                """);
        Map<String, String> environment = new HashMap<>(Map.of("AWS_CONFIG_FILE", config.toString()));

        assertThat(AwsConnection.region(Map.of(), environment)).contains("eu-west-1");
        environment.put("AWS_PROFILE", "tuning");
        assertThat(AwsConnection.region(Map.of(), environment)).contains("eu-central-1");
        environment.put("AWS_REGION", "us-east-1");
        assertThat(AwsConnection.region(Map.of(), environment)).contains("us-east-1");
        assertThat(AwsConnection.region(Map.of("region", "us-west-2"), environment))
                .contains("us-west-2");
        Files.writeString(config, "region = lost");
        environment.remove("AWS_REGION");
        assertThat(AwsConnection.region(Map.of(), environment)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "empty | no credentials were found: AWS_ACCESS_KEY_ID | aws configure --profile empty",
                "missing | no credentials were found: AWS_ACCESS_KEY_ID | aws configure --profile missing",
                "session | nobody is logged in for profile 'session' of IAM Identity Center | aws sso login --profile session",
                "start-url | nobody is logged in for profile 'start-url' | aws sso login --profile start-url",
                "chained | that source profile has no credentials configured | aws sts get-caller-identity",
            })
    void tellsInALineWhyThereAreNoCredentials(String profile, String reason, String remedy) throws Exception {
        CredentialChain chain = new CredentialChain(Map.of("AWS_CONFIG_FILE", config(), "AWS_PROFILE", profile));

        SdkClientException nowhere = catchThrowableOfType(SdkClientException.class, chain::resolveCredentials);

        assertThat(AwsConnection.isAboutCredentials(nowhere)).isTrue();
        assertThat(AwsConnection.reason(nowhere)).contains(reason).doesNotContain("Chain", "Provider", "class path");
        assertThat(AwsConnection.credentialsRemedy(nowhere)).isEqualTo(remedy);
        assertThat(AwsConnection.credentialsSummary(nowhere)).isEqualTo("there are no credentials for Amazon");
    }

    private String config() throws IOException {
        return Files.writeString(folder.resolve("config"), """
                [profile empty]
                region = eu-west-1
                [profile session]
                sso_session = corp
                sso_account_id = 123456789012
                sso_role_name = Tuner
                [sso-session corp]
                sso_region = eu-west-1
                sso_start_url = https://corp.awsapps.example/start
                [profile start-url]
                sso_start_url = https://corp.awsapps.example/old
                sso_region = eu-west-1
                sso_account_id = 123456789012
                sso_role_name = Tuner
                [profile chained]
                role_arn = arn:aws:iam::123456789012:role/tuner
                source_profile = nobody
                [profile keys]
                aws_access_key_id = AKIDOFPROFILE
                aws_secret_access_key = secret
                """).toString();
    }

    @Test
    void tellsOfProfilesThatCannotBeReadAsOfCredentialsThatAreMissing() throws Exception {
        Path config = Files.writeString(folder.resolve("config"), "[profile tuning\nregion = eu-west-1");
        CredentialChain chain = new CredentialChain(Map.of("AWS_CONFIG_FILE", config.toString()));

        SdkClientException unread = catchThrowableOfType(SdkClientException.class, chain::resolveCredentials);

        assertThat(AwsConnection.isAboutCredentials(unread)).isTrue();
        assertThat(AwsConnection.reason(unread)).startsWith("no credentials: the profiles cannot be read: ");
    }

    @Test
    void takesTheCredentialsOfTheProfile() throws Exception {
        CredentialChain chain = new CredentialChain(Map.of("AWS_CONFIG_FILE", config(), "AWS_PROFILE", "keys"));

        assertThat(chain.resolveCredentials().accessKeyId()).isEqualTo("AKIDOFPROFILE");
        assertThat(chain).asString().doesNotContain("secret", "AKID");
    }
}
