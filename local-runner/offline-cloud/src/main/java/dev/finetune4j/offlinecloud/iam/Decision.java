package dev.finetune4j.offlinecloud.iam;

import dev.finetune4j.offlinecloud.wire.Access;
import java.util.List;

/** What policies come to. */
enum Decision {
    /** Allowed, and not denied. */
    ALLOWED("allowed"),
    /** Nothing speaks of it. */
    NOT_ALLOWED("implicitDeny"),
    /** Denied, whatever allows it. */
    FORBIDDEN("explicitDeny");

    private final String word;

    Decision(String word) {
        this.word = word;
    }

    /** The service's own word. */
    String word() {
        return word;
    }

    /** What statements come to. */
    static Decision of(List<Statement> statements, Access access) {
        List<Statement> speaking = statements.stream()
                .filter(statement -> statement.speaksOf(access))
                .toList();
        if (speaking.stream().anyMatch(statement -> !statement.allows())) {
            return FORBIDDEN;
        }
        return speaking.isEmpty() ? NOT_ALLOWED : ALLOWED;
    }

    /** What is left of it by others that bound it: all must allow, and any may deny. */
    Decision within(Decision bound) {
        return compareTo(bound) >= 0 ? this : bound;
    }
}
