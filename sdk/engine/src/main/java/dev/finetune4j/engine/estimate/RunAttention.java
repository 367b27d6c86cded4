package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.TrainingSetup.Attention;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How a published run computes attention. */
final class RunAttention {
    /** Attention that writes its scores out: SDPA does, too, where no kernel is there that does not. */
    private static final String WRITTEN_SCORES =
            "^(?:eager|math|naive|explicit|manual)\\b|\\bno flash\\b|\\bscores written out\\b|\\beager default\\b";

    /** Before what is said instead: "no (eager)". */
    private static final Pattern NO = Pattern.compile("^no\\b[ ,;:(]*");

    private static final String WRITTEN_IN_NOTES =
            "(?:eager|unfused|explicit|manual|naive|math) attention|attention(?: is)?[ =:]{1,2}(?:eager|unfused)\\b"
                    + "|(?:attn|attention)_implementation[=: \"']{1,3}eager|attention written (?:out|by hand)|sdpa math";

    private static final String FLASH = "flash[ _-]?att(?:entio)?n|\\bfa[23]\\b";

    /** From which release on transformers writes no scores of a model, by what names say of its layers; models with code of their own are not here. */
    private static final List<Map.Entry<String, Since>> WITHOUT_SCORES = List.of(
            Map.entry("llama(?!-?factory)|vicuna|alpaca|tulu", Since.LLAMA_WITHOUT_SCORES),
            Map.entry("mistral|mixtral|zephyr", Since.MISTRAL_WITHOUT_SCORES),
            Map.entry("(?<![a-z])phi-?[12](?!\\d)", Since.PHI_WITHOUT_SCORES),
            Map.entry("(?<![a-z])bert(?![a-z])", Since.BERT_WITHOUT_SCORES),
            Map.entry("(?<![a-z])gpt-?2(?!\\d)|pythia|neox|dolly", Since.GPT_WITHOUT_SCORES),
            Map.entry("(?<![a-z])opt(?![a-z])", Since.OPT_WITHOUT_SCORES),
            Map.entry("distil-?bert", Since.DISTILBERT_WITHOUT_SCORES),
            Map.entry("(?<![a-z])(?:distil)?bart(?![a-z])|star-?coder(?!-?2)|santacoder", Since.BART_WITHOUT_SCORES),
            Map.entry("roberta|camembert|xlm-r(?![a-z])|albert|mbart|m2m|nllb", Since.ROBERTA_WITHOUT_SCORES),
            Map.entry("gemma[ -]?2(?!b|\\d)", Since.GEMMA_2_WITHOUT_SCORES),
            Map.entry("pegasus|marian|opus-mt", Since.PEGASUS_WITHOUT_SCORES),
            Map.entry("electra", Since.ELECTRA_WITHOUT_SCORES),
            Map.entry("gpt-?j(?![a-z])|codegen", Since.GPT_J_WITHOUT_SCORES),
            Map.entry("(?<![a-z])(?:m|um|code)?t5(?![a-z\\d])|(?<![a-z])m?t0(?![a-z\\d])", Since.T5_WITHOUT_SCORES));

    /** Models that transformers 5.25 has no other attention for; DeBERTa's is known by its architecture. */
    private static final String ALWAYS_WRITTEN =
            "xlnet|(?<![a-z])mpnet|bloomz?(?![a-z])|(?<![a-z])mpt(?![a-z])|gpt-?neo(?!-?x)|long-?t5|longformer|xglm|roformer";

    private final RunRow row;

    RunAttention(RunRow row) {
        this.row = row;
    }

    /** As its column says it or, where that is empty, the notes, or else as the release does by default; null where nobody says it, or both. */
    @Nullable
    Attention attention() {
        String text = row.lower("flash_attention");
        if (!text.isEmpty()) {
            boolean isWritten = new RunNotes(NO.matcher(text).replaceFirst("")).say(WRITTEN_SCORES)
                    || (row.saysNo("flash_attention") && !mayBeByDefault());
            return isWritten ? Attention.EAGER : Attention.FUSED;
        }
        boolean isFused = row.notes().say(FLASH + "|\\bsdpa\\b(?! math)|xformers");
        boolean isWritten = row.notes().say(WRITTEN_IN_NOTES) || row.notes().deny(FLASH);
        if (isFused != isWritten) {
            return isWritten ? Attention.EAGER : Attention.FUSED;
        }
        return isFused ? null : byDefault();
    }

    /** Who says no to flash-attention, that package, may have what transformers does by itself since, or what Unsloth did in its first release on PyPI. */
    private boolean mayBeByDefault() {
        return row.framework().isBy(Since.Trainer.UNSLOTH)
                || (row.framework().isBy(Since.Trainer.TRANSFORMERS)
                        && withoutScores()
                                .filter(release -> !Boolean.FALSE.equals(has(release)))
                                .isPresent());
    }

    @Nullable
    private Attention byDefault() {
        RunNotes model = new RunNotes(row.text("model"));
        if (row.framework().isBy(Since.Trainer.TRANSFORMERS) && model.say(ALWAYS_WRITTEN)) {
            return Attention.EAGER;
        }
        Boolean has = withoutScores().map(this::has).orElse(null);
        if (has == null) {
            return null;
        }
        return has ? Attention.FUSED : Attention.EAGER;
    }

    @Nullable
    private Boolean has(Since release) {
        return new RunDefaults(row).has(release);
    }

    private Optional<Since> withoutScores() {
        RunNotes model = new RunNotes(row.text("model"));
        return WITHOUT_SCORES.stream()
                .filter(each -> model.say(each.getKey()))
                .findFirst()
                .map(Map.Entry::getValue);
    }
}
