package dev.finetune4j.offlinecloud.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** How services put operations, answers and errors into HTTP. Called by several threads. */
public interface Protocol {
    /** Whether a request speaks it; told from its first line and its headers. */
    boolean isSpokenBy(HttpExchange exchange);

    /** Takes a request, as far as it can be read without knowing whether it is let in. */
    Request receive(HttpExchange exchange) throws IOException;

    /** One request. Its methods are called in the order in which they stand here, each once at most. */
    interface Request {
        /** What it asks for, by which faults are planned and calls are counted; empty or anything where it names nothing that there is. */
        String operation();

        /** How far the time at which it was signed may be from that of the service. */
        default Duration allowedSkew() {
            return SigningTime.USUAL_SKEW;
        }

        /**
         * Whether the service has such an operation and lets the caller in.
         *
         * @throws ServiceError if not
         */
        void admit() throws ServiceError;

        /** The token of the caller's session; empty for the account's own user. */
        String session();

        /** What the caller must be allowed; empty where everybody may, or where it is told only by what the request holds. */
        List<Access> accesses() throws ServiceError;

        /**
         * Does what it asks for.
         *
         * @throws ServiceError if the service refuses
         */
        Answer answer() throws ServiceError, IOException;

        /** An error in the protocol's form. */
        Answer refusal(ServiceError error);

        /** What it asked for with, for the record of calls: names and values, no contents of files. */
        ObjectNode parameters();
    }
}
