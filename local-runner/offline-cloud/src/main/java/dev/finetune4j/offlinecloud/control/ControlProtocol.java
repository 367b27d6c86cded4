package dev.finetune4j.offlinecloud.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.offlinecloud.wire.CallLog;
import dev.finetune4j.offlinecloud.wire.JsonBody;
import dev.finetune4j.offlinecloud.wire.Protocol;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.util.List;

/**
 * Takes what is to go wrong, one order a request, and tells which calls were made. It is found at a path that nobody guesses, and takes no
 * signature: {@code POST} with {@code {"do": "throttle", "operation": "CreateTrainingJob", "times": 2}} is an order, {@code GET} lists the
 * calls.
 */
public final class ControlProtocol implements Protocol {
    private static final int OK = 200;
    private static final String CONTENT_TYPE = "application/json";

    private final String path;
    private final Orders orders;
    private final CallLog calls;

    /**
     * The protocol.
     *
     * @param path where it is found
     * @param orders what it does
     * @param calls all calls of the services so far
     */
    public ControlProtocol(String path, Orders orders, CallLog calls) {
        this.path = path;
        this.orders = orders;
        this.calls = calls;
    }

    @Override
    public boolean isSpokenBy(HttpExchange exchange) {
        return exchange.getRequestURI().getPath().equals(path);
    }

    @Override
    public Request receive(HttpExchange exchange) throws IOException {
        return new Order(exchange.getRequestMethod(), exchange.getRequestBody().readAllBytes());
    }

    private final class Order implements Request {
        private final String method;
        private final byte[] body;

        Order(String method, byte[] body) {
            this.method = method;
            this.body = body;
        }

        /** None that a fault could be planned for. */
        @Override
        public String operation() {
            return "";
        }

        @Override
        public void admit() {
            // who knows the path is let in
        }

        @Override
        public String session() {
            return "";
        }

        @Override
        public List<Access> accesses() {
            return List.of();
        }

        @Override
        public Answer answer() throws ServiceError {
            if (method.equals("GET")) {
                return answer(OK, made());
            }
            ObjectNode order = JsonBody.parse(body);
            try {
                orders.follow(order);
            } catch (IllegalArgumentException | IllegalStateException e) {
                throw ServiceError.invalid(String.valueOf(e.getMessage()));
            }
            return answer(OK, Json.records().createObjectNode().set("done", order));
        }

        private ObjectNode made() {
            ObjectNode answer = Json.records().createObjectNode();
            ArrayNode made = answer.putArray("calls");
            for (Call call : calls.all()) {
                if (call.operation().isEmpty()) {
                    continue; // an order
                }
                made.addObject()
                        .put("operation", call.operation())
                        .put("status", call.status())
                        .put("hadEffect", call.hadEffect());
            }
            return answer;
        }

        @Override
        public Answer refusal(ServiceError error) {
            return answer(error.status(), Json.records().createObjectNode().put("error", error.getMessage()));
        }

        private static Answer answer(int status, ObjectNode body) {
            return Answer.text(status, CONTENT_TYPE, body.toString());
        }

        @Override
        public ObjectNode parameters() {
            return Json.records().createObjectNode();
        }
    }
}
