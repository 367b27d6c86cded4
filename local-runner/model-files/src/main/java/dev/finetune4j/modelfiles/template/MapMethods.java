package dev.finetune4j.modelfiles.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The methods of a dict that do not change it; the sandbox has no others. */
final class MapMethods {
    static final Set<String> NAMES = Set.of("get", "items", "keys", "values", "copy");

    private MapMethods() {}

    static Object call(Map<?, ?> map, String name, Arguments arguments) {
        return switch (name) {
            case "get" -> {
                Object value = map.get(arguments.need(0));
                yield value == null ? arguments.get(1, "default", None.NONE) : value;
            }
            case "items" -> items(map);
            case "keys" -> new ArrayList<Object>(map.keySet());
            case "values" -> new ArrayList<Object>(map.values());
            case "copy" -> new LinkedHashMap<Object, Object>(map);
            default -> throw new IllegalStateException("dict." + name + " is listed but not there");
        };
    }

    static List<Object> items(Map<?, ?> map) {
        List<Object> items = new ArrayList<>();
        map.forEach((key, value) -> items.add(new Tuple(List.of(key, value))));
        return items;
    }
}
