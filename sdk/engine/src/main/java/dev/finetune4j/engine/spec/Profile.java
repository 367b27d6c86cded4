package dev.finetune4j.engine.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.value.ProviderId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a home says of places to each job file that does not say it itself: the roles, stores and regions of an account, which are the same
 * for every job. It lies in the home as {@value #FILE} and holds {@code places} as a job file does.
 */
public final class Profile {
    /** Its name in the home. */
    public static final String FILE = "profile.yaml";

    /** The one of a home that says nothing. */
    public static final Profile NONE = new Profile(JsonNodeFactory.instance.objectNode(), new Places(FILE));

    private static final String PLACES = "places";

    /** Settings by which a job file means another account or another part of it, where all others would be wrong. */
    private static final List<String> IDENTITY = List.of(
            "role", "subscription", "resource-group", "workspace", "resource", "endpoint", PlaceSettings.REGION);

    private static final String HEADING = """
            # What job files of this home need not say of their places; what a job file does say goes before it.
            # Written by finetune bootstrap.
            """;

    private final ObjectNode told;
    private final Places whereabouts;

    private Profile(ObjectNode told, Places whereabouts) {
        this.told = told;
        this.whereabouts = whereabouts;
    }

    /**
     * The profile of a home; one that says nothing where there is none.
     *
     * @param environment what {@code ${env:NAME}} is taken from
     * @throws FineTuneException with FT0101 to FT0103 if it cannot be read, or with every problem of FT0104 to FT0112 that it has
     */
    public static Profile of(Path home, Map<String, String> environment) {
        Path file = home.resolve(FILE);
        if (!Files.exists(file)) {
            return NONE;
        }
        List<Problem> problems = new ArrayList<>();
        Places whereabouts = new Places(file.toString());
        YamlNode root = YamlReader.read(JobFile.text(file), file.toString(), problems);
        ObjectNode told = new JobReader(environment, whereabouts, problems).readPlaces(root);
        refuse(problems);
        return new Profile(told, whereabouts);
    }

    /**
     * The profile of a home as it would say of some places what {@code text} says, and of all others what it says now.
     *
     * @param text a document with {@code places}
     * @return what would stand in the file
     * @throws FineTuneException with what is wrong with the text, or with the profile that is there
     */
    public static String saying(Path home, String text) {
        Path file = home.resolve(FILE);
        ObjectNode all = Files.exists(file)
                ? document(JobFile.text(file), file.toString())
                : JsonNodeFactory.instance.objectNode();
        ObjectNode places = all.withObjectProperty(PLACES);
        places.setAll(document(text, Location.JOB).withObjectProperty(PLACES));
        return HEADING + YamlText.block(all, path -> "");
    }

    /** What it says of a place; empty if nothing. */
    public Map<String, String> settingsOf(ProviderId place) {
        Map<String, String> settings = new LinkedHashMap<>();
        told.path(PLACES)
                .path(place.value())
                .properties()
                .forEach(setting ->
                        settings.put(setting.getKey(), setting.getValue().asText()));
        return settings;
    }

    /** Says to a job what it leaves open. A place where the job names another account, or another part of it, is the job's alone. */
    void fill(ObjectNode job, Places places) {
        told.path(PLACES).properties().forEach(place -> {
            JsonNode said = job.path(PLACES).path(place.getKey());
            if (IDENTITY.stream()
                    .noneMatch(key -> differs(said.get(key), place.getValue().get(key)))) {
                ObjectNode into = job.withObjectProperty(PLACES).withObjectProperty(place.getKey());
                fill(into, place.getValue(), PLACES + "." + place.getKey(), places);
            }
        });
    }

    private static boolean differs(@Nullable JsonNode said, @Nullable JsonNode known) {
        return said != null && known != null && !said.equals(known);
    }

    private void fill(ObjectNode into, JsonNode settings, String path, Places places) {
        settings.properties().forEach(setting -> {
            if (!into.has(setting.getKey())) {
                into.set(setting.getKey(), setting.getValue());
                places.take(YamlText.join(path, setting.getKey()), whereabouts);
            }
        });
    }

    /** A document as it is written, with variables and all. */
    private static ObjectNode document(String text, String source) {
        List<Problem> problems = new ArrayList<>();
        JsonNode tree = YamlReader.read(text, source, problems).tree();
        refuse(problems);
        return tree instanceof ObjectNode mapping ? mapping : JsonNodeFactory.instance.objectNode();
    }

    private static void refuse(List<Problem> problems) {
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
    }
}
