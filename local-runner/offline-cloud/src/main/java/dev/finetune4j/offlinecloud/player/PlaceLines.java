package dev.finetune4j.offlinecloud.player;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Settings of places as lines of a job file. */
final class PlaceLines {
    private PlaceLines() {}

    /** A line for each place, such as {@code azure-ml: {region: westeurope}}. */
    static List<String> of(Map<String, Map<String, String>> places) {
        return places.entrySet().stream()
                .map(place -> place.getKey() + ": {" + yaml(place.getValue()) + "}")
                .toList();
    }

    private static String yaml(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(setting -> setting.getKey() + ": "
                        + (setting.getValue().contains(":") ? '"' + setting.getValue() + '"' : setting.getValue()))
                .collect(Collectors.joining(", "));
    }
}
