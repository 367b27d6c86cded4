package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import java.util.EnumSet;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the adapters of a published run are put on, by the names that trainers have for a layer's matrices. */
final class RunTargets {
    private final RunRow row;

    RunTargets(RunRow row) {
        this.row = row;
    }

    /** The matrices; empty where there are no adapters or nobody says it. */
    Set<Projection> targets(Method method, Framework framework) {
        if (method == Method.FULL || (method == Method.PROMPT && !row.notes().say("adapter v2"))) {
            return Set.of();
        }
        if (method == Method.PROMPT) {
            // LLaMA-Adapter V2 also scales and shifts what every matrix gives (arXiv:2304.15010)
            return EnumSet.allOf(Projection.class);
        }
        String text = row.lower("lora_targets");
        if (text.isEmpty()) { // Unsloth, and who else checkpoints by default, puts adapters on all matrices
            boolean isAll = framework == Framework.UNSLOTH || row.framework().checkpointing() != null;
            return isAll ? EnumSet.allOf(Projection.class) : Set.of();
        }
        if (text.contains("all") || text.contains("c_attn")) {
            return EnumSet.allOf(Projection.class);
        }
        Set<Projection> found = EnumSet.noneOf(Projection.class);
        for (String part : text.split("[+,;/'\" ()\\[\\]]+")) {
            found.addAll(named(part));
        }
        return found.isEmpty() ? EnumSet.of(Projection.QUERY, Projection.VALUE) : found;
    }

    private static Set<Projection> named(String part) {
        if (part.matches("q|q_proj|query|wq|q_lin")) {
            return EnumSet.of(Projection.QUERY);
        }
        if (part.matches("k|k_proj|key|wk|k_lin")) {
            return EnumSet.of(Projection.KEY);
        }
        if (part.matches("v|v_proj|value|wv|v_lin")) {
            return EnumSet.of(Projection.VALUE);
        }
        if (part.matches("o|o_proj|out_proj|output_proj|projection|wo|dense|linear_proj")) {
            return EnumSet.of(Projection.OUTPUT);
        }
        if (part.matches("linear_qkv|query_key_value|qkv|qkv_proj|wqkv|attn|attention")) {
            return EnumSet.of(Projection.QUERY, Projection.KEY, Projection.VALUE);
        }
        if (part.equals("qkvo")) {
            return EnumSet.of(Projection.QUERY, Projection.KEY, Projection.VALUE, Projection.OUTPUT);
        }
        if (part.matches("mlp|ffn|linear_fc1")) {
            return EnumSet.of(Projection.GATE, Projection.UP, Projection.DOWN);
        }
        if (part.matches("gate|gate_proj|w1")) {
            return EnumSet.of(Projection.GATE);
        }
        if (part.matches("up|up_proj|w3|gate_up_proj|dense_h_to_4h")) {
            return part.contains("gate") ? EnumSet.of(Projection.GATE, Projection.UP) : EnumSet.of(Projection.UP);
        }
        return part.matches("down|down_proj|w2|linear_fc2|dense_4h_to_h")
                ? EnumSet.of(Projection.DOWN)
                : EnumSet.noneOf(Projection.class);
    }

    boolean trainsEmbeddings() {
        String text = row.lower("lora_targets");
        return text.contains("wte") || text.contains("fully trained") || text.contains("modules_to_save");
    }

    /** Trained weights as printed; null where they follow from rank and targets. */
    @Nullable
    Double trainableParameters(Method method) {
        OptionalDouble printed = row.notes().number("trainable (?:params? )?([\\d,]+)");
        boolean isNeeded = row.text("lora_targets").isEmpty() || method == Method.PROMPT;
        return printed.isPresent() && isNeeded ? (Double) printed.getAsDouble() : null;
    }
}
