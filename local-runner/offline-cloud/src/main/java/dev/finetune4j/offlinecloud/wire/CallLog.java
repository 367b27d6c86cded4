package dev.finetune4j.offlinecloud.wire;

import java.util.ArrayList;
import java.util.List;

/** The calls that a server answered, or left without an answer. Safe for use by several threads. */
public final class CallLog {
    private final List<Call> calls = new ArrayList<>();

    /** No call. */
    public CallLog() {}

    synchronized void add(Call call) {
        calls.add(call);
    }

    /** Calls of an operation so far, in the order of the answers. */
    public List<Call> of(String operation) {
        return all().stream().filter(call -> call.operation().equals(operation)).toList();
    }

    /** Every call so far, in the order of the answers. */
    public synchronized List<Call> all() {
        return List.copyOf(calls);
    }
}
