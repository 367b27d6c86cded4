package dev.finetune4j.engine.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/** Why an adapter is no model, and the command with which PEFT makes one of it where it can. */
final class AdapterRefusal {
    /** What PEFT calls adapters that it cannot merge: tokens in front of texts or in attention, and mixtures that each text decides. */
    private static final Set<String> UNMERGEABLE = Set.of(
            "ADAPTION_PROMPT",
            "CARTRIDGE",
            "CPT",
            "LILY",
            "MULTITASK_PROMPT_TUNING",
            "POLY",
            "P_TUNING",
            "PREFIX_TUNING",
            "PROMPT_TUNING",
            "XLORA");

    /** The setting that makes a LoRA an activated one, which changes only what stands behind these tokens of a text. */
    private static final String INVOCATION_TOKENS = "alora_invocation_tokens";

    private AdapterRefusal() {}

    /**
     * The refusal, FT0494.
     *
     * @param where the adapter's folder or repository
     * @param names all files there are
     * @param config what PEFT says of it; a missing node where that cannot be read
     */
    static FineTuneException of(String where, Collection<String> names, JsonNode config) {
        String base = config.path("base_model_name_or_path").asText("");
        Problem.Builder problem = StoreProblems.INCOMPLETE
                .error(where + " is an adapter" + (base.isEmpty() ? "" : " of " + base) + ", not a model")
                .at(Location.of(where))
                .because("it holds " + ModelLayout.ADAPTER_CONFIG
                        + ", and no weights but those that are added to another model");
        Optional<String> unmergeable = unmergeableKind(config);
        if (unmergeable.isPresent()) {
            return problem.because("PEFT cannot merge adapters of the kind " + unmergeable.get() + " into that model")
                    .remedy("model: hf:" + (base.matches("[\\w.-]+/[\\w.-]+") ? base : "ORG/NAME"))
                    .asException();
        }
        return problem.remedy(merging(where, names, config))
                .remedy("finetune export RUN --to FOLDER    # where a run wrote the adapter")
                .asException();
    }

    /** What people call the adapter's kind, where PEFT cannot merge it. */
    private static Optional<String> unmergeableKind(JsonNode config) {
        String kind = config.path("peft_type").asText();
        if (UNMERGEABLE.contains(kind)) {
            return Optional.of(kind);
        }
        return config.hasNonNull(INVOCATION_TOKENS) ? Optional.of("activated LoRA (aLoRA)") : Optional.empty();
    }

    /** A command of a shell: what no shell and no Python would read as it stands is left to whoever pastes it. */
    private static String merging(String where, Collection<String> names, JsonNode config) {
        String named = where.startsWith("hf:") ? where.replaceFirst("^hf:", "").replaceFirst("@.*", "") : where;
        String adapter = PackagedModel.isAddress(where) || !named.matches("[\\w@%+=:,./ -]+")
                ? "FOLDER"
                : named.replaceFirst("/+$", "");
        String fetching = "";
        if (where.startsWith("hf:")
                && where.contains("@")) { // before PEFT 0.20 a revision is that of the configuration alone
            adapter = named.replaceFirst("^.*/", "");
            fetching = "hf download " + named + " --revision " + where.replaceFirst("^[^@]*@", "") + " --local-dir "
                    + adapter + " && ";
        }
        // PEFT does not write how many labels there are, and transformers takes 2 where nobody says another number.
        boolean tellsLabels = config.path("task_type").asText().equals("SEQ_CLS");
        return fetching + "python3 -c \"from peft import AutoPeftModelFor"
                + (tellsLabels ? "SequenceClassification" : "CausalLM")
                + " as M; from transformers import AutoTokenizer as T; m = M.from_pretrained('" + adapter + "'"
                + (tellsLabels ? ", num_labels=N" : "") + "); T.from_pretrained("
                + (names.contains(ModelLayout.TOKENIZER)
                        ? "'" + adapter + "'"
                        : "m.active_peft_config.base_model_name_or_path")
                + ").save_pretrained('" + adapter + "-merged'); m.merge_and_unload().save_pretrained('" + adapter
                + "-merged')\"" + (tellsLabels ? "    # N: how many labels it tells apart" : "");
    }
}
