package dev.finetune4j.engine.spec;

import dev.finetune4j.engine.spec.YamlNode.Mark;
import dev.finetune4j.error.Location;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where each key of a job stands in its file. Empty for a job that was made in Java. */
final class Places {
    private final String source;
    private final Map<String, Place> byPath = new LinkedHashMap<>();

    /** Nothing yet of the file of this name. */
    Places(String source) {
        this.source = source;
    }

    /**
     * A value in the file.
     *
     * @param source the file's name
     * @param variable the environment variable that it was taken from, or null
     * @param written the text before variables were replaced, or null where there are none
     */
    record Place(
            String source,
            Mark mark,
            @Nullable String variable,
            @Nullable String written) {}

    /** Notes where the value of a path begins. */
    void put(String path, Mark mark) {
        byPath.putIfAbsent(path, new Place(source, mark, null, null));
    }

    /** Notes that the value of a path takes something from the environment. */
    void putVariable(String path, Mark mark, String variable, String written) {
        byPath.put(path, new Place(source, mark, variable, written));
    }

    /** Notes that the value of a path was taken from another file. */
    void take(String path, Places from) {
        Place place = from.byPath.get(path);
        if (place != null) {
            byPath.put(path, place);
        }
    }

    /** Whether the file has this key, with a valid value or not. */
    boolean has(String path) {
        return byPath.containsKey(path);
    }

    /** The value's place, or null if the file does not have it. */
    @Nullable
    Place get(String path) {
        return byPath.get(path);
    }

    /** Where to point for a path: at its value, else at what holds it, else at the file. */
    Location of(String path) {
        for (String at = path; !at.isEmpty(); at = parent(at)) {
            Place place = byPath.get(at);
            if (place != null) {
                return new Location.InFile(
                        place.source(), place.mark().line(), place.mark().column(), path);
            }
        }
        return new Location.InFile(source, 0, 0, path);
    }

    /** A place that is known by itself. */
    Location at(String path, Mark mark) {
        return new Location.InFile(source, mark.line(), mark.column(), path);
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
    }
}
