package dev.finetune4j.azure.internal;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.identity.AadCredentialBuilderBase;
import com.azure.identity.AzureCliCredentialBuilder;
import com.azure.identity.ClientCertificateCredentialBuilder;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import java.util.List;
import java.util.Map;

/**
 * Where tokens come from: one source that somebody chose, or that the environment tells, and no chain of tries, which takes seconds and
 * ends with somebody else's account.
 */
final class AzureCredentials {
    /** The setting. */
    static final String SETTING = "credential";

    static final String ENVIRONMENT = "environment";
    private static final String CLI = "azure-cli";
    static final String MANAGED = "managed-identity";
    static final String WORKLOAD = "workload-identity";

    /** What may be chosen. */
    static final List<String> SOURCES = List.of(ENVIRONMENT, CLI, MANAGED, WORKLOAD);

    private static final String TENANT = "AZURE_TENANT_ID";
    private static final String CLIENT = "AZURE_CLIENT_ID";
    private static final String SECRET = "AZURE_CLIENT_SECRET";
    private static final String CERTIFICATE = "AZURE_CLIENT_CERTIFICATE_PATH";
    private static final String TOKEN_FILE = "AZURE_FEDERATED_TOKEN_FILE";

    private AzureCredentials() {}

    /** The source that is meant. */
    static String source(Map<String, String> settings, Map<String, String> environment) {
        String chosen = settings.getOrDefault(SETTING, "");
        if (!chosen.isEmpty()) {
            return chosen;
        }
        if (environment.containsKey(TOKEN_FILE)) {
            return WORKLOAD;
        }
        return environment.containsKey(SECRET) || environment.containsKey(CERTIFICATE) ? ENVIRONMENT : CLI;
    }

    /** Gives tokens of a cloud. Asks nothing yet. */
    static TokenCredential open(String source, AzureCloud cloud, Map<String, String> environment, HttpClient http) {
        String tenant = environment.getOrDefault(TENANT, "");
        String client = environment.getOrDefault(CLIENT, "");
        return switch (source) {
            case ENVIRONMENT -> principal(tenant, client, cloud, environment, http);
            case WORKLOAD ->
                at(new WorkloadIdentityCredentialBuilder(), cloud, http)
                        .tenantId(tenant)
                        .clientId(client)
                        .tokenFilePath(environment.getOrDefault(TOKEN_FILE, ""))
                        .build();
            case MANAGED -> {
                ManagedIdentityCredentialBuilder managed = new ManagedIdentityCredentialBuilder().httpClient(http);
                yield (client.isEmpty() ? managed : managed.clientId(client)).build();
            }
            default -> {
                AzureCliCredentialBuilder cli = new AzureCliCredentialBuilder();
                yield (tenant.isEmpty() ? cli : cli.tenantId(tenant)).build();
            }
        };
    }

    private static TokenCredential principal(
            String tenant, String client, AzureCloud cloud, Map<String, String> environment, HttpClient http) {
        String secret = environment.getOrDefault(SECRET, "");
        return secret.isEmpty()
                ? at(new ClientCertificateCredentialBuilder(), cloud, http)
                        .tenantId(tenant)
                        .clientId(client)
                        .pemCertificate(environment.getOrDefault(CERTIFICATE, ""))
                        .build()
                : at(new ClientSecretCredentialBuilder(), cloud, http)
                        .tenantId(tenant)
                        .clientId(client)
                        .clientSecret(secret)
                        .build();
    }

    /** An authority that Microsoft's own list does not know is asked nothing of it. */
    private static <T extends AadCredentialBuilderBase<T>> T at(T builder, AzureCloud cloud, HttpClient http) {
        builder.authorityHost(cloud.authority().toString()).httpClient(http);
        return cloud.isMicrosofts() ? builder : builder.disableInstanceDiscovery();
    }
}
