package dev.finetune4j.azure.internal;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.exception.ClientAuthenticationException;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;

/**
 * A source of tokens that says which one it is where it has none to give.
 *
 * @param source as {@link AzureCredentials#SETTING} calls it
 * @param credential gives the tokens
 */
record SignIn(String source, TokenCredential credential) implements TokenCredential {
    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
        return credential.getToken(request).onErrorMap(RuntimeException.class, this::told);
    }

    @Override
    public AccessToken getTokenSync(TokenRequestContext request) {
        try {
            return credential.getTokenSync(request);
        } catch (RuntimeException e) {
            throw told(e);
        }
    }

    private RuntimeException told(RuntimeException failure) {
        return AzureFailure.of(failure) == AzureFailure.CREDENTIALS ? new Refused(source, failure) : failure;
    }

    /** Names no token and no secret. */
    @Override
    public String toString() {
        return "SignIn[" + source + "]";
    }

    /** That a source gives no token. */
    static final class Refused extends ClientAuthenticationException {
        private static final long serialVersionUID = 1;

        /** Entra ID's numbers of claims that are not valid yet, or no more, by its clock. */
        private static final Pattern CLOCK = Pattern.compile("AADSTS(700024|50013|5000224)\\b|(?i)not yet valid");

        /** The directory does not know the application, or there is no such directory. */
        private static final Pattern APPLICATION = Pattern.compile("AADSTS700016\\b");

        private static final Pattern TENANT = Pattern.compile("AADSTS900(02|23)\\b");

        private final String source;

        Refused(String source, RuntimeException cause) {
            super(cause.getMessage(), null, cause);
            this.source = source;
        }

        /** What to do about it. */
        String remedy() {
            if (CLOCK.matcher(String.valueOf(getMessage())).find()) {
                return "sudo timedatectl set-ntp true";
            }
            return switch (source) {
                case CredentialSource.ENVIRONMENT -> ofEnvironment(String.valueOf(getMessage()));
                case CredentialSource.WORKLOAD ->
                    "az identity federated-credential list --identity-name NAME --resource-group GROUP";
                case CredentialSource.MANAGED -> "az vm identity show --name VM --resource-group GROUP";
                default -> "az login";
            };
        }

        private static String ofEnvironment(String message) {
            if (APPLICATION.matcher(message).find()) {
                return "export AZURE_CLIENT_ID=APPLICATION";
            }
            return TENANT.matcher(message).find()
                    ? "export AZURE_TENANT_ID=TENANT"
                    : "export AZURE_CLIENT_SECRET=SECRET";
        }
    }
}
