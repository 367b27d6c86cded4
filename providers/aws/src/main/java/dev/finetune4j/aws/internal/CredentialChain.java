package dev.finetune4j.aws.internal;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.profiles.Profile;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileProperty;

/** Amazon's own chain of credentials, by the profiles of an environment; where it finds none, the profile's reason is told. */
final class CredentialChain implements AwsCredentialsProvider {
    /** How Amazon's client begins to tell of each place where it looked for credentials, over twenty lines. */
    private static final String NOWHERE = "Unable to load credentials from any of the providers in the chain";

    private static final String PROFILE = "AWS_PROFILE";
    private static final String SSO_SESSION = "sso_session";
    private static final String NONE = "no credentials";
    private static final String NO_LOGIN = NONE + ": nobody is logged in for ";
    private static final String NONE_FOUND = NONE + " were found";

    private final Map<String, String> environment;
    private final String name;
    private @Nullable ProfileFile profiles;
    private @Nullable AwsCredentialsProvider chain;

    CredentialChain(Map<String, String> environment) {
        this.environment = environment;
        name = environment.getOrDefault(PROFILE, "default");
    }

    /** The profile that an environment means, if its files have it. */
    static Optional<Profile> profile(Map<String, String> environment) {
        try {
            return profiles(environment).profile(environment.getOrDefault(PROFILE, "default"));
        } catch (IllegalArgumentException | UncheckedIOException e) {
            return Optional.empty(); // whoever needs credentials of it will be told
        }
    }

    private static ProfileFile profiles(Map<String, String> environment) {
        Path home = Path.of(home(environment), ".aws");
        ProfileFile.Aggregator files = ProfileFile.aggregator();
        add(
                files,
                environment,
                "AWS_SHARED_CREDENTIALS_FILE",
                home.resolve("credentials"),
                ProfileFile.Type.CREDENTIALS);
        add(files, environment, "AWS_CONFIG_FILE", home.resolve("config"), ProfileFile.Type.CONFIGURATION);
        return files.build();
    }

    private static String home(Map<String, String> environment) {
        return environment.getOrDefault("HOME", System.getProperty("user.home"));
    }

    private static void add(
            ProfileFile.Aggregator files,
            Map<String, String> environment,
            String variable,
            Path usual,
            ProfileFile.Type type) {
        Path file = Optional.ofNullable(environment.get(variable))
                .map(named -> named.startsWith("~/") ? home(environment) + named.substring(1) : named)
                .map(Path::of)
                .orElse(usual);
        if (Files.isRegularFile(file)) {
            files.addFile(ProfileFile.builder().content(file).type(type).build());
        }
    }

    @Override
    public AwsCredentials resolveCredentials() {
        try {
            return chain().resolveCredentials();
        } catch (SdkClientException e) {
            if (!String.valueOf(e.getMessage()).startsWith(NOWHERE)) {
                throw e;
            }
            throw SdkClientException.create(
                    profiles().profile(name).map(this::reason).orElseGet(this::nowhere), e);
        }
    }

    private synchronized AwsCredentialsProvider chain() {
        if (chain == null) {
            chain = DefaultCredentialsProvider.builder()
                    .profileFile(profiles())
                    .profileName(name)
                    .build();
        }
        return chain;
    }

    /** Read when credentials are needed, so that a file that cannot be read is told as the want of them. */
    private synchronized ProfileFile profiles() {
        if (profiles == null) {
            try {
                profiles = profiles(environment);
            } catch (IllegalArgumentException | UncheckedIOException e) {
                throw SdkClientException.create(NONE + ": the profiles cannot be read: " + AwsConnection.reason(e), e);
            }
        }
        return profiles;
    }

    /** What brings credentials where a reason is that there are none: somebody logs in, or gives some to the profile. */
    static Optional<String> remedy(String reason) {
        if (reason.startsWith(NO_LOGIN)) {
            return Optional.of("aws sso login --profile " + quoted(reason));
        }
        return reason.startsWith(NONE_FOUND)
                ? Optional.of("aws configure --profile " + quoted(reason))
                : Optional.empty();
    }

    /** Whether a reason is that there are none. */
    static boolean isWithout(String reason) {
        return reason.startsWith(NONE);
    }

    private static String quoted(String reason) {
        return reason.split("'")[1];
    }

    private String reason(Profile profile) {
        if (profile.property(SSO_SESSION).isPresent()
                || profile.property(ProfileProperty.SSO_START_URL).isPresent()) {
            return NO_LOGIN + "profile '" + name + "' of IAM Identity Center, or no longer (" + own() + ")";
        }
        return isWithSomething(profile) ? NONE + " of profile '" + name + "': " + own() : nowhere();
    }

    /** Whether the profile says where credentials are to come from. */
    private static boolean isWithSomething(Profile profile) {
        return profile.properties().keySet().stream()
                .anyMatch(key -> key.startsWith("role_")
                        || key.startsWith("source_")
                        || key.startsWith("credential_")
                        || key.startsWith("aws_")
                        || key.equals(ProfileProperty.WEB_IDENTITY_TOKEN_FILE));
    }

    /** What the profile alone has to say. */
    private String own() {
        try {
            ProfileCredentialsProvider.builder()
                    .profileFile(profiles())
                    .profileName(name)
                    .build()
                    .resolveCredentials();
            return "it has some by now";
        } catch (RuntimeException e) {
            return AwsConnection.reason(e);
        }
    }

    private String nowhere() {
        return NONE_FOUND + ": AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, the profile '" + name
                + "' (AWS_PROFILE, or default) has none, and no container or machine lends any";
    }

    @Override
    public String toString() {
        return "credentials by Amazon's chain, profile " + name;
    }
}
