package dev.finetune4j.engine.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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

    /** Says to a job what it leaves open. */
    void fill(ObjectNode job, Places places) {
        if (!told.path(PLACES).isEmpty()) {
            fill(job.withObjectProperty(PLACES), (ObjectNode) told.get(PLACES), PLACES, places);
        }
    }

    private void fill(ObjectNode into, ObjectNode from, String path, Places places) {
        from.properties().forEach(entry -> {
            String key = YamlText.join(path, entry.getKey());
            if (entry.getValue() instanceof ObjectNode settings) {
                fill(into.withObjectProperty(entry.getKey()), settings, key, places);
            } else if (!into.has(entry.getKey())) {
                into.set(entry.getKey(), entry.getValue());
                places.take(key, whereabouts);
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
