package dev.finetune4j.offlinecloud.azure.rest;

import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The versions of the APIs that the resource manager knows. */
final class ApiVersions {
    private static final Set<String> MACHINE_LEARNING = new TreeSet<>(List.of(
            "2022-02-01-preview",
            "2022-05-01",
            "2022-10-01",
            "2022-10-01-preview",
            "2022-12-01-preview",
            "2023-02-01-preview",
            "2023-04-01",
            "2023-04-01-preview",
            "2023-06-01-preview",
            "2023-08-01-preview",
            "2023-10-01",
            "2024-01-01-preview",
            "2024-04-01",
            "2024-04-01-preview",
            "2024-07-01-preview",
            "2024-10-01",
            "2024-10-01-preview",
            "2025-01-01-preview",
            "2025-04-01",
            "2025-06-01",
            "2025-09-01",
            "2025-10-01-preview",
            "2025-12-01",
            "2026-03-01",
            "2026-05-01",
            "2026-05-15-preview"));

    private static final Set<String> COGNITIVE_SERVICES = new TreeSet<>(List.of(
            "2022-12-01",
            "2023-05-01",
            "2024-04-01-preview",
            "2024-06-01-preview",
            "2024-10-01",
            "2025-04-01-preview",
            "2025-06-01",
            "2025-07-01-preview",
            "2025-09-01",
            "2025-10-01-preview",
            "2025-12-01",
            "2026-03-01",
            "2026-05-01"));

    private static final Map<String, Set<String>> OTHERS = Map.of(
            "microsoft.authorization", Set.of("2022-04-01"),
            "microsoft.resources", new TreeSet<>(List.of("2021-04-01", "2022-09-01", "2024-03-01", "2025-04-01")),
            "microsoft.storage", new TreeSet<>(List.of("2022-09-01", "2023-01-01", "2023-05-01", "2024-01-01")),
            "microsoft.keyvault", new TreeSet<>(List.of("2022-07-01", "2023-07-01", "2024-11-01")),
            "microsoft.managedidentity", new TreeSet<>(List.of("2023-01-31", "2024-11-30")),
            "microsoft.consumption", new TreeSet<>(List.of("2023-11-01", "2024-08-01")));

    private ApiVersions() {}

    /**
     * Refuses a request that names none of them.
     *
     * @param provider whose resources it is about
     */
    static void check(String provider, String version) throws ServiceError {
        String name = provider.toLowerCase(Locale.ROOT);
        Set<String> known = name.equals("microsoft.machinelearningservices")
                ? MACHINE_LEARNING
                : OTHERS.getOrDefault(name, COGNITIVE_SERVICES);
        if (version.isEmpty()) {
            throw AzureErrors.invalid(
                    "MissingApiVersionParameter",
                    "The api-version query parameter (?api-version=) is required for all requests.");
        }
        if (!known.contains(version)) {
            throw AzureErrors.invalid(
                    "InvalidApiVersionParameter",
                    "The api-version '" + version + "' is invalid. The supported versions are '"
                            + String.join(",", known) + "'.");
        }
    }
}
