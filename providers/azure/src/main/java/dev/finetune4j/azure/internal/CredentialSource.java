package dev.finetune4j.azure.internal;

import java.util.List;
import java.util.Map;

/**
 * Where tokens come from: one source that somebody chose, or that the environment tells, and no chain of tries, which takes seconds and
 * ends with somebody else's account. Knows names only, so that settings can be looked at without any of Microsoft's classes.
 */
public final class CredentialSource {
    /** The setting that names one. */
    public static final String SETTING = "credential";

    static final String ENVIRONMENT = "environment";
    private static final String CLI = "azure-cli";
    static final String MANAGED = "managed-identity";
    static final String WORKLOAD = "workload-identity";

    /** What may be chosen. */
    public static final List<String> ALL = List.of(ENVIRONMENT, CLI, MANAGED, WORKLOAD);

    static final String SECRET = "AZURE_CLIENT_SECRET";
    static final String CERTIFICATE = "AZURE_CLIENT_CERTIFICATE_PATH";
    static final String TOKEN_FILE = "AZURE_FEDERATED_TOKEN_FILE";

    private CredentialSource() {}

    /** The source that is meant. */
    public static String of(Map<String, String> settings, Map<String, String> environment) {
        String chosen = settings.getOrDefault(SETTING, "");
        if (!chosen.isEmpty()) {
            return chosen;
        }
        if (environment.containsKey(TOKEN_FILE)) {
            return WORKLOAD;
        }
        return environment.containsKey(SECRET) || environment.containsKey(CERTIFICATE) ? ENVIRONMENT : CLI;
    }
}
