package dev.finetune4j.offlinecloud.player;

import dev.finetune4j.spi.CloudPlayer.Order;
import java.util.List;
import java.util.stream.Stream;

/** What both clouds of this module can be ordered. */
final class CommonOrders {
    private static final String CALLS = "calls";
    private static final String OF_CALLS = "operation, times";
    private static final List<Order> ORDERS = List.of(
            new Order("machines", "sell-out", "machine"),
            new Order("machines", "restock", "machine"),
            new Order("machines", "reclaim", "job"),
            new Order(CALLS, "throttle", OF_CALLS),
            new Order(CALLS, "break-down", OF_CALLS),
            new Order(CALLS, "break-after", OF_CALLS),
            new Order(CALLS, "expire-token", OF_CALLS),
            new Order(CALLS, "deny-access", OF_CALLS),
            new Order(CALLS, "lose-request", OF_CALLS),
            new Order(CALLS, "lose-answer", OF_CALLS),
            new Order(CALLS, "refuse", "operation, code, message, status, times"),
            new Order("all", "outage", "seconds"));

    private CommonOrders() {}

    /** These, and those that one of the clouds takes besides. */
    static List<Order> and(Order... others) {
        return Stream.concat(ORDERS.stream(), Stream.of(others)).toList();
    }
}
