package dev.finetune4j.cli.view;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.AccessPolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Policies one after the other, each with what its parts are for. */
public final class PolicyView {
    private final Screen screen;

    /** Prints to a screen. */
    public PolicyView(Screen screen) {
        this.screen = screen;
    }

    /** For people. */
    public void print(List<AccessPolicy> policies) {
        if (policies.isEmpty()) {
            screen.line("nothing has to be allowed");
        }
        String gap = "";
        for (AccessPolicy policy : policies) {
            screen.line(gap + screen.paint(Tone.STRONG, heading(policy)));
            screen.line(policy.document());
            policy.reasons()
                    .forEach((part, reason) ->
                            screen.line("  " + Wrap.hanging(part + ": " + reason, screen.columns() - 2, 4)));
            gap = System.lineSeparator();
        }
    }

    private static String heading(AccessPolicy policy) {
        return switch (policy.holder()) {
            case CALLER -> "whoever launches the job";
            case HOST -> "whoever hosts the tuned model, beyond that";
            case JOB -> "the job" + (policy.identity().isEmpty() ? "" : ", which runs as " + policy.identity());
        };
    }

    /** For programs; documents are no texts there. */
    public void printJson(List<AccessPolicy> policies) {
        List<Map<String, Object>> all = policies.stream()
                .map(policy -> {
                    Map<String, Object> one = new LinkedHashMap<>();
                    one.put("holder", policy.holder());
                    one.put("identity", policy.identity());
                    one.put("document", Json.read(policy.document(), JsonNode.class));
                    one.put("reasons", policy.reasons());
                    return one;
                })
                .toList();
        screen.line(Json.pretty(Map.of("policies", all)));
    }
}
