package dev.finetune4j.offlinecloud.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells in its own protocol that a service is not here, to whoever signs for one of Amazon's that nobody else speaks for: forms are answered
 * as forms are, EC2's in its own way, all others with JSON.
 */
public final class AbsentServices implements Protocol {
    private static final Pattern ACTION = Pattern.compile("(?:^|&)Action=(\\w+)");
    private static final String EC2 = "ec2";
    private static final String S3 = "s3";

    @Override
    public boolean isSpokenBy(HttpExchange exchange) {
        return Signature.of(exchange)
                .filter(signature -> !signature.service().equals(S3))
                .isPresent();
    }

    @Override
    public Request receive(HttpExchange exchange) throws IOException {
        String service = Signature.of(exchange).map(Signature::service).orElse("");
        if (!QueryProtocol.isForm(exchange)) {
            return new Absent(service, exchange.getRequestURI().getPath(), false);
        }
        String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Matcher action = ACTION.matcher(form);
        return new Absent(service, action.find() ? action.group(1) : "", true);
    }

    /**
     * A request that nobody answers.
     *
     * @param service as it is signed for
     * @param operation the action of a form, else the path
     * @param isForm whether it is one
     */
    private record Absent(String service, String operation, boolean isForm) implements Request {
        private static final int NOT_FOUND = 404;

        @Override
        public void admit() throws ServiceError {
            throw absent();
        }

        private ServiceError absent() {
            String message = "The offline cloud does not play " + service + ", which was asked for " + operation;
            return isForm
                    ? ServiceError.of("InvalidAction", message)
                    : new ServiceError(NOT_FOUND, "UnknownOperationException", message);
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
            throw absent();
        }

        @Override
        public Answer refusal(ServiceError error) {
            String message = String.valueOf(error.getMessage());
            if (!isForm) {
                return Answer.identified(
                                error.status(),
                                "application/json",
                                Json.records()
                                        .createObjectNode()
                                        .put("message", message)
                                        .toString())
                        .with("x-amzn-errortype", error.code());
            }
            Xml told = Xml.of(
                    "Error",
                    List.of(Xml.of("Type", "Sender"), Xml.of("Code", error.code()), Xml.of("Message", message)));
            Xml document = service.equals(EC2)
                    ? Xml.of("Response", List.of(Xml.of("Errors", List.of(told)), Xml.of("RequestID", "offline")))
                    : Xml.of("ErrorResponse", List.of(told, Xml.of("RequestId", "offline")));
            return Answer.identified(error.status(), "text/xml", document.document(""));
        }

        @Override
        public ObjectNode parameters() {
            return Json.records().createObjectNode();
        }
    }
}
