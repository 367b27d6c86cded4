package dev.finetune4j.azure.internal;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.identity.AadCredentialBuilderBase;
import com.azure.identity.AzureCliCredentialBuilder;
import com.azure.identity.ClientCertificateCredentialBuilder;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import java.util.Map;

/** What gives the tokens of a {@link CredentialSource}. */
final class AzureCredentials {
    private static final String TENANT = "AZURE_TENANT_ID";
    private static final String CLIENT = "AZURE_CLIENT_ID";

    private AzureCredentials() {}

    /** Gives tokens of a cloud. Asks nothing yet. */
    static TokenCredential open(String source, AzureCloud cloud, Map<String, String> environment, HttpClient http) {
        String tenant = environment.getOrDefault(TENANT, "");
        String client = environment.getOrDefault(CLIENT, "");
        return switch (source) {
            case CredentialSource.ENVIRONMENT -> principal(tenant, client, cloud, environment, http);
            case CredentialSource.WORKLOAD ->
                at(new WorkloadIdentityCredentialBuilder(), cloud, http)
                        .tenantId(tenant)
                        .clientId(client)
                        .tokenFilePath(environment.getOrDefault(CredentialSource.TOKEN_FILE, ""))
                        .build();
            case CredentialSource.MANAGED -> {
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
        String secret = environment.getOrDefault(CredentialSource.SECRET, "");
        return secret.isEmpty()
                ? at(new ClientCertificateCredentialBuilder(), cloud, http)
                        .tenantId(tenant)
                        .clientId(client)
                        .pemCertificate(environment.getOrDefault(CredentialSource.CERTIFICATE, ""))
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
