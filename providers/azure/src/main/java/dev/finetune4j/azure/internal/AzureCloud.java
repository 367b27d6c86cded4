package dev.finetune4j.azure.internal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.spi.PlaceSettings;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * One of Microsoft's clouds, which share no accounts.
 *
 * @param name as Microsoft's own tools call it
 * @param resourceManager address of its resource manager, without a slash at the end
 * @param authority address that gives tokens
 * @param audience whom tokens for the resource manager are for, without a slash at the end
 * @param storageSuffix what names of storage accounts go on with, after {@code .blob.}
 * @param domain what its services' own domains go on with, after {@code openai.} and {@code cognitiveservices.}
 */
public record AzureCloud(
        String name, URI resourceManager, URI authority, String audience, String storageSuffix, String domain) {
    /** The variable by which Microsoft's tools find clouds of other addresses, such as one that is offline. */
    public static final String METADATA = "ARM_CLOUD_METADATA_URL";

    /** The cloud that is meant where nobody says so. */
    public static final String PUBLIC = "public";

    private static final String GOVERNMENT = "us-government";
    private static final String CHINA = "china";

    private static final Map<String, AzureCloud> KNOWN = Map.of(
            PUBLIC,
            known(
                    "AzureCloud",
                    "https://management.azure.com",
                    "https://login.microsoftonline.com",
                    "core.windows.net",
                    "azure.com"),
            GOVERNMENT,
            known(
                    "AzureUSGovernment",
                    "https://management.usgovcloudapi.net",
                    "https://login.microsoftonline.us",
                    "core.usgovcloudapi.net",
                    "azure.us"),
            CHINA,
            known(
                    "AzureChinaCloud",
                    "https://management.chinacloudapi.cn",
                    "https://login.partner.microsoftonline.cn",
                    "core.chinacloudapi.cn",
                    "azure.cn"));

    private static AzureCloud known(
            String name, String resourceManager, String authority, String storageSuffix, String domain) {
        return new AzureCloud(
                name, URI.create(resourceManager), URI.create(authority), resourceManager, storageSuffix, domain);
    }

    /** Whom tokens for Azure OpenAI are for, without a slash at the end. */
    public String cognitiveAudience() {
        return "https://cognitiveservices." + domain;
    }

    /** Where the resource of a name answers as Azure OpenAI. */
    public String openAiEndpoint(String resource) {
        return "https://" + resource + ".openai." + domain;
    }

    /** The cloud whose Azure OpenAI a host is, as job files call it; empty where it is none of Microsoft's. */
    public static Optional<String> ofOpenAi(String host) {
        return KNOWN.entrySet().stream()
                .filter(known -> host.endsWith(".openai." + known.getValue().domain())
                        || host.endsWith(
                                ".cognitiveservices." + known.getValue().domain())
                        || host.endsWith(".services.ai." + known.getValue().domain()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** Whether its tokens come from Microsoft, whose list of authorities has it. */
    boolean isMicrosofts() {
        return KNOWN.values().stream().anyMatch(cloud -> cloud.authority().equals(authority));
    }

    /** What a job file may call clouds. */
    public static List<String> names() {
        return KNOWN.keySet().stream().sorted().toList();
    }

    /** The cloud whose storage a host is, as job files call it; empty where it is none of Microsoft's. */
    public static Optional<String> ofStorage(String host) {
        return KNOWN.entrySet().stream()
                .filter(known -> host.endsWith(".blob." + known.getValue().storageSuffix()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** The cloud that a region is of, as job files call it: Microsoft begins the names of all that are not public with a word of their own. */
    public static String ofRegion(String region) {
        if (region.startsWith("usgov") || region.startsWith("usdod")) {
            return GOVERNMENT;
        }
        return region.startsWith(CHINA) ? CHINA : PUBLIC;
    }

    /**
     * That the region of a place's settings is of another cloud than they mean; empty where it is of that one, or none is named.
     *
     * @param kind what is told
     * @param prefix what keys of the place's settings begin with in a job file
     * @param what is in the cloud that is meant
     * @param ofAddress the cloud of an address among the settings; empty where it tells none. One that is meant makes the region the slip.
     */
    public static Optional<Problem> contradiction(
            Map<String, String> settings, ProblemKind kind, String prefix, String what, Optional<String> ofAddress) {
        String meant = settings.getOrDefault(AzureConnection.CLOUD, PUBLIC);
        return Optional.ofNullable(settings.get(PlaceSettings.REGION))
                .filter(region -> !ofRegion(region).equals(meant))
                .map(region -> kind.error("the region " + region + " is in the cloud " + ofRegion(region) + ", and the "
                                + what + " in " + meant)
                        .at(Location.ofKey(prefix + PlaceSettings.REGION))
                        .because("Microsoft's clouds share no regions")
                        .remedy(
                                ofAddress.filter(meant::equals).isPresent()
                                        ? "az account list-locations --query '[].name'"
                                        : prefix + AzureConnection.CLOUD + ": " + ofRegion(region))
                        .build());
    }

    /** The cloud that a job file means. */
    public static Optional<AzureCloud> of(String name) {
        return Optional.ofNullable(KNOWN.get(name.toLowerCase(Locale.ROOT)));
    }

    /**
     * The same cloud at the addresses of a list, as {@value #METADATA} names one.
     *
     * @param list of clouds in the form of ARM's {@code /metadata/endpoints}
     * @return empty where the list does not have it
     */
    public Optional<AzureCloud> in(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .filter(cloud -> cloud.path("name").asText().equalsIgnoreCase(name))
                .findFirst()
                .map(this::at);
    }

    private AzureCloud at(JsonNode cloud) {
        String manager = bare(cloud.path("resourceManager").asText());
        String last = audience;
        for (JsonNode one : cloud.at("/authentication/audiences")) {
            last = bare(one.asText());
            if (last.equals(manager)) {
                break;
            }
        }
        return new AzureCloud(
                name,
                URI.create(manager),
                URI.create(bare(cloud.at("/authentication/loginEndpoint").asText())),
                last,
                storageSuffix,
                domain);
    }

    private static String bare(String address) {
        return address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    }
}
