package dev.finetune4j.cli;

import dev.finetune4j.spi.CloudPlayer;
import dev.finetune4j.spi.CloudPlayer.Order;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What can be ordered to go wrong at several clouds, in one table: what all of them take once, and the rest with those that take it. */
final class OrderTable {
    private OrderTable() {}

    /** Orders in words, by what they befall. */
    static Map<String, String> of(List<CloudPlayer> players) {
        Map<Order, SortedSet<String>> vendors = new LinkedHashMap<>();
        for (CloudPlayer player : players) {
            player.orders()
                    .forEach(order -> vendors.computeIfAbsent(order, none -> new TreeSet<>())
                            .add(player.vendor()));
        }
        Map<String, Map<Terms, List<String>>> names = new LinkedHashMap<>();
        vendors.forEach((order, who) -> names.computeIfAbsent(order.subject(), none -> new LinkedHashMap<>())
                .computeIfAbsent(new Terms(order.settings(), who), none -> new ArrayList<>())
                .add(order.name()));
        Map<String, String> rows = new LinkedHashMap<>();
        names.forEach((subject, orders) -> rows.put(
                subject,
                orders.entrySet().stream()
                        .map(same -> String.join(", ", same.getValue())
                                + same.getKey().words(players.size()))
                        .collect(Collectors.joining(", "))));
        return rows;
    }

    /**
     * What orders may have in common.
     *
     * @param settings of each
     * @param vendors whose clouds take it
     */
    private record Terms(String settings, SortedSet<String> vendors) {
        String words(int all) {
            return (settings.isEmpty() ? "" : " {" + settings + "}")
                    + (vendors.size() == all ? "" : " at " + String.join(" and ", vendors));
        }
    }
}
