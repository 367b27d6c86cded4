package dev.finetune4j.offlinecloud.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.azure.ml.OfflineMachineLearning;
import dev.finetune4j.offlinecloud.azure.openai.JobFailure;
import dev.finetune4j.offlinecloud.azure.openai.OfflineOpenAi;
import dev.finetune4j.offlinecloud.bedrock.OfflineBedrock;
import dev.finetune4j.offlinecloud.logs.LogBook;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker;
import dev.finetune4j.offlinecloud.wire.Faults;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** What may be ordered to go wrong, by name. Each order says what it needs besides. */
public final class Orders {
    private static final int CLIENTS_FAULT = 400;
    private static final int MOST_TIMES = 1000;
    private static final BigDecimal MOST_DOLLARS = BigDecimal.valueOf(1_000_000);
    private static final int MOST_DECIMALS = 6;

    private final Map<String, Consumer<ObjectNode>> orders = new TreeMap<>();

    private Orders(Faults faults) {
        orders.put("throttle", order -> faults.throttle(operation(order), times(order)));
        orders.put("break-down", order -> faults.breakDown(operation(order), times(order)));
        orders.put("break-after", order -> faults.breakAfter(operation(order), times(order)));
        orders.put("expire-token", order -> faults.expireToken(operation(order), times(order)));
        orders.put("deny-access", order -> faults.denyAccess(operation(order), times(order)));
        orders.put("lose-request", order -> faults.loseRequest(operation(order), times(order)));
        orders.put("lose-answer", order -> faults.loseAnswer(operation(order), times(order)));
        orders.put("outage", order -> faults.outage(seconds(order)));
        orders.put("refuse", order -> faults.refuse(operation(order), times(order), error(order)));
    }

    /**
     * The orders to Microsoft's cloud.
     *
     * @param service has machines
     * @param openAi tunes without any
     * @param faults of single calls
     */
    public Orders(OfflineMachineLearning service, OfflineOpenAi openAi, Faults faults) {
        this(faults);
        orders.put("fail-tuning", order -> openAi.fail(text(order, "job"), failure(order)));
        orders.put("delay-lists", order -> {
            service.listAfter(seconds(order));
            openAi.listAfter(seconds(order));
        });
        orders.put("training-price", order -> openAi.trainingPrice(text(order, "model"), dollars(order)));
        orders.put("fail-deployment", order -> openAi.failDeployment(text(order, "deployment"), text(order, "reason")));
        orders.put("sell-out", order -> service.sellOut(text(order, "machine")));
        orders.put("restock", order -> service.restock(text(order, "machine")));
        orders.put("reclaim", order -> service.reclaim(text(order, "job")));
        orders.put("quota", order -> service.quota(text(order, "family"), number(order, "value")));
    }

    /**
     * The orders to Amazon's cloud.
     *
     * @param sageMaker has machines
     * @param bedrocks have jobs at once, one for each region
     * @param logs may be late
     * @param faults of single calls
     */
    public Orders(OfflineSageMaker sageMaker, List<OfflineBedrock> bedrocks, LogBook logs, Faults faults) {
        this(faults);
        orders.put("sell-out", order -> sageMaker.sellOut(text(order, "machine")));
        orders.put("restock", order -> sageMaker.restock(text(order, "machine")));
        orders.put("reclaim", order -> sageMaker.reclaim(text(order, "job")));
        orders.put("fail-internally", order -> {
            Duration after = order.has("seconds") ? seconds(order) : Duration.ZERO;
            for (int i = 0; i < times(order); i++) {
                sageMaker.failInternally(text(order, "job"), text(order, "status"), after);
            }
        });
        orders.put("quota", order -> {
            if (order.has("machine")) {
                sageMaker.quota(text(order, "machine"), number(order, "value"));
            } else {
                sageMaker.quotaNamed(text(order, "name"), number(order, "value"));
            }
        });
        orders.put("skew-clock", order -> faults.skewClock(Duration.ofSeconds(number(order, "seconds"))));
        orders.put("bedrock-quota", order -> bedrocks.forEach(one -> one.quota(number(order, "value"))));
        orders.put("withhold-model", order -> bedrocks.forEach(one -> one.withhold(text(order, "model"))));
        orders.put("grant-model", order -> bedrocks.forEach(one -> one.grant(text(order, "model"))));
        orders.put("delay-logs", order -> logs.delay(seconds(order)));
    }

    /**
     * Does what an order says.
     *
     * @throws IllegalArgumentException if there is no such order, or it lacks something
     * @throws IllegalStateException if it cannot be done now
     */
    void follow(ObjectNode order) {
        String name = order.path("do").asText();
        Consumer<ObjectNode> known = orders.get(name);
        if (known == null) {
            throw new IllegalArgumentException("\"do\" must be one of " + orders.keySet() + ", was \"" + name + "\"");
        }
        known.accept(order);
    }

    private static String operation(ObjectNode order) {
        return text(order, "operation");
    }

    private static int times(ObjectNode order) {
        int times = order.has("times") ? number(order, "times") : 1;
        if (times < 1 || times > MOST_TIMES) {
            throw new IllegalArgumentException("\"times\" must be 1.." + MOST_TIMES + ", was " + times);
        }
        return times;
    }

    private static ServiceError error(ObjectNode order) {
        int status = order.has("status") ? number(order, "status") : CLIENTS_FAULT;
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException("\"status\" must be that of a failure, from 400 to 599, was " + status);
        }
        return new ServiceError(
                status, text(order, "code"), order.path("message").asText(""));
    }

    private static JobFailure failure(ObjectNode order) {
        return new JobFailure(
                text(order, "code"),
                order.path("message").asText(""),
                order.path("param").asText(""));
    }

    private static Duration seconds(ObjectNode order) {
        int seconds = number(order, "seconds");
        if (seconds < 0) {
            throw new IllegalArgumentException("\"seconds\" must be at least 0, was " + seconds);
        }
        return Duration.ofSeconds(seconds);
    }

    /** As a number, or as a text of one, which no program rounds. */
    private static BigDecimal dollars(ObjectNode order) {
        JsonNode value = order.path("dollars");
        if (value.isNumber() || value.asText().matches("\\d{1,7}([.]\\d{1,6})?")) {
            BigDecimal dollars = value.isNumber() ? value.decimalValue() : new BigDecimal(value.asText());
            if (dollars.signum() >= 0 && dollars.compareTo(MOST_DOLLARS) <= 0 && dollars.scale() <= MOST_DECIMALS) {
                return dollars;
            }
        }
        throw new IllegalArgumentException("\"dollars\" must be from 0 to " + MOST_DOLLARS + " with at most "
                + MOST_DECIMALS + " decimals, was " + value);
    }

    private static String text(ObjectNode order, String name) {
        if (!order.path(name).isTextual()) {
            throw new IllegalArgumentException("\"" + name + "\" must be a text, was " + order.path(name));
        }
        return order.path(name).asText();
    }

    private static int number(ObjectNode order, String name) {
        if (!order.path(name).canConvertToInt()) {
            throw new IllegalArgumentException("\"" + name + "\" must be a whole number, was " + order.path(name));
        }
        return order.path(name).asInt();
    }
}
