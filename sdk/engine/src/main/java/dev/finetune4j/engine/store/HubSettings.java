package dev.finetune4j.engine.store;

import dev.finetune4j.error.FileReason;
import dev.finetune4j.error.FineTuneException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where the hub is and what it is asked with, from the variables that huggingface_hub knows: {@code HF_ENDPOINT},
 * {@code HF_TOKEN}, {@code HF_HOME}, {@code HF_HUB_CACHE}, {@code HF_HUB_OFFLINE}.
 *
 * @param endpoint address of the hub, without a slash at its end
 * @param headers the authorization, if there is a token
 * @param cache the folder of huggingface_hub's cache
 * @param isOffline whether the hub may not be asked
 */
record HubSettings(String endpoint, Map<String, String> headers, Path cache, boolean isOffline) {
    private static final String DEFAULT_ENDPOINT = "https://huggingface.co";

    /** @throws FineTuneException with FT0496 if no folder can have a name that is in them */
    static HubSettings of(Map<String, String> environment) {
        String user = environment.getOrDefault("HOME", System.getProperty("user.home"));
        Path hubHome = folder(environment, "HF_HOME", user + "/.cache/huggingface");
        Path cache = folder(environment, "HF_HUB_CACHE", hubHome.resolve("hub").toString());
        String endpoint =
                environment.getOrDefault("HF_ENDPOINT", DEFAULT_ENDPOINT).replaceFirst("/+$", "");
        String token = environment.getOrDefault("HF_TOKEN", tokenFile(hubHome.resolve("token")));
        boolean isOffline = environment.getOrDefault("HF_HUB_OFFLINE", "").matches("(?i)1|true|yes|on");
        return new HubSettings(
                endpoint,
                token.isBlank() ? Map.of() : Map.of("Authorization", "Bearer " + token.strip()),
                cache,
                isOffline);
    }

    private static Path folder(Map<String, String> environment, String variable, String otherwise) {
        String named = environment.getOrDefault(variable, otherwise);
        try {
            return Path.of(named);
        } catch (InvalidPathException e) {
            throw StoreProblems.UNWRITABLE
                    .error("the hub's models cannot be in " + named + ": no folder can have this name here")
                    .because(FileReason.of(e))
                    .remedy(
                            FileReason.isOfLocale(e)
                                    ? FileReason.UTF8_LOCALE
                                    : "export " + variable + "=/path/with/space")
                    .asException(e);
        }
    }

    /** The token that {@code hf auth login} left, if any. */
    private static String tokenFile(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.readString(file).strip() : "";
        } catch (IOException e) {
            // A token that cannot be read is none; public models need no token.
            return "";
        }
    }

    /** The hub's host, for messages. */
    String host() {
        return String.valueOf(URI.create(endpoint).getHost());
    }

    /** Names no header, since it is the token. */
    @Override
    public String toString() {
        return "HubSettings[" + endpoint + "]";
    }
}
