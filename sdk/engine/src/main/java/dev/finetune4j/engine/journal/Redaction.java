package dev.finetune4j.engine.journal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Takes secrets out of what is written down: values of environment variables that hold secrets by their name or by a provider's
 * word, and the user and signature parts of addresses.
 */
public final class Redaction {
    /** What stands where a secret stood. */
    public static final String MARK = "[redacted]";

    /** Shorter values occur by chance; no real credential is so short. */
    private static final int SHORTEST = 8;

    private static final Pattern SECRET_NAME = Pattern.compile(
            "(^|_)(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|KEY|APIKEY|CREDENTIALS?|CONNECTION_STRING|SAS|PAT)(_|$)");
    private static final Pattern USER_OF_ADDRESS = Pattern.compile("://[^/\\s@]{1,512}@");
    private static final Pattern SIGNATURE_OF_ADDRESS = Pattern.compile(
            "([?&](?:sig|signature|x-amz-[a-z-]+|x-goog-[a-z-]+|[a-z_-]*token|[a-z_-]*key|password|secret|code)=)[^&\\s#]+",
            Pattern.CASE_INSENSITIVE);

    private final List<String> secrets;

    private Redaction(Stream<String> secrets) {
        this.secrets = secrets.filter(value -> value.length() >= SHORTEST)
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    /** Hides the values of variables whose name says that they are secret, or that {@code secretNames} has. */
    public static Redaction of(Map<String, String> environment, Set<String> secretNames) {
        return new Redaction(environment.entrySet().stream()
                .filter(variable -> secretNames.contains(variable.getKey())
                        || SECRET_NAME
                                .matcher(variable.getKey().toUpperCase(Locale.ROOT))
                                .find())
                .map(Map.Entry::getValue));
    }

    /** Hides further values too. */
    public Redaction and(Collection<String> values) {
        return new Redaction(Stream.concat(secrets.stream(), values.stream()));
    }

    /** The text without secrets. */
    public String apply(String text) {
        String clean = text;
        for (String secret : secrets) {
            clean = clean.replace(secret, MARK);
        }
        clean = USER_OF_ADDRESS.matcher(clean).replaceAll("://" + MARK + "@");
        return SIGNATURE_OF_ADDRESS.matcher(clean).replaceAll("$1" + MARK);
    }

    /** The tree with every text in it cleaned; keys and kinds stay, since they are ours. */
    public JsonNode apply(JsonNode tree) {
        if (tree instanceof ObjectNode object) {
            object.properties().forEach(field -> {
                if (!field.getKey().equals("kind")) {
                    field.setValue(apply(field.getValue()));
                }
            });
        } else if (tree instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, apply(array.get(i)));
            }
        } else if (tree.isTextual()) {
            return TextNode.valueOf(apply(tree.textValue()));
        }
        return tree;
    }

    /** The problems without secrets. The cause is left out where it may hold one. */
    public FineTuneException apply(FineTuneException failure) {
        List<Problem> clean = failure.problems().stream().map(this::apply).toList();
        return clean.equals(failure.problems()) ? failure : new FineTuneException(clean, null);
    }

    private Problem apply(Problem problem) {
        return new Problem(
                problem.kind(),
                problem.severity(),
                apply(problem.summary()),
                problem.place().map(this::apply).orElse(null),
                problem.causes().stream().map(this::apply).toList(),
                problem.remedies().stream().map(this::apply).toList(),
                problem.retry());
    }

    private Location apply(Location place) {
        if (place instanceof Location.InFile file) {
            return new Location.InFile(apply(file.source()), file.line(), file.column(), file.key());
        }
        Location.InRow row = (Location.InRow) place;
        return new Location.InRow(apply(row.source()), row.row(), row.field(), row.start(), row.end());
    }

    /** Names no secret. */
    @Override
    public String toString() {
        return "Redaction[" + secrets.size() + " values]";
    }
}
